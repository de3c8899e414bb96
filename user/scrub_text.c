/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in text: name and value in all the ways that people write them, and URLs. One pass over
 * the bytes; what may stand before a value (= : >) makes it look back for a name. Owns nothing.
 */
#include <string.h>

#include "scrub_rules.h"
#include "util/macro.h"

enum {
	NAME_LOOK_BACK = 96,
	TAG_LOOK_BACK = 512,
	VIEWS_MAX = 3,
	PORT_DIGITS_MAX = 5
};

void nw_scrub_mask(struct nw_scrub_text *t, size_t from, size_t to)
{
	size_t end = t->at ? t->at[to] : to;

	for (size_t i = t->at ? t->at[from] : from; i < end; i++) {
		uint8_t c = t->raw[i];

		if (c != '\r' && c != '\n' && c != '\0') {
			t->raw[i] = 'x';
		}
	}
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool is_quote(uint8_t c)
{
	return c == '"' || c == '\'';
}

static bool is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_name_char(uint8_t c)
{
	return is_alpha(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '[' ||
	       c == ']' || c == '$';
}

static size_t skip_spaces(const struct nw_scrub_text *t, size_t i)
{
	while (i < t->len && is_space(t->c[i])) {
		i++;
	}
	return i;
}

static size_t line_end(const struct nw_scrub_text *t, size_t i)
{
	while (i < t->len && !is_line_end(t->c[i])) {
		i++;
	}
	return i;
}

/* The quote that ends the text which begins at i, or where the text is cut. */
static size_t quote_end(const struct nw_scrub_text *t, size_t i, uint8_t quote)
{
	while (i < t->len && t->c[i] != quote && t->c[i] != '\0') {
		i += t->c[i] == '\\' && i + 1 < t->len && t->c[i + 1] != '\0' ? 2 : 1;
	}
	return i;
}

/* ---- the name before a sign ------------------------------------------------------------------ */

struct name {
	size_t from;
	size_t to;
	uint8_t quote;	/* 0 = none */
	uint8_t before; /* byte before it, '\n' at the beginning */
	bool is_spaced; /* space between name and sign */
};

static bool find_name(const struct nw_scrub_text *t, size_t sign, struct name *ret)
{
	size_t i = sign;
	size_t stop = sign > NAME_LOOK_BACK ? sign - NAME_LOOK_BACK : 0;

	while (i > stop && is_space(t->c[i - 1])) {
		i--;
	}
	ret->is_spaced = i != sign;
	ret->quote = 0;
	if (i > stop && is_quote(t->c[i - 1])) {
		ret->quote = t->c[--i];
	}
	ret->to = i;
	while (i > stop && is_name_char(t->c[i - 1])) {
		i--;
	}
	ret->from = i;
	ret->before = '\n';
	if (i > 0) {
		ret->before = t->c[i - 1];
	}
	return ret->from < ret->to;
}

static bool is_secret(const struct nw_scrub_text *t, size_t from, size_t to, char sign)
{
	return nw_scrub_is_secret(t->c + from, to - from, sign);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* A value that is itself the name of a secret ({"name": "password", "value": ...}) owes the next. */
static bool is_owing(struct nw_scrub_text *t, const struct name *n, size_t from, size_t to)
{
	static const char *const names[] = { "name", "key", "id", "param", "field", NULL };

	if (!nw_scrub_is_one_of(t->c + n->from, n->to - n->from, names) || from >= to ||
	    to - from > NAME_LOOK_BACK || !is_secret(t, from, to, '=')) {
		return false;
	}
	t->is_owed = true;
	return true;
}

static bool takes_owed(struct nw_scrub_text *t, size_t from, size_t to)
{
	static const char *const values[] = { "value", "val",	 "data", "content",
					      "text",  "string", NULL };

	if (!t->is_owed || !nw_scrub_is_one_of(t->c + from, to - from, values)) {
		return false;
	}
	t->is_owed = false;
	return true;
}

/* The body of the form part whose header has name="password" at i. */
static void mask_form_part(struct nw_scrub_text *t, size_t i)
{
	size_t end;

	for (i = line_end(t, i); i < t->len; i++) {
		if (t->c[i] == '\n' && i + 1 < t->len &&
		    (t->c[i + 1] == '\n' || t->c[i + 1] == '\r')) {
			break;
		}
	}
	i = NW_MIN(i + 1, t->len);
	for (end = i; end < t->len; end++) {
		if (t->c[end] == '\n' && t->len - end > 2 && t->c[end + 1] == '-' &&
		    t->c[end + 2] == '-') {
			break;
		}
	}
	nw_scrub_mask(t, i, end);
}

static bool is_form_part(const struct nw_scrub_text *t, size_t i)
{
	static const char word[] = "form-data";
	size_t n = sizeof(word) - 1;

	for (; i >= n && !is_line_end(t->c[i - 1]); i--) {
		if (memcmp(t->c + i - n, word, n) == 0) {
			return true;
		}
	}
	return false;
}

static bool ends_bare_value(uint8_t c)
{
	return is_line_end(c) || is_quote(c) || c == '<' || c == '>';
}

/* A value without quotes behind '='. */
static size_t bare_end(const struct nw_scrub_text *t, const struct name *n, size_t i)
{
	bool in_query = n->before == '?' || n->before == '&';
	bool in_words = in_query || is_space(n->before);

	while (i < t->len && !ends_bare_value(t->c[i]) &&
	       !(t->c[i] == '&' && (in_query || !t->is_args)) && !(in_words && is_space(t->c[i]))) {
		i++;
	}
	return i;
}

static void on_equals(struct nw_scrub_text *t, size_t sign)
{
	size_t from = sign + 1;
	size_t to;
	struct name n;

	if (!find_name(t, sign, &n)) {
		return;
	}
	from = n.is_spaced ? skip_spaces(t, from) : from;
	if (from < t->len && is_quote(t->c[from])) {
		to = quote_end(t, from + 1, t->c[from]);
		from++;
	} else {
		to = bare_end(t, &n, from);
	}
	if (is_owing(t, &n, from, to)) {
		if (is_form_part(t, n.from)) {
			mask_form_part(t, to);
		}
		return;
	}
	if (is_secret(t, n.from, n.to, '=') || takes_owed(t, n.from, n.to)) {
		nw_scrub_mask(t, from, to);
	}
}

/* ---- name: value ----------------------------------------------------------------------------- */

/* Keep the word that says how it is authorised, if it is one, and a digest's realm. */
static void mask_authorization(struct nw_scrub_text *t, size_t from, size_t to)
{
	static const char *const schemes[] = { "basic",	 "digest", "bearer", "negotiate", "ntlm",
					       "hawk",	 "wsse",   "token",  "apikey",	  "hoba",
					       "mutual", "oauth",  NULL };
	static const char realm[] = "realm=\"";
	size_t n = sizeof(realm) - 1;
	size_t i = from;

	while (i < to && is_alpha(t->c[i])) {
		i++;
	}
	if (i < to && is_space(t->c[i]) && nw_scrub_is_one_of(t->c + from, i - from, schemes)) {
		from = i + 1;
	}
	for (i = from; i + n < to; i++) {
		if (memcmp(t->c + i, realm, n) == 0) {
			nw_scrub_mask(t, from, i);
			from = quote_end(t, i + n, '"') + 1;
			break;
		}
	}
	nw_scrub_mask(t, NW_MIN(from, to), to);
}

/* To the end of the line, and of the lines that go on with it (RFC 9112 5.2). */
static size_t folded_end(const struct nw_scrub_text *t, size_t i)
{
	for (;;) {
		size_t next;

		i = line_end(t, i);
		next = i;
		while (next < t->len && (t->c[next] == '\r' || t->c[next] == '\n')) {
			next++;
		}
		if (next == i || next - i > 2 || next == t->len || !is_space(t->c[next])) {
			return i;
		}
		i = next;
	}
}

static bool is_authorization(const struct nw_scrub_text *t, const struct name *n)
{
	static const char tail[] = "authorization";
	size_t len = sizeof(tail) - 1;
	static const char *const list[] = { tail, NULL };

	return n->to - n->from >= len && nw_scrub_is_one_of(t->c + n->to - len, len, list);
}

static void mask_list(struct nw_scrub_text *t, size_t i)
{
	while (i < t->len && t->c[i] != ']' && t->c[i] != '\0') {
		if (is_quote(t->c[i])) {
			size_t end = quote_end(t, i + 1, t->c[i]);

			nw_scrub_mask(t, i + 1, end);
			i = end;
		} else if (!is_space(t->c[i]) && t->c[i] != ',') {
			nw_scrub_mask(t, i, i + 1);
		}
		i++;
	}
}

static size_t json_scalar_end(const struct nw_scrub_text *t, size_t i)
{
	while (i < t->len && !is_space(t->c[i]) && !is_line_end(t->c[i]) && t->c[i] != ',' &&
	       t->c[i] != '}' && t->c[i] != ']') {
		i++;
	}
	return i;
}

/* "<wsse:Password>", "</wsse:Password>" */
static bool is_namespace(const struct nw_scrub_text *t, const struct name *n)
{
	return n->before == '<' || (n->before == '/' && n->from >= 2 && t->c[n->from - 2] == '<');
}

static void on_colon(struct nw_scrub_text *t, size_t sign)
{
	size_t from = skip_spaces(t, sign + 1);
	size_t to;
	bool is_quoted;
	struct name n;

	if (from == t->len || !find_name(t, sign, &n) || is_namespace(t, &n)) {
		return;
	}
	is_quoted = n.quote && is_quote(t->c[from]);
	to = is_quoted ? quote_end(t, from + 1, t->c[from]) : json_scalar_end(t, from);
	if (is_owing(t, &n, from + is_quoted, to) ||
	    !(is_secret(t, n.from, n.to, ':') || takes_owed(t, n.from, n.to))) {
		return;
	}
	if (t->c[from] == '[') {
		mask_list(t, from + 1);
	} else if (t->c[from] == '{') {
		return; /* what is inside has names of its own */
	} else if (n.quote) {
		nw_scrub_mask(t, from + is_quoted, to);
	} else {
		to = is_quote(n.before) ? quote_end(t, from, n.before) : folded_end(t, from);
		if (is_authorization(t, &n)) {
			mask_authorization(t, from, to);
		} else {
			nw_scrub_mask(t, from, to);
		}
	}
}

/* ---- XML ------------------------------------------------------------------------------------- */

static bool has_bytes(const struct nw_scrub_text *t, size_t i, const char *bytes)
{
	size_t n = strlen(bytes);

	return t->len - i >= n && memcmp(t->c + i, bytes, n) == 0;
}

static void mask_element(struct nw_scrub_text *t, size_t i)
{
	static const char cdata[] = "<![CDATA[";
	size_t end;

	while (i < t->len && (is_space(t->c[i]) || is_line_end(t->c[i]))) {
		i++;
	}
	if (i < t->len && has_bytes(t, i, cdata)) {
		i += sizeof(cdata) - 1;
		for (end = i; end < t->len && !has_bytes(t, end, "]]>"); end++) {
		}
	} else {
		for (end = i; end < t->len && t->c[end] != '<'; end++) {
		}
	}
	nw_scrub_mask(t, i, end);
}

/* <ns:Name attributes> */
static void on_tag(struct nw_scrub_text *t, size_t sign)
{
	static const char *const names[] = { "name", "key", "id", "param", "field", NULL };
	size_t stop = sign > TAG_LOOK_BACK ? sign - TAG_LOOK_BACK : 0;
	size_t from = sign;
	size_t to;
	size_t end;

	while (from > stop && t->c[from - 1] != '<' && t->c[from - 1] != '>') {
		from--;
	}
	if (from == stop || t->c[from - 1] != '<' || t->c[sign - 1] == '/') {
		return;
	}
	for (to = from; to < sign && (is_name_char(t->c[to]) || t->c[to] == ':'); to++) {
		from = t->c[to] == ':' ? to + 1 : from;
	}
	for (end = sign + 1; end < t->len && t->c[end] != '<'; end++) {
	}
	if (nw_scrub_is_one_of(t->c + from, to - from, names) && end - sign <= NAME_LOOK_BACK &&
	    is_secret(t, sign + 1, end, '=')) {
		t->is_owed = true;
	} else if (is_secret(t, from, to, '>') || takes_owed(t, from, to)) {
		mask_element(t, sign + 1);
	}
}

/* ---- all of it ------------------------------------------------------------------------------- */

void nw_scrub_text_rules(struct nw_scrub_text *t)
{
	t->is_owed = false;
	nw_scrub_command(t, 0);
	for (size_t i = 0; i < t->len; i++) {
		switch (t->c[i]) {
		case '=':
			on_equals(t, i);
			break;
		case ':':
			if (t->len - i > 2 && t->c[i + 1] == '/' && t->c[i + 2] == '/') {
				nw_scrub_url(t, i + 3);
			} else {
				on_colon(t, i);
			}
			break;
		case '>':
			on_tag(t, i);
			break;
		case '\n':
			nw_scrub_command(t, i + 1);
			break;
		default:
			break;
		}
	}
}
