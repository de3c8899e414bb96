/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See xml.h. Owns nothing. A token that the bytes do not hold whole ends the document: half a value
 * is none. What no writer of XML may write (an end that belongs to no beginning, a name that is
 * none) breaks it, so that bytes which only begin like XML are not read on.
 */
#include "util/xml.h"

#include "util/macro.h"

enum {
	NAME_MAX_BYTES = 128
};

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name_start(uint8_t c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c >= 0x80;
}

static bool is_name_char(uint8_t c)
{
	return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
}

static struct nw_span trim(struct nw_span s)
{
	while (s.p < s.end && is_space(*s.p)) {
		s.p++;
	}
	while (s.p < s.end && is_space(s.end[-1])) {
		s.end--;
	}
	return s;
}

bool nw_xml_is(struct nw_span text, const char *word)
{
	size_t n = strlen(word);

	return nw_span_left(&text) == n && memcmp(text.p, word, n) == 0;
}

static bool begins_with(struct nw_span s, const char *word)
{
	size_t n = strlen(word);

	return nw_span_left(&s) >= n && memcmp(s.p, word, n) == 0;
}

/* The bytes before the mark; s moves behind it. */
static bool cut_before(struct nw_span *s, const char *mark, struct nw_span *ret)
{
	size_t n = strlen(mark);
	const uint8_t *at = memmem(s->p, nw_span_left(s), mark, n);

	if (!at) {
		return false;
	}
	*ret = (struct nw_span){ .p = s->p, .end = at };
	s->p = at + n;
	return true;
}

/* A name with its prefix; *ret is what stands behind the colon. */
static bool cut_name(struct nw_span *s, struct nw_span *ret)
{
	const uint8_t *p = s->p;

	if (p == s->end || !is_name_start(*p)) {
		return false;
	}
	ret->p = p;
	for (; p < s->end && is_name_char(*p); p++) {
		if (*p == ':') {
			ret->p = p + 1;
		}
	}
	ret->end = p;
	if (ret->p == p || p - s->p > NAME_MAX_BYTES) {
		return false;
	}
	s->p = p;
	return true;
}

void nw_xml_begin(struct nw_xml *x, struct nw_span document)
{
	x->left = document;
	if (begins_with(document, "\xef\xbb\xbf")) {
		x->left.p += 3;
	}
	x->name = x->text = nw_span_of(x->left.p, 0);
	x->depth = 0;
	x->is_raw = x->is_broken = x->is_empty = false;
}

bool nw_xml_looks_like(struct nw_span document)
{
	struct nw_xml x;
	struct nw_span s;

	nw_xml_begin(&x, document);
	s = trim(x.left);
	return begins_with(s, "<?xml") ||
	       (nw_span_left(&s) >= 2 && s.p[0] == '<' && is_name_start(s.p[1]));
}

static enum nw_xml_what end(struct nw_xml *x, bool is_broken)
{
	x->is_broken |= is_broken;
	x->left.p = x->left.end;
	x->text = nw_span_of(x->left.end, 0);
	return NW_XML_END;
}

static enum nw_xml_what close_element(struct nw_xml *x, struct nw_span name)
{
	if (x->depth == 0) {
		return end(x, true);
	}
	x->depth--;
	if (x->depth < NW_XML_DEPTH_MAX) {
		struct nw_span opened = x->open[x->depth];

		if (nw_span_left(&name) != nw_span_left(&opened) ||
		    memcmp(name.p, opened.p, nw_span_left(&name)) != 0) {
			return end(x, true);
		}
	}
	x->name = name;
	x->text = nw_span_of(name.p, 0);
	return NW_XML_CLOSE;
}

/* Behind "<": where its ">" is. One that stands in an attribute's value is none. */
static bool cut_tag(struct nw_span *s, struct nw_span *ret)
{
	uint8_t quote = 0;

	for (const uint8_t *p = s->p; p < s->end; p++) {
		if (quote) {
			quote = *p == quote ? 0 : quote;
		} else if (*p == '"' || *p == '\'') {
			quote = *p;
		} else if (*p == '>') {
			*ret = (struct nw_span){ .p = s->p, .end = p };
			s->p = p + 1;
			return true;
		}
	}
	return false;
}

static enum nw_xml_what read_tag(struct nw_xml *x)
{
	struct nw_span tag;
	struct nw_span name;
	bool is_close;

	if (!cut_tag(&x->left, &tag)) {
		return end(x, false);
	}
	is_close = begins_with(tag, "/");
	tag.p += is_close;
	if (!cut_name(&tag, &name) ||
	    (tag.p < tag.end && !is_space(*tag.p) && !nw_xml_is(tag, "/"))) {
		return end(x, true);
	}
	if (is_close) {
		return close_element(x, name);
	}
	tag = trim(tag);
	x->is_empty = tag.p < tag.end && tag.end[-1] == '/';
	tag.end -= x->is_empty;
	x->name = name;
	x->text = tag;
	if (x->depth < NW_XML_DEPTH_MAX) {
		x->open[x->depth] = name;
	}
	x->depth++;
	return NW_XML_OPEN;
}

static enum nw_xml_what tell_text(struct nw_xml *x, struct nw_span text, bool is_raw)
{
	x->text = text;
	x->is_raw = is_raw;
	x->name = nw_span_of(text.p, 0);
	if (x->depth <= NW_XML_DEPTH_MAX) {
		x->name = x->open[x->depth - 1];
	}
	return NW_XML_TEXT;
}

/* <!-- -->, <? ?> */
static bool skip_remark(struct nw_xml *x, bool *is_cut)
{
	struct nw_span s = x->left;
	struct nw_span skipped;
	const char *mark = begins_with(s, "<!--") ? "-->" : begins_with(s, "<?") ? "?>" : NULL;

	if (!mark) {
		return false;
	}
	s.p += mark[0] == '-' ? 4 : 2;
	*is_cut = !cut_before(&s, mark, &skipped);
	x->left = s;
	return true;
}

enum nw_xml_what nw_xml_next(struct nw_xml *x)
{
	static const char cdata[] = "<![CDATA[";
	struct nw_span text;
	bool is_cut = false;

	if (x->is_empty) {
		x->is_empty = false;
		return close_element(x, x->name);
	}
	for (;;) {
		const uint8_t *at = memchr(x->left.p, '<', nw_span_left(&x->left));

		if (!at) {
			text = trim(x->left);
			(void)end(x, x->depth == 0 && nw_span_left(&text));
			x->text = text;
			x->is_raw = false;
			return NW_XML_END;
		}
		text = trim((struct nw_span){ .p = x->left.p, .end = at });
		x->left.p = at;
		if (nw_span_left(&text)) {
			return x->depth ? tell_text(x, text, false) : end(x, true);
		}
		if (begins_with(x->left, cdata)) {
			x->left.p += sizeof(cdata) - 1;
			if (x->depth == 0 || !cut_before(&x->left, "]]>", &text)) {
				return end(x, x->depth == 0);
			}
			text = trim(text);
			if (nw_span_left(&text)) {
				return tell_text(x, text, true);
			}
		} else if (!skip_remark(x, &is_cut)) {
			x->left.p++;
			return read_tag(x);
		} else if (is_cut) {
			return end(x, false);
		}
	}
}

bool nw_xml_in(const struct nw_xml *x, unsigned up, const char *name)
{
	return up < x->depth && x->depth - up <= NW_XML_DEPTH_MAX &&
	       nw_xml_is(x->open[x->depth - up - 1], name);
}

bool nw_xml_attribute(const struct nw_xml *x, const char *name, struct nw_span *ret)
{
	struct nw_span s = x->text;
	struct nw_span key;
	struct nw_span value;

	for (;;) {
		const char *quote;

		s = trim(s);
		if (!cut_name(&s, &key)) {
			return false;
		}
		s = trim(s);
		if (!begins_with(s, "=")) {
			return false;
		}
		s.p++;
		s = trim(s);
		quote = begins_with(s, "\"") ? "\"" : "'";
		if (!begins_with(s, quote) || !nw_span_skip(&s, 1) ||
		    !cut_before(&s, quote, &value)) {
			return false;
		}
		if (nw_xml_is(key, name)) {
			*ret = value;
			return true;
		}
	}
}

size_t nw_xml_unescape(const struct nw_xml *x, char *buf, size_t size)
{
	static const struct {
		const char *text;
		char c;
	} entities[] = { { "&lt;", '<' },
			 { "&gt;", '>' },
			 { "&quot;", '"' },
			 { "&apos;", '\'' },
			 { "&amp;", '&' } };
	struct nw_span s = x->text;
	size_t n = 0;

	while (s.p < s.end && n < size) {
		size_t used = 1;

		buf[n] = (char)*s.p;
		for (size_t i = 0; *s.p == '&' && !x->is_raw && i < NW_ARRAY_SIZE(entities); i++) {
			if (begins_with(s, entities[i].text)) {
				buf[n] = entities[i].c;
				used = strlen(entities[i].text);
				break;
			}
		}
		s.p += used;
		n++;
	}
	return n;
}
