/* SPDX-License-Identifier: Apache-2.0 */
/* A session and what is kept over restarts: the database behind the pipeline, if it was asked for. */
#pragma once

#include "host.h"
#include "store.h"

struct nw_keeping {
	struct nw_store *store; /* NULL: nothing is kept */
	uint64_t lost;		/* that it could not be opened */
};

/* Before privileges are dropped. What can't be kept is no reason to see nothing: it is said, counted,
 * and the session goes on. dir NULL: nobody asked. */
void nw_keeping_open(struct nw_keeping *k, const char *dir, struct nw_pipeline *p);
/* Rows of earlier sessions become facts; in front of all but the facts about host and boot. */
void nw_keeping_read(struct nw_keeping *k, struct nw_host *h);
/* nw_priv_drop()'s: the thread, with a struct nw_keeping. */
int nw_keeping_start(void *keeping);
uint64_t nw_keeping_lost(const struct nw_keeping *k);
void nw_keeping_close(struct nw_keeping *k);
