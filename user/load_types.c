/* SPDX-License-Identifier: Apache-2.0 */
/* See load_types.h. Owns nothing beyond a call. */
#include "load_types.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/macro.h"

#define FLAVOUR "___"

/* ---- many names in one walk ----------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct nw_types_want *x = a;
	const struct nw_types_want *y = b;
	int r = strcmp(x->name, y->name);

	return r ? r : (x->kind > y->kind) - (x->kind < y->kind);
}

/* The first of those that have the name; they stand side by side. */
static struct nw_types_want *first_of(struct nw_types_want *want, size_t wants, const char *name)
{
	size_t low = 0;
	size_t high = wants;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(want[mid].name, name) < 0) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return low < wants && strcmp(want[low].name, name) == 0 ? &want[low] : NULL;
}

void nw_types_find(const struct btf *kernel, struct nw_types_want *want, size_t wants)
{
	uint32_t kinds = 0;

	qsort(want, wants, sizeof(*want), by_name);
	for (size_t i = 0; i < wants; i++) {
		want[i].id = 0;
		kinds |= 1U << want[i].kind;
	}
	for (uint32_t id = 1; id < btf__type_cnt(kernel); id++) {
		const struct btf_type *t = btf__type_by_id(kernel, id);
		const char *name = btf__name_by_offset(kernel, t->name_off);
		struct nw_types_want *w = NULL;

		if (kinds >> btf_kind(t) & 1) {
			w = first_of(want, wants, name);
		}
		for (; w && w < want + wants && strcmp(w->name, name) == 0; w++) {
			if (w->kind == btf_kind(t) && !w->id) {
				w->id = id;
			}
		}
	}
}

/* ---- the few that matter -------------------------------------------------------------------- */

struct copy {
	const struct btf *from;
	struct btf *to;
	uint32_t *now; /* by the id in from; 0: not copied */
};

static bool has_fields(uint32_t kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || kind == BTF_KIND_ENUM ||
	       kind == BTF_KIND_ENUM64 || kind == BTF_KIND_TYPEDEF;
}

/* Adding may move all that was added before. libbpf hands out what is ours to change as const. */
static struct btf_type *added(const struct copy *c, uint32_t id)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	return (struct btf_type *)(uintptr_t)btf__type_by_id(c->to, id);
}

static int copy_type(struct copy *c, uint32_t id, uint32_t *ret);

static int copy_inside(struct copy *c, const struct btf_type *t, uint32_t id)
{
	uint32_t inner = 0;
	int r = 0;

	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		for (uint32_t i = 0; r == 0 && i < btf_vlen(t); i++) {
			r = copy_type(c, btf_members(t)[i].type, &inner);
			btf_members(added(c, id))[i].type = inner;
		}
		return r;
	case BTF_KIND_ARRAY:
		r = copy_type(c, btf_array(t)->type, &inner);
		btf_array(added(c, id))->type = inner;
		if (r == 0) {
			r = copy_type(c, btf_array(t)->index_type, &inner);
			btf_array(added(c, id))->index_type = inner;
		}
		return r;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		r = copy_type(c, t->type, &inner);
		added(c, id)->type = inner;
		return r;
	default: /* a number, a name or nothing */
		return 0;
	}
}

/* What stands for types that are not copied stands for nothing: libbpf refuses ids that are not there (1.4 on). */
static int add_one(struct copy *c, const struct btf_type *t)
{
	if (btf_is_ptr(t)) {
		return btf__add_ptr(c->to, 0);
	}
	return btf_is_func_proto(t) ? btf__add_func_proto(c->to, 0)
				    : btf__add_type(c->to, c->from, t);
}

/* As deep as types stand inside each other without a pointer. NOLINTNEXTLINE(misc-no-recursion) */
static int copy_type(struct copy *c, uint32_t id, uint32_t *ret)
{
	const struct btf_type *t = btf__type_by_id(c->from, id);
	bool is_known = id == 0 || c->now[id];
	int r;

	*ret = id ? c->now[id] : 0;
	if (is_known) {
		return 0;
	}
	r = add_one(c, t);
	if (r < 0) {
		return r;
	}
	*ret = c->now[id] = (uint32_t)r;
	return copy_inside(c, t, *ret);
}

static size_t names_of(const struct btf *object, struct nw_types_want *want)
{
	size_t n = 0;

	for (uint32_t id = 1; id < btf__type_cnt(object); id++) {
		const struct btf_type *t = btf__type_by_id(object, id);
		const char *name = btf__name_by_offset(object, t->name_off);
		const char *flavour = strstr(name, FLAVOUR);
		size_t len = flavour ? (size_t)(flavour - name) : strlen(name);

		if (has_fields(btf_kind(t)) && len > 0 && len < NW_TYPES_NAME) {
			memcpy(want[n].name, name, len);
			want[n++].name[len] = '\0';
		}
	}
	qsort(want, n, sizeof(*want), by_name);
	return n;
}

static int copy_all(struct copy *c, struct nw_types_want *want, size_t wants)
{
	int r = 0;

	for (uint32_t id = 1; r == 0 && id < btf__type_cnt(c->from); id++) {
		const struct btf_type *t = btf__type_by_id(c->from, id);
		uint32_t ignored;

		if (has_fields(btf_kind(t)) &&
		    first_of(want, wants, btf__name_by_offset(c->from, t->name_off))) {
			r = copy_type(c, id, &ignored);
		}
	}
	return r;
}

static int write_all(const struct btf *btf, int fd)
{
	uint32_t size;
	const char *data = btf__raw_data(btf, &size);

	if (!data) {
		return -ENOMEM;
	}
	for (uint32_t at = 0; at < size;) {
		ssize_t n = write(fd, data + at, size - at);

		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		at += n < 0 ? 0 : (uint32_t)n;
	}
	return 0;
}

int nw_types_copy(const struct btf *kernel, const struct btf *object, int fd)
{
	NW_CLEANUP_FREE struct nw_types_want *want = calloc(btf__type_cnt(object), sizeof(*want));
	NW_CLEANUP_FREE uint32_t *now = calloc(btf__type_cnt(kernel), sizeof(*now));
	struct copy c = { .from = kernel, .to = btf__new_empty(), .now = now };
	int r = want && now && c.to ? 0 : -ENOMEM;

	if (r == 0) {
		r = copy_all(&c, want, names_of(object, want));
	}
	if (r == 0) {
		r = write_all(c.to, fd);
	}
	btf__free(c.to);
	return r;
}
