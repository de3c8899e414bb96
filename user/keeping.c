/* SPDX-License-Identifier: Apache-2.0 */
/* See keeping.h. Owns the store. */
#include "keeping.h"

#include <stdio.h>

#include "log.h"

void nw_keeping_open(struct nw_keeping *k, const char *dir, struct nw_pipeline *p)
{
	if (!dir) {
		return;
	}
	if (nw_store_open(dir, NULL, &k->store) < 0) {
		nw_warn("nothing is kept over a restart");
		k->lost = 1;
		return;
	}
	nw_pipeline_set_keeper(p, (struct nw_keeper){ .keep = nw_store_keep, .ctx = k->store });
}

static void on_row(void *ctx, const char *kind, const char *key, const char *value)
{
	char fact[sizeof(NW_KEPT_FRONT) + NW_KEPT_KIND];
	char text[NW_KEPT_VALUE + NW_KEPT_KEY + 1];

	(void)snprintf(fact, sizeof(fact), NW_KEPT_FRONT "%s", kind);
	if (nw_kept_fact_value(value, key, text, sizeof(text))) {
		nw_host_fact(ctx, fact, text);
	}
}

void nw_keeping_read(struct nw_keeping *k, struct nw_host *h)
{
	nw_store_read(k->store, on_row, h);
}

int nw_keeping_start(void *keeping)
{
	const struct nw_keeping *k = keeping;
	int r = nw_store_start(k->store);

	return r < 0 ? nw_err_r(r, "cannot start the storage thread") : 0;
}

uint64_t nw_keeping_lost(const struct nw_keeping *k)
{
	return k->lost + nw_store_lost(k->store);
}

void nw_keeping_close(struct nw_keeping *k)
{
	nw_store_close(k->store);
	k->store = NULL;
}
