/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the site declared, asked of what was seen: pure questions to the configuration, with its
 * networks read once. Nothing is learnt here.
 */
#pragma once

#include <stdbool.h>

#include "config.h"
#include "state/state.h"

const struct nw_config *nw_state_config(const struct nw_state *st);

/* The row of `allowed` that this flow's far end (and program, and port) fits, or NULL. */
const struct nw_allowed *nw_policy_allowed(const struct nw_state *st, const struct nw_flow *f);
/* What is outside, a name or an address, and is asked of the flow's far end, which is inside: a proxy of
 * HTTP. NULL = nothing of the kind. */
const char *nw_policy_proxied(const struct nw_state *st, const struct nw_flow *f);
/* Goes outside: its far end is there, or asked for what is. */
bool nw_policy_leaves(const struct nw_state *st, const struct nw_flow *f);
/* The declared recorder that this process is, by all keys that its row has, or NULL. */
const struct nw_recorder *nw_policy_recorder(const struct nw_state *st, const struct nw_proc *p);
/* The same, where its row says what it starts: then nothing of that is learnt. */
const struct nw_recorder *nw_policy_judge(const struct nw_state *st, const struct nw_proc *p);
/* Does the row of a recorder, NULL for none, say that it starts this program? */
bool nw_policy_starts(const struct nw_recorder *r, const struct nw_proc *p);
/* Is a listener on this port declared, and for whom comes from addr (NULL = for anybody)? */
bool nw_policy_listener(const struct nw_state *st, uint16_t proto, uint16_t port,
			const uint8_t addr[16]);
/* Is it declared for a network that addr is of: not for everybody? */
bool nw_policy_guest(const struct nw_state *st, uint16_t proto, uint16_t port,
		     const uint8_t addr[16]);
/* The declared camera at this address, or NULL. */
const struct nw_camera_decl *nw_policy_camera(const struct nw_state *st, const uint8_t addr[16]);
