/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions one after the other for tests of what they leave to the next: net_feed.h, and rows. */
#pragma once

#include "indicators/net_feed.h"
#include "kept_feed.h"

#define SEC	 NW_FEED_SEC
#define RECORDER "recorders: [{name: nvr, exe: [/opt/nvr/]}]\n"

/* A session some time later, with these rows, whose own go to the box. */
static inline struct nf *session(const char *rule, const char *yaml, uint64_t at_ns,
				 const struct nw_box *from, struct nw_box *to)
{
	struct nf *n = nf_new(rule, yaml);

	n->feed->now_ns = at_ns;
	nf_tick(n, SEC);
	nw_feed_fact(n->feed, "program.0.10", "shell /usr/bin/dash");
	if (from) {
		nw_box_give(n->feed, from);
	}
	if (to) {
		nw_pipeline_set_keeper(n->feed->pipeline,
				       (struct nw_keeper){ .keep = nw_box_keep, .ctx = to });
	}
	return n;
}

static inline void begin(struct nf *n)
{
	nw_box_session(n->feed);
	nf_take(n);
}

static inline void ticks(struct nf *n, unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		nf_tick(n, SEC);
	}
}

static inline unsigned count(const struct nf *n, enum nw_finding_action action, unsigned score)
{
	unsigned found = 0;

	for (unsigned i = 0; i < n->n; i++) {
		found += n->finding[i].action == action && n->finding[i].score >= score;
	}
	return found;
}

static inline void end(struct nf *n)
{
	ticks(n, 12); /* rows are told every few seconds */
	nw_feed_fact(n->feed, "session", "end");
	nf_free(n);
}

static inline void listens(struct nf *n, uint16_t port, uint32_t flags)
{
	struct nw_ev_sock e = nw_feed_sock(n->feed, NW_SOCK_LISTEN, ++n->cookie, 100);

	e.flags = NW_SOCK_LISTENER | flags;
	e.lport_be = htons(port);
	e.rport_be = 0;
	nw_feed_addr(e.laddr, "0.0.0.0");
	memset(e.raddr, 0, sizeof(e.raddr));
	nw_feed_event(n->feed, &e.ev);
	nf_take(n);
}

static inline void visit(struct nf *n, const char *to)
{
	nf_contact(n, (struct nf_contact){ .to = to, .tx = 500, .rx = 900 });
	nf_tick(n, 10 * SEC);
}

static inline void recorder(struct nf *n, uint64_t inode)
{
	nw_feed_proc(n->feed, (struct nw_feed_exec){ .what = NW_PROC_FOUND,
						     .pid = 300,
						     .exe = "/opt/nvr/bin/server",
						     .exe_ino = inode });
	nf_take(n);
}

static inline void shell(struct nf *n, const char *exe)
{
	nw_feed_proc(n->feed,
		     (struct nw_feed_exec){ .pid = 301, .parent = 300, .exe = exe, .exe_ino = 10 });
	nf_take(n);
}
