/* SPDX-License-Identifier: Apache-2.0 */
/* Orders and who has them done. Owns nothing: the table is the caller's. */
#include "orders.h"

#include <string.h>

#include "contact.h"
#include "event.h"
#include "util/lru.h"
#include "util/macro.h"

#define DONE_MIN  3
#define DONE_NS	  (30 * NW_NSEC_PER_SEC) /* so long a command takes */
#define TEXT_SEED 0x6f72646572ULL

static struct nw_orders_of *find(struct nw_orders *o, const struct nw_proc_id *id)
{
	for (unsigned i = 0; i < NW_MIN(o->count, (uint32_t)NW_ORDERS); i++) {
		if (nw_proc_id_is_same(&o->of[i].proc, id)) {
			return &o->of[i];
		}
	}
	return NULL;
}

/* What a shell is told by its arguments ("sh -c TEXT"), or NULL. */
static const char *text_of(const struct nw_proc *p)
{
	const char *end = p->args + p->args_len;
	const char *arg = p->args;

	while (arg < end) {
		bool is_it = strcmp(arg, "-c") == 0;

		arg += strlen(arg) + 1;
		if (is_it) {
			break;
		}
	}
	return arg < end && arg[0] ? arg : NULL;
}

/* Not lately told by this one; remembers it. */
static bool is_new(struct nw_orders_of *of, const char *text)
{
	uint64_t h = TEXT_SEED;

	for (const char *c = text; *c; c++) {
		h = nw_hash_mix(h, (unsigned char)*c);
	}
	for (unsigned i = 0; i < NW_ORDERS_TEXTS; i++) {
		if (of->text[i] == h) {
			return false;
		}
	}
	of->text[of->texts++ % NW_ORDERS_TEXTS] = h;
	return true;
}

void nw_orders_exec(struct nw_orders *o, const struct nw_state *st, const struct nw_proc *p,
		    uint64_t now_ns)
{
	const struct nw_proc *by = nw_proc_find(st, &p->parent_id);
	const char *text = by && p->program & NW_PROGRAM_SHELL ? text_of(p) : NULL;
	struct nw_orders_of *of;

	/* what it says must come back to who started it */
	if (!text || !nw_stdio_is_tube(nw_proc_stdio(p, 1)) || nw_proc_shares(p, by, 1)) {
		return;
	}
	of = find(o, &by->id);
	if (!of) {
		of = &o->of[o->count++ % NW_ORDERS];
		*of = (struct nw_orders_of){ .proc = by->id };
	}
	if (is_new(of, text)) {
		of->told_len = (uint32_t)strlen(text);
		of->started_ns = now_ns;
	}
}

bool nw_orders_moved(struct nw_orders *o, const struct nw_moved *m, uint64_t now_ns)
{
	const struct nw_flow *f = m->flow;
	struct nw_orders_of *of = f && f->owner && f->is_outbound ? find(o, &f->owner->id) : NULL;

	if (!of) {
		return false;
	}
	if (of->cookie != f->cookie) {
		if (of->done || !m->rx_bytes) {
			return false;
		}
		of->cookie = f->cookie;
		of->heard = of->heard_times = 0;
	}
	of->heard += m->rx_bytes;
	of->heard_times += m->rx_bytes > 0;
	if (m->tx_bytes && of->started_ns && now_ns <= of->started_ns + DONE_NS &&
	    of->heard >= of->told_len) {
		of->first_heard = of->done ? of->first_heard : of->heard;
		of->is_varied = of->is_varied || of->heard != of->first_heard;
		of->done++;
		of->started_ns = of->heard = 0;
	}
	/* what it hears is orders: no news, no pulse of a service */
	return of->done >= DONE_MIN && of->is_varied && of->heard_times <= 2 * of->done;
}
