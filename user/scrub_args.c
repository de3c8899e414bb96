/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in arguments: what text rules cannot know, because the value is the next argument or the
 * option is one letter. Words inside one argument count as arguments too ("sh -c 'curl -u a:b'").
 */
#include <string.h>

#include "scrub.h"
#include "scrub_rules.h"
#include "util/macro.h"

enum {
	NAME_MAX_BYTES = 64
};

/* One letter means a password only with these; the value may be attached, or only attached. */
struct program {
	const char *name; /* the beginning of the file's name */
	const char *letters;
	bool only_attached;
};

static const struct program programs[] = {
	{ "mysql", "p", true },	    { "mariadb", "p", true },	 { "sshpass", "p", false },
	{ "mongo", "p", false },    { "redis-cli", "a", false }, { "mosquitto_", "P", false },
	{ "ldap", "w", false },	    { "ipmitool", "P", false },	 { "snmp", "cAXC", false },
	{ "sqlcmd", "P", false },   { "mqtt", "P", false },	 { "xfreerdp", "p", false },
	{ "rdesktop", "p", false }, { "onvif", "p", false },	 { "7z", "p", true },
	{ "zip", "P", false },	    { "unzip", "P", false },
};

struct args {
	struct nw_scrub_text t;
	const struct program *program;
};

static bool ends_word(uint8_t c)
{
	return c <= ' ' || c == '"' || c == '\'' || c == ';' || c == '|';
}

static size_t word_end(const struct nw_scrub_text *t, size_t i)
{
	while (i < t->len && !ends_word(t->c[i])) {
		i++;
	}
	return i;
}

static size_t next_word(const struct nw_scrub_text *t, size_t i)
{
	while (i < t->len && ends_word(t->c[i])) {
		i++;
	}
	return i;
}

/* A value: all of an argument, or inside one a word or what stands in quotes. */
struct value {
	size_t from;
	size_t to;
};

static struct value value_at(const struct nw_scrub_text *t, size_t i, bool is_whole)
{
	struct value v = { .from = i };

	if (!is_whole && i < t->len && (t->c[i] == '"' || t->c[i] == '\'')) {
		for (v.from = ++i; i < t->len && t->c[i] != t->c[v.from - 1]; i++) {
		}
	} else {
		while (i < t->len && t->c[i] != '\0' && (is_whole || !ends_word(t->c[i]))) {
			i++;
		}
	}
	v.to = i;
	return v;
}

/* The value of the option that ends at i. */
static struct value value_behind(const struct nw_scrub_text *t, size_t i)
{
	if (i < t->len && t->c[i] == '\0') {
		return value_at(t, i + 1, true);
	}
	while (i < t->len && t->c[i] == ' ') {
		i++;
	}
	return value_at(t, i, false);
}

/* The value that stands in the same word as its option, from i on. */
static struct value value_in(const struct nw_scrub_text *t, size_t option, size_t i)
{
	return value_at(t, i, option == 0 || t->c[option - 1] == '\0');
}

static void find_program(struct args *a, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		from = a->t.c[i] == '/' ? i + 1 : from;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(programs); i++) {
		size_t n;

		if (from == to || (uint8_t)programs[i].name[0] != a->t.c[from]) {
			continue;
		}
		n = strlen(programs[i].name);
		if (to - from >= n && memcmp(a->t.c + from, programs[i].name, n) == 0) {
			a->program = &programs[i];
		}
	}
}

/* user:password, or what smbclient takes, user%password */
static void mask_user(struct nw_scrub_text *t, struct value v)
{
	size_t i = v.from;

	while (i < v.to && t->c[i] != ':' && t->c[i] != '%') {
		i++;
	}
	if (i < v.to && !(v.to - i > 2 && t->c[i + 1] == '/' && t->c[i + 2] == '/')) {
		nw_scrub_mask(t, i + 1, v.to);
	}
}

static bool is_name_of(const struct nw_scrub_text *t, size_t from, size_t to,
		       const char *const *list)
{
	return nw_scrub_is_one_of(t->c + from, to - from, list);
}

/* "--password", "-pass", "/password:" without its value: the value is the next word. */
static bool owes_value(const struct nw_scrub_text *t, size_t from, size_t to)
{
	static const char *const never[] = { "no-", "ask-", "prompt-", "without-", NULL };

	for (const char *const *n = never; *n; n++) {
		size_t len = strlen(*n);

		if (to - from > len && memcmp(t->c + from, *n, len) == 0) {
			return false;
		}
	}
	return to - from > 1 && to - from <= NAME_MAX_BYTES &&
	       !memchr(t->c + from, '=', to - from) && !memchr(t->c + from, ':', to - from) &&
	       nw_scrub_is_secret(t->c + from, to - from, '=');
}

static void mask_next(struct nw_scrub_text *t, size_t i)
{
	struct value v = value_behind(t, i);

	if (v.to - v.from < 2 || t->c[v.from] != '-' || t->c[v.from + 1] != '-') {
		nw_scrub_mask(t, v.from, v.to);
	}
}

/* -x, -xvalue: the word from "dash" to "to" */
static void on_letter(struct args *a, size_t dash, size_t to)
{
	struct nw_scrub_text *t = &a->t;
	uint8_t letter = t->c[dash + 1];
	bool is_attached = to - dash > 2;
	struct value v = is_attached ? value_in(t, dash, dash + 2) : value_behind(t, to);

	if (letter == 'u' || letter == 'U') {
		mask_user(t, v);
	}
	if (a->program && strchr(a->program->letters, letter) &&
	    (is_attached || !a->program->only_attached)) {
		nw_scrub_mask(t, v.from, v.to);
	}
}

static void on_option(struct args *a, size_t dash, size_t to)
{
	static const char *const users[] = { "user",	 "proxy-user", "http-user",
					     "username", "userpwd",    NULL };
	struct nw_scrub_text *t = &a->t;
	bool is_long = t->c[dash + 1] == '-';
	size_t from = dash + 1 + is_long;
	size_t sign = from;

	while (sign < to && t->c[sign] != '=') {
		sign++;
	}
	if (from == to) {
		return;
	}
	if (is_name_of(t, from, sign, users)) {
		mask_user(t, sign < to ? value_in(t, dash, sign + 1) : value_behind(t, to));
	} else if (owes_value(t, from, to)) {
		mask_next(t, to);
	} else if (!is_long) {
		on_letter(a, dash, to);
	}
}

void nw_scrub_args(char *args, size_t len)
{
	struct args a = {
		.t = { .raw = (uint8_t *)args, .c = (uint8_t *)args, .len = len, .is_args = true }
	};
	size_t from;
	size_t to;

	if (len > NW_SCRUB_MAX) {
		memset(args + NW_SCRUB_MAX, 'x', len - NW_SCRUB_MAX);
		a.t.len = len = NW_SCRUB_MAX;
	}
	nw_scrub_text((uint8_t *)args, len, true);
	for (from = next_word(&a.t, 0); from < len; from = next_word(&a.t, to)) {
		to = word_end(&a.t, from);
		if (args[from] == '-' && to - from > 1) {
			on_option(&a, from, to);
		} else {
			find_program(&a, from, to);
		}
	}
}
