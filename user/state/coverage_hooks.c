/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hooks were off, and when: spans of time, each of one hook, of this session and, kept as rows, of
 * those before it. Those that were off from the start are among them: what a kernel can't do is not
 * missing from what was seen (coverage.c), but who reads a finding years later wants to know it. A span
 * begins with the tick before the fact that says so, and goes on over a restart when nothing was
 * observed between. Without room the two spans of one hook that lie closest become one: it may have been
 * live between them, but never more is claimed than was seen.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

_Static_assert(_NW_HOOK_MAX <= 64, "a set of hooks is 64 bits");
_Static_assert(NW_OFFS_MAX > _NW_HOOK_MAX, "without room, some hook has two spans");

/* ---- spans ---------------------------------------------------------------------------------- */

static struct nw_hook_off *last_of(struct nw_hook_offs *o, unsigned hook)
{
	for (uint32_t i = o->len; i-- > 0;) {
		if (o->span[i].hook == hook) {
			return &o->span[i];
		}
	}
	return NULL;
}

static void make_room(struct nw_hook_offs *o)
{
	uint32_t first = 0, second = 0;
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < o->len; i++) {
		uint32_t j = i + 1;

		while (j < o->len && o->span[j].hook != o->span[i].hook) {
			j++;
		}
		if (j < o->len && (uint64_t)(o->span[j].from_ns - o->span[i].to_ns) < least) {
			least = (uint64_t)(o->span[j].from_ns - o->span[i].to_ns);
			first = i;
			second = j;
		}
	}
	o->span[first].to_ns = NW_MAX(o->span[first].to_ns, o->span[second].to_ns);
	o->len--;
	memmove(&o->span[second], &o->span[second + 1], (o->len - second) * sizeof(*o->span));
}

/* In order of their begin; what begins before since goes on with the hook's last. */
static void add(struct nw_hook_offs *o, unsigned hook, int64_t from, int64_t to, int64_t since)
{
	struct nw_hook_off *last = last_of(o, hook);

	if (last && last->to_ns >= since) {
		last->to_ns = NW_MAX(last->to_ns, to);
		return;
	}
	if (from >= to) {
		return;
	}
	if (o->len == NW_OFFS_MAX) {
		make_room(o);
	}
	o->span[o->len++] = (struct nw_hook_off){ .from_ns = from, .to_ns = to, .hook = hook };
}

/* What is off now was so up to now. */
static void go_on(struct nw_state *st, uint64_t hooks)
{
	struct nw_coverage_book *c = &st->coverage;
	int64_t from = (int64_t)c->last_ns;
	bool is_first = c->last_ns == c->from_ns && c->has_past;

	for (unsigned i = 0; i < _NW_HOOK_MAX; i++) {
		if (hooks & 1ULL << i) {
			add(&c->off, i, from, (int64_t)st->now_ns, is_first ? c->past_ns : from);
		}
	}
}

void nw_hook_offs_on_fact(struct nw_state *st, const char *name, size_t len, bool is_off)
{
	struct nw_hook_offs *o = &st->coverage.off;
	unsigned hook = nw_hook_of(name, len);
	uint64_t bit;

	if (hook == _NW_HOOK_MAX) {
		return;
	}
	bit = 1ULL << hook;
	if (st->coverage.from_ns && !is_off) {
		go_on(st, o->now & bit);
	}
	o->now = is_off ? o->now | bit : o->now & ~bit;
}

void nw_hook_offs_on_tick(struct nw_state *st)
{
	go_on(st, st->coverage.off.now);
}

/* ---- reading -------------------------------------------------------------------------------- */

uint64_t nw_hooks_off(const struct nw_state *st, uint64_t from_ns, uint64_t to_ns)
{
	const struct nw_coverage_book *c = &st->coverage;
	uint64_t hooks = 0;

	for (uint32_t i = 0; i < c->off.len; i++) {
		const struct nw_hook_off *s = &c->off.span[i];

		if (s->from_ns < (int64_t)to_ns && s->to_ns > (int64_t)from_ns) {
			hooks |= 1ULL << s->hook;
		}
	}
	/* since the last tick: not looked at yet, but known */
	return c->from_ns && (int64_t)to_ns > (int64_t)c->last_ns ? hooks | c->off.now : hooks;
}

const struct nw_hook_off *nw_hook_off_at(const struct nw_state *st, unsigned i)
{
	const struct nw_hook_offs *o = &st->coverage.off;

	return i < o->len ? &o->span[o->len - 1 - i] : NULL;
}

/* ---- over restarts -------------------------------------------------------------------------- */

bool nw_hook_offs_take(struct nw_state *st, const struct nw_kept *row)
{
	struct nw_hook_offs *o = &st->coverage.off;
	struct nw_hook_off s = { .hook = nw_hook_of(row->text, strlen(row->text)) };

	if (row->len < NW_COVERAGE_TIMES || o->len == NW_OFFS_MAX ||
	    !nw_coverage_span(st, row, &s.from_ns, &s.to_ns)) {
		return false;
	}
	if (s.hook < _NW_HOOK_MAX) {
		o->span[o->len++] = s;
	}
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct nw_hook_off *x = a, *y = b;

	return x->from_ns < y->from_ns ? -1 : x->from_ns > y->from_ns;
}

void nw_hook_offs_join(struct nw_state *st, int64_t ahead_ns)
{
	struct nw_coverage_book *c = &st->coverage;
	struct nw_hook_offs *o = &c->off;
	uint32_t len = o->len;

	o->len = 0;
	if (!c->has_past) {
		return; /* nobody knows from when they would be */
	}
	qsort(o->span, len, sizeof(*o->span), by_start);
	for (uint32_t i = 0; i < len; i++) { /* in again, never behind where it is read */
		struct nw_hook_off s = o->span[i];
		int64_t from = NW_MAX(s.from_ns - ahead_ns, c->first_ns);

		add(o, (unsigned)s.hook, from, NW_MIN(s.to_ns - ahead_ns, c->past_ns), from);
	}
}

bool nw_hook_offs_keep(struct nw_state *st)
{
	struct nw_hook_offs *o = &st->coverage.off;

	for (uint32_t i = 0; i < o->len; i++) {
		char key[16];
		struct nw_kept row;

		if (!memcmp(&o->span[i], &o->kept[i], sizeof(*o->span))) {
			continue;
		}
		(void)snprintf(key, sizeof(key), NW_HOOK_OFFS_KEY "%04u", i);
		row = nw_coverage_row(st, key, o->span[i].from_ns, o->span[i].to_ns);
		nw_kept_text(&row, nw_hook_name(o->span[i].hook));
		if (!st->keeper.keep(st->keeper.ctx, &row)) {
			return false;
		}
		o->kept[i] = o->span[i];
	}
	return true;
}
