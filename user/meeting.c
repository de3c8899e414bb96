/* SPDX-License-Identifier: Apache-2.0 */
/* Who was met before. Owns nothing. */
#include "meeting.h"

#include <string.h>

#include "event.h"
#include "util/macro.h"

#define RECENT_NS  (600 * NW_NSEC_PER_SEC)
#define MAPPING_NS (120 * NW_NSEC_PER_SEC) /* RFC 4787, REQ-5: a NAT keeps it as long, or longer */
#define LED_BYTES  1000000 /* that a server passed on until both ends had found each other */
#define ELDERS	   3

static bool is_same(const struct nw_proc_id *a, const struct nw_proc_id *b)
{
	return a->tgid && nw_proc_id_is_same(a, b);
}

static bool is_server(const struct nw_meeting *e, const struct nw_flow *f)
{
	return memcmp(e->server, f->raddr, sizeof(e->server)) == 0;
}

/* Its very socket: an address can have several ends behind one NAT. */
static bool is_servers_socket(const struct nw_meeting *e, const struct nw_flow *f)
{
	return is_server(e, f) && e->rport == f->rport;
}

static struct nw_meeting *find(struct nw_meetings *m, uint64_t cookie)
{
	for (unsigned i = 0; i < NW_MEETINGS; i++) {
		if (m->item[i].cookie == cookie) {
			return &m->item[i];
		}
	}
	return NULL;
}

void nw_meetings_see(struct nw_meetings *m, const struct nw_flow *f, uint64_t now_ns)
{
	struct nw_meeting *e = f->cookie ? find(m, f->cookie) : NULL;

	if (!e && f->cookie && f->rx_packets && f->tx_packets) {
		e = &m->item[m->count++ % NW_MEETINGS];
		*e = (struct nw_meeting){ .cookie = f->cookie,
					  .first_ns = f->first_ns,
					  .netns = f->netns,
					  .lport = f->lport,
					  .rport = f->rport };
		memcpy(e->server, f->raddr, sizeof(e->server));
		if (f->owner) {
			e->proc = f->owner->id;
			e->parent = f->owner->parent_id;
		}
	}
	if (!e) {
		return;
	}
	if (is_servers_socket(e, f)) {
		e->bytes = NW_MAX(e->bytes, f->tx_bytes + f->rx_bytes);
		e->last_ns = now_ns;
	} else if (!e->has_led && f->tx_bytes > NW_MEETING_BYTES) {
		e->has_led = true;
		e->bytes_led = e->bytes;
	}
}

bool nw_meetings_led(const struct nw_meetings *m, const struct nw_flow *f)
{
	for (unsigned i = 0; i < NW_MEETINGS; i++) {
		const struct nw_meeting *e = &m->item[i];

		if (e->cookie == f->cookie && f->cookie && !is_servers_socket(e, f)) {
			return e->first_ns < f->first_ns && e->bytes_led <= LED_BYTES &&
			       e->bytes - e->bytes_led <= NW_MEETING_BYTES &&
			       f->first_ns <= e->last_ns + RECENT_NS;
		}
	}
	return false;
}

/* The owner, and who started it, and who started that; pid 1 has everybody in its family. */
static unsigned elders_of(const struct nw_state *st, const struct nw_proc *p,
			  struct nw_proc_id ret[ELDERS])
{
	unsigned n = 0;

	while (p && p->id.tgid > 1 && n < ELDERS) {
		ret[n++] = p->id;
		p = nw_proc_find(st, &p->parent_id);
	}
	return n;
}

static bool is_related(const struct nw_meeting *e, const struct nw_proc_id *elder, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if ((i > 0 && is_same(&e->proc, &elder[i])) || is_same(&e->parent, &elder[i])) {
			return true;
		}
	}
	return false;
}

bool nw_meetings_led_elsewhere(const struct nw_meetings *m, const struct nw_state *st,
			       const struct nw_flow *f)
{
	struct nw_proc_id elder[ELDERS];
	unsigned n = elders_of(st, f->owner, elder);

	for (unsigned i = 0; i < NW_MEETINGS; i++) {
		const struct nw_meeting *e = &m->item[i];
		bool is_port = e->lport && e->lport == f->lport && e->netns == f->netns;

		if (!e->cookie || e->cookie == f->cookie || is_server(e, f) ||
		    e->first_ns >= f->first_ns || f->first_ns > e->last_ns + MAPPING_NS ||
		    e->bytes > NW_MEETING_BYTES) {
			continue;
		}
		if (is_port || (f->rx_packets && is_related(e, elder, n))) {
			return true;
		}
	}
	return false;
}
