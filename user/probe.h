/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for cameras, once, where somebody wants it (--probe). Nothing else here ever sends. */
#pragma once

#include <uv.h>

#include "host.h"
#include "util/macro.h"

#define NW_PROBE_MS   5000 /* so long answers are taken */
#define NW_PROBE_SAID "sending one WS-Discovery Probe on each interface that is inside"

struct nw_probe;

/*
 * One Probe of WS-Discovery on each interface of this network namespace that is inside, by IPv4 and
 * IPv6. Answers need nobody to read them: the hooks see them reach the sockets, as they see anybody's;
 * after NW_PROBE_MS the loop closes the sockets. Before the drop. Logs; -EINVAL: our own sockets
 * are not among those that are watched.
 */
NW_MUST_CHECK int nw_probe_send(struct nw_host *h, uv_loop_t *loop, struct nw_probe **ret);
/* Once the loop has closed its handles. */
void nw_probe_free(struct nw_probe *p);
