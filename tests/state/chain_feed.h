/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of chains and of what they are made of share: open files, and a flow's chain in words. */
#pragma once

#include <sys/socket.h>

#include "state/flow_feed.h"

#define SCAN (NW_FEED_START + SECOND)

static inline struct nw_ev_fd file(const struct nw_feed *f, enum nw_fd_what what, uint32_t pid,
				   uint64_t inode, unsigned mode)
{
	return (struct nw_ev_fd){ .ev = nw_feed_head(f, sizeof(struct nw_ev_fd), NW_SHAPE_FD, what),
				  .scan_ns = SCAN,
				  .self = nw_feed_pid(pid),
				  .inode = inode,
				  .flags = (uint16_t)mode };
}

static inline void feed_file(struct nw_feed *f, enum nw_fd_what what, uint32_t pid, uint64_t inode,
			     unsigned mode)
{
	struct nw_ev_fd e = file(f, what, pid, inode, mode);

	nw_feed_event(f, &e.ev);
}

static inline void feed_pipe(struct nw_feed *f, uint32_t writer, uint32_t reader, uint64_t inode)
{
	feed_file(f, NW_FD_PIPE, writer, inode, NW_FD_WRITE);
	feed_file(f, NW_FD_PIPE, reader, inode, NW_FD_READ);
}

static inline void feed_unix(struct nw_feed *f, uint32_t pid, uint64_t inode, uint64_t peer,
			     unsigned mode)
{
	struct nw_ev_fd e = file(f, NW_FD_SOCKET, pid, inode, mode);

	e.family = AF_UNIX;
	e.peer_inode = peer;
	nw_feed_event(f, &e.ev);
}

static inline void feed_end(struct nw_feed *f, uint64_t scan_ns, uint32_t lost)
{
	struct nw_ev_fd e = file(f, NW_FD_END, 0, 0, 0);

	e.scan_ns = scan_ns;
	e.lost = lost;
	nw_feed_event(f, &e.ev);
}

/* "300 pipe 101 unix 100", "-" for none; of the flow after a bin that OWNER sent. */
static inline const char *chain(struct nw_feed *f)
{
	static const char *const via[] = { "pipe", "loopback", "unix", "shm", "mount" };
	static char text[512];
	static uint64_t bytes;
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, ++bytes, 0);
	const struct nw_chain *c;
	char *at = text;

	feed(f, &e);
	nw_feed_tick(f, INTERVAL); /* a record is due */
	c = nw_flow_find(f->state, COOKIE, NW_SLOT_NONE)->chain;
	for (unsigned i = c ? c->len : 0; i-- > 0;) {
		at += sprintf(at, "%u", c->link[i].proc->id.tgid);
		at += i ? sprintf(at, " %s ", via[c->link[i].via]) : 0;
	}
	return c ? text : "-";
}
