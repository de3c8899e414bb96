/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ledger_file: what processes read of recordings since the last look.
 *
 * Kernel: iter/bpf_map_elem over nw_reads, kernel/bpf/hashtab.c: element by element under RCU; the
 * current one may be deleted. Context: user space read()s the pinned link. An entry that did not
 * change for a minute goes; who reads on begins another one, with a birth of its own.
 * Cannot see: a read between the last question and the deletion.
 * Cost: not measured; a walk over 4,096 buckets, and a record for each entry that changed. Attached
 * where there is a recording root.
 */
#include "nw_file.bpf.h"

#define NW_READ_IDLE_LOOKS 300 /* a minute at 200 ms */

/* False: no room, it is told at the next look. */
static __always_inline bool tell(const struct nw_read_key *key, struct nw_read *v, bool is_mapped)
{
	struct nw_ev_file *e = nw_reserve(sizeof(*e));

	if (!e) {
		return false;
	}
	nw_read_fill(e, key, v, NW_HOOK_LEDGER_FILE, is_mapped);
	if (is_mapped) {
		v->told_mapped = e->position;
	} else {
		v->told_bytes = e->position;
	}
	nw_submit(e);
	return true;
}

SEC("iter/bpf_map_elem")
int nw_ledger_file(struct bpf_iter__bpf_map_elem *ctx)
{
	const struct nw_read_key *key = ctx->key; /* 5.10 takes one load of each */
	struct nw_read *v = ctx->value;
	struct nw_read_key k;

	if (!v || !key) {
		return 0;
	}
	if (v->bytes != v->told_bytes || v->mapped != v->told_mapped) {
		v->idle = 0;
		if (v->bytes == v->told_bytes || tell(key, v, false)) {
			if (v->mapped != v->told_mapped) {
				tell(key, v, true);
			}
		}
	} else if (v->idle++ >= NW_READ_IDLE_LOOKS) {
		k = *key;
		bpf_map_delete_elem(&nw_reads, &k);
	}
	return 0;
}
