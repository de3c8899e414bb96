/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which names are names of secrets. By the words in them, not by a list of names: "X-Api-Key",
 * "PassWord", "loginpas", "user[new_password]", "PHPSESSID" all are.
 */
#include <string.h>
#include <strings.h>

#include "scrub_rules.h"

enum {
	NAME_MAX_BYTES = 64,
	WORDS_MAX = 12
};

struct words {
	char all[NAME_MAX_BYTES + 1]; /* letters and digits, lower case */
	size_t len;
	uint8_t start[WORDS_MAX + 1];
	unsigned count;
};

/* Wherever they are in a name. */
static const char *const roots[] = {
	"pass",	     "pwd",    "psw", "secret", "token",      "apikey",	   "credential", "authoriz",
	"signature", "sessid", "jwt", "cookie", "privatekey", "accesskey", "sessionid",	 NULL,
};
/* At the end of a name: "loginpas", "authkey". */
static const char *const tails[] = { "key", "pw", "pas", "psd", NULL };
/* As a word of their own. */
static const char *const secret_words[] = {
	"auth", "sig",	     "sign",   "pin",  "otp",  "totp",	"sid",
	"sess", "session",   "ticket", "hmac", "cred", "creds", "bearer",
	"wsse", "community", "inline", "key",  NULL,
};
/* A last word that says that this is about a secret, not the secret. */
static const char *const harmless_ends[] = {
	"type",	   "mode",     "method", "scheme",    "length",	   "len",     "size",	"count",
	"timeout", "enabled",  "enable", "required",  "algorithm", "alg",     "format", "expires",
	"expiry",  "strength", "policy", "min",	      "max",	   "version", "file",	"path",
	"dir",	   "passive",  "bypass", "challenge", NULL,
};

bool nw_scrub_is_one_of(const uint8_t *word, size_t len, const char *const *list)
{
	for (; *list && len; list++) {
		if (((uint8_t) * *list | 0x20) == (*word | 0x20) && strlen(*list) == len &&
		    strncasecmp(*list, (const char *)word, len) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Words end where letters do, and where capitals begin: "userPassWord", "X-API-Key". */
static void split(const uint8_t *name, size_t len, struct words *ret)
{
	bool was_word = false;

	ret->len = 0;
	ret->count = 0;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = name[i];
		bool is_word = is_upper(c) || is_lower(c) || is_digit(c);
		bool begins = is_word && (!was_word || (is_upper(c) && is_lower(name[i - 1])));

		was_word = is_word;
		if (!is_word) {
			continue;
		}
		if (begins && ret->count < WORDS_MAX) {
			ret->start[ret->count++] = (uint8_t)ret->len;
		}
		ret->all[ret->len++] = (char)(is_upper(c) ? c + ('a' - 'A') : c);
	}
	while (ret->len && is_digit((uint8_t)ret->all[ret->len - 1])) {
		ret->len--; /* password1, key2 */
	}
	ret->all[ret->len] = '\0';
}

static bool has_word(const struct words *w, unsigned i, const char *const *list)
{
	size_t from = w->start[i];
	size_t to = i + 1 < w->count ? w->start[i + 1] : w->len;

	return from < to && nw_scrub_is_one_of((const uint8_t *)w->all + from, to - from, list);
}

static bool has_tail(const struct words *w)
{
	for (const char *const *t = tails; *t; t++) {
		size_t n = strlen(*t);

		if (w->len >= n && w->all[w->len - 1] == (*t)[n - 1] &&
		    memcmp(w->all + w->len - n, *t, n) == 0) {
			return true;
		}
	}
	return false;
}

/* Does a root begin with this letter? Names are read often; most letters begin none. */
static bool begins_root(char c)
{
	enum {
		STARTS = 1 << ('a' - 'a') | 1 << ('c' - 'a') | 1 << ('j' - 'a') | 1 << ('p' - 'a') |
			 1 << ('s' - 'a') | 1 << ('t' - 'a')
	};

	return c >= 'a' && c <= 'z' && (STARTS >> (c - 'a') & 1);
}

static bool has_root(const struct words *w)
{
	for (const char *p = w->all; *p; p++) {
		if (!begins_root(*p)) {
			continue;
		}
		for (const char *const *r = roots; *r; r++) {
			if ((*r)[0] == p[0] && (*r)[1] == p[1] && strncmp(*r, p, strlen(*r)) == 0) {
				return true;
			}
		}
	}
	return false;
}

bool nw_scrub_is_secret(const uint8_t *name, size_t len, char sign)
{
	static const char *const only_in_queries[] = { "code", NULL };
	struct words w;

	if (len > NAME_MAX_BYTES) {
		name += len - NAME_MAX_BYTES;
		len = NAME_MAX_BYTES;
	}
	split(name, len, &w);
	if (w.count == 0 || has_word(&w, w.count - 1, harmless_ends)) {
		return false;
	}
	if (has_root(&w)) {
		return true;
	}
	for (unsigned i = 0; i < w.count; i++) {
		if (has_word(&w, i, secret_words) ||
		    (sign == '=' && has_word(&w, i, only_in_queries))) {
			return true;
		}
	}
	return has_tail(&w);
}
