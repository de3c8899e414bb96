/* SPDX-License-Identifier: Apache-2.0 */
/* For how long packet sockets heard. Owns nothing. */
#include "hearing.h"

#include "util/macro.h"

#define BRIEF_NS (5 * NW_NSEC_PER_SEC)
/* A frame with a message of BOOTP, which is never shorter, up to one with all options that clients use. */
#define MESSAGE_MIN 300
#define MESSAGE_MAX 600
#define AT_ONCE	    4 /* messages */
#define EACH_NS	    (2 * NW_NSEC_PER_SEC)

void nw_hearing_look(struct nw_hearing *h, const struct nw_state *st, uint64_t inode)
{
	const struct nw_covert *c = nw_covert_find(st, inode);
	uint64_t now = nw_state_now_ns(st);

	if (!c) {
		h->since_ns = 0;
		return;
	}
	if (!h->since_ns) {
		h->since_ns = NW_MIN(c->first_ns, now);
	}
	h->held_ns += now - NW_MIN(h->since_ns, now);
	h->since_ns = now;
}

void nw_hearing_sent(struct nw_hearing *h, const struct nw_moved *m)
{
	h->frames += m->tx_packets;
	h->bytes = h->bytes + m->tx_bytes < h->bytes ? UINT64_MAX : h->bytes + m->tx_bytes;
}

bool nw_hearing_is_brief(const struct nw_hearing *h)
{
	return h->held_ns < BRIEF_NS;
}

bool nw_hearing_seeks_address(const struct nw_hearing *h)
{
	return h->frames && h->frames <= AT_ONCE + h->held_ns / EACH_NS &&
	       h->bytes / h->frames >= MESSAGE_MIN && h->bytes / h->frames <= MESSAGE_MAX;
}
