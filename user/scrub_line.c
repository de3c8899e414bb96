/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of line protocols that carry a password: FTP, POP, IMAP, SMTP, NNTP, IRC, Redis. The
 * password may stand in the lines after the command.
 */
#include "scrub_rules.h"

enum {
	TAG_MAX = 16
};

static bool is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

static size_t line_end(const struct nw_scrub_text *t, size_t i)
{
	while (i < t->len && !is_line_end(t->c[i])) {
		i++;
	}
	return i;
}

static size_t next_line(const struct nw_scrub_text *t, size_t i)
{
	i = line_end(t, i);
	if (i < t->len && t->c[i] == '\r') {
		i++;
	}
	return i < t->len && t->c[i] == '\n' ? i + 1 : t->len;
}

static size_t word_end(const struct nw_scrub_text *t, size_t i)
{
	while (i < t->len && t->c[i] > ' ') {
		i++;
	}
	return i;
}

static bool is_word(const struct nw_scrub_text *t, size_t from, size_t to, const char *const *list)
{
	return nw_scrub_is_one_of(t->c + from, to - from, list);
}

static bool is_base64(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '+' || c == '/' || c == '=';
}

/* AUTH LOGIN and AUTHENTICATE go on with a line of base64 for each thing that is asked. */
static void mask_base64_lines(struct nw_scrub_text *t, size_t i)
{
	while (i < t->len) {
		size_t to = line_end(t, i);

		for (size_t k = i; k < to; k++) {
			if (!is_base64(t->c[k])) {
				return;
			}
		}
		nw_scrub_mask(t, i, to);
		i = next_line(t, i);
	}
}

/* Redis: "AUTH" alone, then for each argument "$length" and the argument; "*" begins the next. */
static void mask_redis_arguments(struct nw_scrub_text *t, size_t i)
{
	for (; i < t->len && t->c[i] != '*'; i = next_line(t, i)) {
		if (t->c[i] != '$') {
			nw_scrub_mask(t, i, line_end(t, i));
		}
	}
}

/* IMAP: an argument may come as "{length}" and stand in the next line. */
static void mask_literals(struct nw_scrub_text *t, size_t i)
{
	for (;;) {
		size_t to = line_end(t, i);
		bool goes_on = to > i && t->c[to - 1] == '}';

		nw_scrub_mask(t, i, to);
		if (!goes_on) {
			return;
		}
		i = next_line(t, i);
	}
}

static void mask_auth(struct nw_scrub_text *t, size_t i)
{
	static const char *const mechanisms[] = {
		"plain",	 "login",	"cram-md5", "digest-md5", "xoauth2",  "ntlm",
		"gssapi",	 "oauthbearer", "tls",	    "ssl",	  "external", "scram-sha-1",
		"scram-sha-256", "user",	"pass",	    NULL
	};
	size_t to = word_end(t, i);

	if (i == line_end(t, i)) {
		mask_redis_arguments(t, next_line(t, i));
		return;
	}
	if (is_word(t, i, to, mechanisms)) {
		nw_scrub_mask(t, to + (to < t->len && t->c[to] == ' '), line_end(t, to));
		mask_base64_lines(t, next_line(t, to));
	} else {
		nw_scrub_mask(t, i, line_end(t, i));
	}
}

void nw_scrub_command(struct nw_scrub_text *t, size_t i)
{
	static const char *const passwords[] = { "pass", "acct", "apop", "identify", "oper", NULL };
	static const char *const auths[] = { "auth", "authenticate", "authinfo", "hello", NULL };
	static const char *const tagged[] = { "login", "authenticate", NULL };
	size_t to = word_end(t, i);
	size_t next = to + (to < t->len && t->c[to] == ' ');

	if (t->is_args || i >= t->len) {
		return;
	}
	if (is_word(t, i, to, passwords)) {
		nw_scrub_mask(t, next, line_end(t, next));
	} else if (is_word(t, i, to, auths)) {
		mask_auth(t, next);
	} else if (is_word(t, i, to, tagged)) {
		mask_literals(t, next);
	} else if (next > to && to - i <= TAG_MAX) {
		i = next;
		to = word_end(t, i);
		next = to + (to < t->len && t->c[to] == ' ');
		if (is_word(t, i, to, tagged)) {
			mask_literals(t, next);
			mask_base64_lines(t, next_line(t, to));
		}
	}
}
