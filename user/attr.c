/* SPDX-License-Identifier: Apache-2.0 */
/* See attr.h. Owns the table of names. */
#include "attr.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "util/macro.h"

enum {
	FRAME = 3 /* key, length, NUL */
};

static const struct {
	const char *name;
	enum nw_attr_type type;
} rows[] = {
#define ROW(id, name, type) { name, NW_ATTR_##type },
	NW_ATTRS(ROW)
#undef ROW
};

static_assert(_NW_ATTR_MAX <= UINT8_MAX, "a key is one byte");

const char *nw_attr_name(enum nw_attr key)
{
	return rows[key].name;
}

enum nw_attr_type nw_attr_type(enum nw_attr key)
{
	return rows[key].type;
}

bool nw_said_next(const struct nw_said *said, uint16_t *at, struct nw_said_value *ret)
{
	const uint8_t *p = said->bytes + *at;

	if (*at >= said->len) {
		return false;
	}
	ret->key = p[0];
	ret->len = p[1];
	ret->text = (const char *)p + 2;
	*at = (uint16_t)(*at + p[1] + FRAME);
	return true;
}

static bool has(const struct nw_said *said, enum nw_attr key, const char *text)
{
	struct nw_said_value v;
	uint16_t at = 0;

	while (said && nw_said_next(said, &at, &v)) {
		if (v.key == key && strcmp(v.text, text) == 0) {
			return true;
		}
	}
	return false;
}

bool nw_said_speaks(const struct nw_said *said, const char *protocol)
{
	return has(said, NW_ATTR_TLS_ALPN, protocol) ||
	       has(said, NW_ATTR_TLS_NEXT_PROTOCOL, protocol);
}

const char *nw_said_find(const struct nw_said *said, enum nw_attr key)
{
	struct nw_said_value v;
	uint16_t at = 0;

	while (nw_said_next(said, &at, &v) && v.key <= key) {
		if (v.key == key) {
			return v.text;
		}
	}
	return NULL;
}

int nw_said_add(struct nw_said *said, enum nw_attr key, const void *text, size_t len)
{
	size_t n = NW_MIN(len, (size_t)NW_ATTR_VALUE_MAX);
	struct nw_said_value v;
	uint16_t next = 0;
	uint16_t at = 0;
	uint8_t *p;

	while (nw_said_next(said, &next, &v) && v.key <= key) {
		bool is_same = v.len == n && memcmp(v.text, text, n) == 0;

		if (v.key == key && (is_same || rows[key].type != NW_ATTR_LIST)) {
			return 0;
		}
		at = next;
	}
	if (said->len + n + FRAME > NW_SAID_MAX) {
		return -ENOSPC;
	}
	p = said->bytes + at;
	memmove(p + n + FRAME, p, (size_t)(said->len - at));
	p[0] = (uint8_t)key;
	p[1] = (uint8_t)n;
	memcpy(p + 2, text, n);
	p[n + 2] = '\0';
	said->len = (uint16_t)(said->len + n + FRAME);
	return 0;
}
