/* SPDX-License-Identifier: Apache-2.0 */
/* Who traces a way. Owns nothing: the table is the caller's. */
#include "trace.h"

#include <netinet/in.h>

#include "dest.h"
#include "event.h"
#include "util/macro.h"

#define PROBES_MIN 3
#define LAST_NS	   (600 * NW_NSEC_PER_SEC) /* nobody traces for longer but at a terminal */

/* Its place, or NW_TRACES. */
static unsigned place_of(const struct nw_traces *t, const struct nw_proc_id *id)
{
	for (unsigned i = 0; i < NW_MIN(t->count, (uint32_t)NW_TRACES); i++) {
		if (nw_proc_id_is_same(&t->of[i].proc, id)) {
			return i;
		}
	}
	return NW_TRACES;
}

static bool is_echo(const struct nw_flow *f)
{
	return f->proto == IPPROTO_ICMP || f->proto == IPPROTO_ICMPV6;
}

void nw_traces_count(struct nw_traces *t, const struct nw_moved *m, uint64_t now_ns)
{
	const struct nw_flow *f = m->flow;
	const struct nw_proc *p = is_echo(f) || f->proto == IPPROTO_RAW ? nw_dest_proc(f) : NULL;
	struct nw_trace *of;
	unsigned i;

	if (!p || f->family >= NW_FAMILY_OTHER) {
		return;
	}
	i = place_of(t, &p->id);
	of = &t->of[i < NW_TRACES ? i : t->count++ % NW_TRACES];
	if (i == NW_TRACES) {
		*of = (struct nw_trace){ .proc = p->id, .since_ns = now_ns };
	}
	of->probes += m->tx_packets;
	of->answers += is_echo(f) ? m->rx_packets : 0;
}

bool nw_traces_has(const struct nw_traces *t, const struct nw_proc_id *id, uint64_t now_ns)
{
	unsigned i = place_of(t, id);
	const struct nw_trace *of = i < NW_TRACES ? &t->of[i] : NULL;

	return of && of->probes >= PROBES_MIN && of->answers >= of->probes / 3 &&
	       of->answers <= of->probes + of->probes / 2 + PROBES_MIN &&
	       now_ns < of->since_ns + LAST_NS;
}
