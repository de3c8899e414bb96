/* SPDX-License-Identifier: Apache-2.0 */
/* See message.h: RFC 9110 5, 9112 3-5, 3986 3. Owns nothing. Lines may end in LF alone. */
#include "util/message.h"

#include <strings.h>

enum {
	METHOD_MAX = 20,
	STATUS_DIGITS = 3,
	VERSION_BYTES = 3
};

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
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

/* A line without its end; false when the end is not here. */
static bool cut_line(struct nw_span *s, struct nw_span *ret)
{
	const uint8_t *end = memchr(s->p, '\n', nw_span_left(s));

	if (!end) {
		return false;
	}
	*ret = (struct nw_span){ .p = s->p, .end = end };
	if (ret->end > ret->p && ret->end[-1] == '\r') {
		ret->end--;
	}
	s->p = end + 1;
	return true;
}

static bool begins_with(struct nw_span s, const char *word)
{
	size_t n = strlen(word);

	return nw_span_left(&s) >= n && memcmp(s.p, word, n) == 0;
}

bool nw_message_is(struct nw_span text, const char *word)
{
	size_t n = strlen(word);

	return nw_span_left(&text) == n && strncasecmp((const char *)text.p, word, n) == 0;
}

struct nw_span nw_message_until(struct nw_span text, const char *bytes)
{
	for (const uint8_t *p = text.p; p < text.end; p++) {
		if (*p && strchr(bytes, *p)) {
			text.end = p;
			break;
		}
	}
	return trim(text);
}

/* ---- the start line -------------------------------------------------------------------------- */

/* "1.1" */
static bool is_version(const uint8_t *p)
{
	return is_digit(p[0]) && p[1] == '.' && is_digit(p[2]);
}

/* "1.1 200 OK": behind the protocol. */
static bool read_answer(struct nw_span line, struct nw_message *m)
{
	struct nw_span digits;

	if (nw_span_left(&line) < VERSION_BYTES || !is_version(line.p) ||
	    !nw_span_cut(&line, VERSION_BYTES, &m->version) || line.p == line.end ||
	    *line.p != ' ') {
		return false;
	}
	line.p++;
	if (!nw_span_cut(&line, STATUS_DIGITS, &digits) || *digits.p == '0' ||
	    (line.p < line.end && *line.p != ' ')) {
		return false;
	}
	for (; digits.p < digits.end; digits.p++) {
		if (!is_digit(*digits.p)) {
			return false;
		}
		m->status = (uint16_t)(m->status * 10 + *digits.p - '0');
	}
	return true;
}

static bool is_method_char(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* "GET /a HTTP/1.1"; of a line that is cut, what is here of the target. */
static bool read_request(struct nw_span line, const char *protocol, struct nw_message *m)
{
	const uint8_t *p = line.p;
	struct nw_span version;
	size_t n;

	while (p < line.end && is_method_char(*p)) {
		p++;
	}
	m->method = (struct nw_span){ .p = line.p, .end = p };
	if (nw_span_left(&m->method) < 3 || nw_span_left(&m->method) > METHOD_MAX ||
	    *line.p < 'A' || p == line.end || *p != ' ') {
		return false;
	}
	p++;
	m->target = (struct nw_span){ .p = p, .end = p };
	while (m->target.end<line.end && * m->target.end> ' ' && *m->target.end != 0x7f) {
		m->target.end++;
	}
	version = (struct nw_span){ .p = m->target.end, .end = line.end };
	m->version = nw_span_of(line.end, 0);
	if (nw_span_left(&m->target) == 0) {
		return false;
	}
	m->has_target = m->has_line || version.p < version.end;
	if (version.p == version.end) {
		return true;
	}
	n = strlen(protocol);
	if (*version.p++ != ' ') {
		return false;
	}
	if (!m->has_line) {
		n = nw_span_left(&version) < n ? nw_span_left(&version) : n;
		return memcmp(version.p, protocol, n) == 0;
	}
	if (nw_span_left(&version) != n + VERSION_BYTES || !begins_with(version, protocol) ||
	    !is_version(version.p + n)) {
		return false;
	}
	m->version = (struct nw_span){ .p = version.p + n, .end = version.end };
	return true;
}

/* Fields go on to the empty line; body is what comes then. */
static void part_fields(struct nw_span s, struct nw_message *m)
{
	struct nw_span line;

	m->fields.p = s.p;
	m->fields.end = s.p;
	while (cut_line(&s, &line)) {
		if (line.p == line.end) {
			m->has_fields = true;
			break;
		}
		m->fields.end = s.p;
	}
	m->body = (struct nw_span){ .p = m->has_fields ? s.p : s.end, .end = s.end };
}

static bool read_message(struct nw_span bytes, const char *protocol, struct nw_message *ret)
{
	struct nw_message m = { .is_answer = begins_with(bytes, protocol) };
	struct nw_span line = bytes;
	bool is_one;

	m.has_line = cut_line(&bytes, &line);
	if (!m.has_line) {
		bytes.p = bytes.end;
	}
	if (m.is_answer) {
		line.p += strlen(protocol);
		is_one = read_answer(line, &m);
		m.method = m.target = nw_span_of(line.p, 0);
	} else {
		is_one = read_request(line, protocol, &m);
	}
	if (is_one) {
		part_fields(bytes, &m);
		*ret = m;
	}
	return is_one;
}

/* Most bytes are no text at all: the first of them says so. */
bool nw_message_read(struct nw_span bytes, const char *protocol, struct nw_message *ret)
{
	return bytes.p < bytes.end &&
	       (*bytes.p == (unsigned char)*protocol || is_method_char(*bytes.p)) &&
	       read_message(bytes, protocol, ret);
}

/* ---- fields ---------------------------------------------------------------------------------- */

bool nw_message_field(struct nw_span *fields, struct nw_span *name, struct nw_span *value)
{
	struct nw_span line;

	while (cut_line(fields, &line)) {
		const uint8_t *colon = memchr(line.p, ':', nw_span_left(&line));

		/* a line that begins with space goes on with the one before */
		if (!colon || colon == line.p || is_space(*line.p)) {
			continue;
		}
		*name = trim((struct nw_span){ .p = line.p, .end = colon });
		*value = trim((struct nw_span){ .p = colon + 1, .end = line.end });
		return true;
	}
	return false;
}

static struct nw_span skip_quoted(struct nw_span s, struct nw_span *ret)
{
	ret->p = ++s.p;
	while (s.p < s.end && *s.p != '"') {
		s.p += *s.p == '\\' && s.p + 1 < s.end ? 2 : 1;
	}
	ret->end = s.p;
	s.p += s.p < s.end;
	return s;
}

bool nw_message_parameter(struct nw_span value, const char *name, struct nw_span *ret)
{
	while (value.p < value.end) {
		struct nw_span word = nw_message_until(value, "=\" \t,;");
		struct nw_span text;

		if (word.p == word.end) { /* such a byte itself, or space before a word */
			value = *value.p == '"' ? skip_quoted(value, &text)
						: (struct nw_span){ value.p + 1, value.end };
			continue;
		}
		value.p = word.end;
		if (value.p == value.end || *value.p != '=') {
			continue;
		}
		value.p++;
		if (value.p < value.end && *value.p == '"') {
			value = skip_quoted(value, &text);
		} else {
			text = nw_message_until(value, "\" \t,;");
			value.p = text.end;
		}
		if (nw_message_is(word, name)) {
			*ret = text;
			return true;
		}
	}
	return false;
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool is_host_char(uint8_t c, bool is_bracketed)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' ||
	       (is_bracketed && (c == ':' || c == '%'));
}

struct nw_span nw_message_host(struct nw_span authority)
{
	struct nw_span none = nw_span_of(authority.end, 0);
	const uint8_t *at = memrchr(authority.p, '@', nw_span_left(&authority));
	struct nw_span host = { .p = at ? at + 1 : authority.p, .end = authority.end };
	bool is_bracketed = host.p < host.end && *host.p == '[';
	const uint8_t *p = host.p + is_bracketed;

	while (p < host.end && is_host_char(*p, is_bracketed)) {
		p++;
	}
	if (is_bracketed && (p == host.end || *p++ != ']')) {
		return none;
	}
	host.end = p;
	for (p += p < authority.end && *p == ':'; p < authority.end; p++) {
		if (!is_digit(*p)) {
			return none;
		}
	}
	return host;
}

void nw_message_url(struct nw_span target, bool is_whole, struct nw_url *ret)
{
	const uint8_t *scheme = memmem(target.p, nw_span_left(&target), "://", 3);
	struct nw_span rest = target;
	const uint8_t *p;

	*ret = (struct nw_url){ .domain = { target.end, target.end },
				.path = { target.end, target.end } };
	for (p = target.p; scheme && p < scheme; p++) {
		if (!is_letter(*p)) {
			scheme = NULL;
		}
	}
	if (scheme) {
		struct nw_span authority;

		rest.p = scheme + 3;
		authority = nw_message_until(rest, "/?#");
		if (authority.end < rest.end || is_whole) {
			ret->domain = nw_message_host(authority);
		}
		rest.p = authority.end;
	}
	if (rest.p < rest.end && *rest.p == '/') {
		struct nw_span path = nw_message_until(rest, "?#");

		if (path.end < rest.end || is_whole) {
			ret->path = path;
		}
	}
}
