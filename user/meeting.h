/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who was met over UDP, by whichever process: the first far end that each socket had an exchange with,
 * so that what another socket carries later can be held against it. A way through NAT belongs to a
 * local port (RFC 4787) and is made by one program and used by another where they are small ones.
 * A ring of fixed size, the caller's, zero at first; time comes from the flows.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_event.h"
#include "state/state.h"

#define NW_MEETINGS	 64
#define NW_MEETING_BYTES 20000 /* a server of rendezvous is sent and sends no more */

struct nw_meeting {
	uint64_t cookie; /* 0 = none */
	uint64_t first_ns, last_ns;
	uint64_t bytes;	    /* to and from it so far */
	uint64_t bytes_led; /* of these, before another had as much over the same socket */
	bool has_led;
	uint8_t server[16];
	uint32_t netns;
	uint16_t lport, rport;
	struct nw_proc_id proc, parent;
};

struct nw_meetings {
	struct nw_meeting item[NW_MEETINGS];
	uint32_t count;
};

/* A measure of a flow of UDP to outside. */
void nw_meetings_see(struct nw_meetings *m, const struct nw_flow *f, uint64_t now_ns);

/*
 * Was the flow's far end handed to its socket by somebody who was met over it before, at whom it
 * stopped being small?
 */
bool nw_meetings_led(const struct nw_meetings *m, const struct nw_flow *f);

/*
 * The same over another socket: of the same local port, or of a process that is a parent, child or
 * sibling, or one step further, of the flow's owner. Within the time that a NAT keeps a mapping.
 */
bool nw_meetings_led_elsewhere(const struct nw_meetings *m, const struct nw_state *st,
			       const struct nw_flow *f);
