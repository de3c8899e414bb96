/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See json_scan.h. Owns nothing. What a writer of JSON may not write ends it; commas and colons are
 * not looked at more closely than is needed to tell names from values.
 */
#include "util/json_scan.h"

enum {
	DEPTH_LIMIT = 64, /* bits of lists */
};

void nw_json_begin(struct nw_json *j, struct nw_span document)
{
	*j = (struct nw_json){ .left = document };
}

static enum nw_json_what end(struct nw_json *j, bool is_broken)
{
	j->left.p = j->left.end;
	j->is_broken |= is_broken;
	return NW_JSON_END;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(struct nw_span *s)
{
	while (s->p < s->end && is_space(*s->p)) {
		s->p++;
	}
}

static bool is_in_list(const struct nw_json *j)
{
	return j->depth == 0 || (j->lists >> (j->depth - 1) & 1);
}

/* From the quote on; false when its end is not there. */
static bool read_string(struct nw_span *s, struct nw_span *ret)
{
	const uint8_t *p = s->p + 1;

	while (p < s->end && *p != '"') {
		p += *p == '\\' && p + 1 < s->end ? 2 : 1;
	}
	if (p == s->end) {
		return false;
	}
	*ret = (struct nw_span){ .p = s->p + 1, .end = p };
	s->p = p + 1;
	return true;
}

/* A number or a name of a value; cut by the end of the bytes it is none. */
static bool read_word(struct nw_span *s, struct nw_span *ret)
{
	const uint8_t *p = s->p;

	while (p < s->end &&
	       ((*p >= '0' && *p <= '9') || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') ||
		*p == '-' || *p == '+' || *p == '.')) {
		p++;
	}
	if (p == s->p || p == s->end) {
		return false;
	}
	*ret = (struct nw_span){ .p = s->p, .end = p };
	s->p = p;
	return true;
}

static enum nw_json_what open_one(struct nw_json *j, bool is_list)
{
	if (j->depth == DEPTH_LIMIT) {
		return end(j, true);
	}
	if (j->depth < NW_JSON_DEPTH_MAX) {
		j->open[j->depth] = j->name;
	}
	j->lists &= ~(1ULL << j->depth);
	j->lists |= (uint64_t)is_list << j->depth;
	j->depth++;
	j->left.p++;
	return NW_JSON_OPEN;
}

static enum nw_json_what close_one(struct nw_json *j, bool is_list)
{
	if (j->depth == 0 || is_in_list(j) != is_list) {
		return end(j, true);
	}
	j->depth--;
	j->name = j->depth < NW_JSON_DEPTH_MAX ? j->open[j->depth] : (struct nw_span){ .p = NULL };
	j->left.p++;
	return NW_JSON_CLOSE;
}

/* A member's name and the colon behind it. */
static bool read_name(struct nw_json *j)
{
	if (*j->left.p != '"' || !read_string(&j->left, &j->name)) {
		return false;
	}
	skip_space(&j->left);
	if (j->left.p == j->left.end || *j->left.p != ':') {
		return false;
	}
	j->left.p++;
	skip_space(&j->left);
	return j->left.p < j->left.end;
}

enum nw_json_what nw_json_next(struct nw_json *j)
{
	uint8_t c;

	skip_space(&j->left);
	while (j->depth > 0 && j->left.p < j->left.end && *j->left.p == ',') {
		j->left.p++;
		skip_space(&j->left);
	}
	if (j->left.p == j->left.end) {
		return end(j, false);
	}
	c = *j->left.p;
	if (c == '}' || c == ']') {
		return close_one(j, c == ']');
	}
	if (is_in_list(j)) {
		j->name = (struct nw_span){ .p = NULL };
	} else if (!read_name(j)) {
		return end(j, c != '"');
	}
	c = *j->left.p;
	if (c == '{' || c == '[') {
		return open_one(j, c == '[');
	}
	if (c == '"') {
		return read_string(&j->left, &j->text) ? NW_JSON_STRING : end(j, false);
	}
	if (j->depth == 0) {
		return end(j, true);
	}
	return read_word(&j->left, &j->text) ? NW_JSON_WORD : end(j, true);
}

bool nw_json_in(const struct nw_json *j, unsigned up, const char *name)
{
	struct nw_span is = j->name;
	size_t n = strlen(name);

	if (up > 0) {
		if (up > j->depth || j->depth - up >= NW_JSON_DEPTH_MAX) {
			return false;
		}
		is = j->open[j->depth - up];
	}
	return nw_span_left(&is) == n && n > 0 && memcmp(is.p, name, n) == 0;
}
