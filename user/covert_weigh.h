/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much a socket that passes no Internet socket's hook says: by who has it, what it can hear, what
 * it does, and whether that is what those need who have one rightly. Source: docs/indicators.md,
 * covert-socket.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "hearing.h"
#include "state/state.h"
#include "trace.h"

enum nw_covert_kind {
	NW_COVERT_MUTE,	     /* hears nothing by itself */
	NW_COVERT_NARROW,    /* hears one protocol */
	NW_COVERT_WIDE,	     /* hears hosts talk */
	NW_COVERT_TRANSPORT, /* raw TCP or UDP */
	NW_COVERT_FAMILY,    /* another family */
	NW_COVERT_UNCOUNTED,
	NW_COVERT_RAW, /* sends a protocol that hosts do not speak */
	_NW_COVERT_MAX,
};

/* Of one program and kind of socket, or one program, protocol and far end. */
struct nw_covert_seen {
	uint64_t inode; /* the last one of them; of raw senders 0 */
	struct nw_proc_id owner;
	uint64_t hour_ns; /* when these two began */
	uint64_t sent, outside;
	uint16_t proto;
	struct nw_hearing hearing;
	uint64_t first_ns;
	uint8_t family, who, kind;
	bool is_found, is_scripted, is_outside;
	bool is_waited_for; /* the clock alone may change what it says */
};

enum nw_covert_kind nw_covert_kind(const struct nw_covert *c);
/* It traces a way, or it is too early to say. */
bool nw_covert_may_trace(const struct nw_covert_seen *s, const struct nw_traces *traces,
			 uint64_t now);
/* By what it sent in this hour. */
uint8_t nw_covert_score_doing(const struct nw_covert_seen *s);
/* All in all; says too whether it is waited for. */
uint8_t nw_covert_weigh(struct nw_covert_seen *s, const struct nw_traces *traces,
			const struct nw_state *st);
