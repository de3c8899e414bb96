/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of recordings share: a copier (pid 10), a recorder (20), and what they did. */
#pragma once

#include "feed.h"

#define MB (1ULL << 20)

static inline struct nw_feed *start(const char *yaml)
{
	struct nw_feed *f = nw_feed_new(yaml, NW_FEED_SEC);

	nw_feed_tick(f, NW_FEED_SEC);
	nw_feed_fact(f, "files.0", "/srv/rec\nopened, position");
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC, .pid = 10, .exe = "/bin/cp" });
	nw_feed_proc(f, (struct nw_feed_exec){
				.what = NW_PROC_EXEC, .pid = 20, .exe = "/opt/vms/recorderd" });
	return f;
}

static inline const struct nw_proc *proc(const struct nw_feed *f, uint32_t pid)
{
	const struct nw_proc *p = nw_proc_of_tgid(f->state, pid);

	assert_non_null(p);
	return p;
}

static inline const struct nw_rec_use *use(const struct nw_feed *f, uint32_t pid)
{
	return nw_rec_use_of(f->state, proc(f, pid));
}
