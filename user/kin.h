/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who read a camera lately, of the same stock as who sends now: the same session, the same parent, or
 * one the ancestor of the other. A picture that one short program takes and another one sends leaves
 * no pipe or socket between the two; that one script started both does not go away. A short memory of
 * readers, that indicators keep for themselves.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/camera.h"
#include "state/state.h"

#define NW_KIN_MAX 64
#define NW_KIN_UP  3 /* ancestors that are looked at */

struct nw_kin_reader {
	struct nw_proc_id id, up[NW_KIN_UP]; /* the parent first; tgid 0 behind the last */
	uint32_t session;		     /* 0 = not known */
	uint64_t first_ns, last_ns;	     /* of reading without a pause */
	uint64_t rx;			     /* since first_ns */
	uint8_t camera[16];		     /* address of the last one */
};

struct nw_kin {
	struct nw_kin_reader reader[NW_KIN_MAX]; /* who was silent longest goes */
};

/* The flow, whose far end is a camera, brought rx more bytes. */
void nw_kin_on_camera(struct nw_kin *k, const struct nw_state *st, const struct nw_flow *f,
		      uint64_t rx);
/* Who is kin to p, got as much as a picture within the last minute, and began last; or NULL. Good until
 * the next event. *ret_lineal: one of the two started the other. */
const struct nw_kin_reader *nw_kin_of(const struct nw_kin *k, const struct nw_state *st,
				      const struct nw_proc *p, bool *ret_lineal);
/* Bytes a second that it gets. */
uint32_t nw_kin_rate(const struct nw_kin_reader *r);
