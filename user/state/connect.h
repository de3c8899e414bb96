/* SPDX-License-Identifier: Apache-2.0 */
/* Who connected to what listens at the name of a Unix socket. The table is the state's; times are the events'. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "nw_event.h"
#include "util/lru.h"
#include "util/macro.h"

struct nw_object;
struct nw_state;

/* That a process connected at last to what listens at a name */
struct nw_connect {
	uint64_t name; /* nw_ev_fd::peer_inode */
	uint64_t at_ns;
	struct nw_proc_id id;
};

struct nw_connects {
	struct nw_lru lru;
	struct nw_connect *connect;
};

/* What listens at it, as processes hold it. */
struct nw_object nw_object_of_name(uint64_t name);

NW_MUST_CHECK int nw_connects_init(struct nw_state *st);
void nw_connects_free(struct nw_state *st);
void nw_connects_on_fd(struct nw_state *st, const struct nw_ev_fd *e);
/* Of those who connected shortly before at_ns: the last one, and when another did; begins as zeros. Until the
 * next event. */
struct nw_connected {
	const struct nw_connect *last;
	uint64_t before_ns;
};
void nw_connects_of(const struct nw_state *st, uint64_t name, uint64_t at_ns,
		    struct nw_connected *ret);
/* Nobody else did at about the same time. */
bool nw_connected_is_one(const struct nw_connected *c);
