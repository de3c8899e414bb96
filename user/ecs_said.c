/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ends of a flow said of themselves. The keys come in the order of their dotted names, so
 * an object is opened when a name enters it and closed when one leaves it.
 */
#include <string.h>

#include "ecs_put.h"

#define OWN "nvrwatch."

/* Objects that are open: the front of a name up to its last dot. */
struct path {
	const char *name;
	size_t len; /* with the last dot */
};

static size_t front_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? (size_t)(dot + 1 - name) : 0;
}

/* How much of it the name shares, in whole parts. */
static size_t shared(const struct path *open, const char *name)
{
	size_t whole = 0;

	for (size_t i = 0; i < open->len && open->name[i] == name[i]; i++) {
		if (name[i] == '.') {
			whole = i + 1;
		}
	}
	return whole;
}

static void leave(struct nw_json *j, struct path *open, size_t len)
{
	while (open->len > len) {
		nw_json_close(j);
		open->len--;
		while (open->len > len && open->name[open->len - 1] != '.') {
			open->len--;
		}
	}
}

static void enter(struct nw_json *j, struct path *open, const char *name)
{
	size_t len = front_of(name);

	open->name = name;
	while (open->len < len) {
		const char *part = name + open->len;
		size_t n = strcspn(part, ".");

		if (nw_json_room(j, n + 4)) {
			*j->p++ = '"';
			memcpy(j->p, part, n);
			j->p += n;
			memcpy(j->p, "\":{", 3);
			j->p += 3;
		}
		open->len += n + 1;
	}
}

static void put_value(struct nw_json *j, const char *key, const struct nw_said_value *v)
{
	char *p;

	switch (nw_attr_type(v->key)) {
	case NW_ATTR_NUMBER:
	case NW_ATTR_FLAG: /* digits or a word of ours: made by a decoder from a number */
		if (nw_json_key(j, key, v->len + 1U, &p)) {
			memcpy(p, v->text, v->len);
			p[v->len] = ',';
			j->p = p + v->len + 1;
		}
		break;
	default:
		nw_json_strn(j, key, v->text, v->len);
		break;
	}
}

/* The values of a list stand together. */
static void put_list(struct nw_json *j, const char *key, const struct nw_said *said, uint16_t *at,
		     struct nw_said_value *v, bool *has_more)
{
	enum nw_attr list = v->key;

	nw_json_array(j, key);
	do {
		nw_json_strn(j, NULL, v->text, v->len);
		*has_more = nw_said_next(said, at, v);
	} while (*has_more && v->key == list);
	nw_json_array_end(j);
}

void nw_ecs_put_said(struct nw_ecs_line *l, const struct nw_said *said, bool is_own)
{
	const size_t top = is_own ? sizeof(OWN) - 1 : 0;
	struct path open = { .name = OWN, .len = top };
	struct nw_json *j = &l->j;
	struct nw_said_value v;
	uint16_t at = 0;
	bool has_more = said && nw_said_next(said, &at, &v);

	while (has_more) {
		const char *name = nw_attr_name(v.key);

		if ((strncmp(name, OWN, sizeof(OWN) - 1) == 0) != is_own) {
			has_more = nw_said_next(said, &at, &v);
			continue;
		}
		leave(j, &open, shared(&open, name));
		enter(j, &open, name);
		name += front_of(name);
		if (nw_attr_type(v.key) == NW_ATTR_LIST) {
			put_list(j, name, said, &at, &v, &has_more);
			continue;
		}
		put_value(j, name, &v);
		has_more = nw_said_next(said, &at, &v);
	}
	leave(j, &open, top);
}
