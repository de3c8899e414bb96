/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes for reverse-shell: a shell, who may have its other end, and what that one has. */
#pragma once

#include <sys/socket.h>

#include "feed.h"

#define SECOND NW_FEED_SEC
#define SH     "/usr/bin/dash"

enum {
	INIT = 1,
	RELAY = 200, /* has the connection, is no shell */
	SHELL = 300,
	CHILD = 301,
	FEEDER = 302,
	COOKIE = 7000,
	SESSION = 7001,
	LISTENER = 7002,
	SH_INO = 4242,
};

#define IN(kind)  ((uint32_t)(kind) << NW_PROC_STDIO_SHIFT)
#define ALL(kind) (IN(kind) | IN(kind) << 3 | IN(kind) << 6)

static inline struct nw_feed *start(const char *yaml)
{
	struct nw_feed *f = nw_feed_new(yaml, 60 * SECOND);

	nw_feed_pick(f, "reverse-shell");

	nw_feed_fact(f, "program.0.4242", "shell " SH);
	nw_feed_fact(f, "program.0.4343", "interpreter /usr/bin/perl");
	nw_feed_tick(f, SECOND);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND,
					       .pid = INIT,
					       .is_root = true,
					       .exe = "/usr/lib/systemd/systemd" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = RELAY, .parent = INIT, .exe = "/opt/relay" });
	nw_feed_forget(f);
	return f;
}

static inline void run_shell(struct nw_feed *f, uint32_t parent, uint32_t flags, uint64_t in,
			     uint64_t out)
{
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL,
					       .parent = parent,
					       .exe = SH,
					       .exe_ino = SH_INO,
					       .flags = flags,
					       .stdio_ino = { in, out, out } });
}

/* A connection of pid's to or from this address; bytes went. */
struct line {
	uint64_t cookie;
	uint32_t pid;
	const char *addr;
	uint16_t port; /* of who was connected to */
	bool is_inbound;
	uint64_t bytes;
};

static inline struct nw_ev_sock sock(const struct nw_feed *f, enum nw_sock_what what, struct line l)
{
	struct nw_ev_sock e = nw_feed_sock(f, what, l.cookie, l.pid);

	nw_feed_addr(e.raddr, l.addr);
	e.flags = l.is_inbound ? NW_SOCK_ACCEPTED : NW_SOCK_CONNECTED;
	e.lport_be = htons(l.is_inbound ? l.port : 40000);
	e.rport_be = htons(l.is_inbound ? 40000 : l.port);
	e.birth_ns = NW_FEED_START + SECOND;
	nw_feed_bytes(&e, l.bytes ? l.bytes : 10, 10);
	return e;
}

static inline void move(struct nw_feed *f, struct line l)
{
	struct nw_ev_sock e = sock(f, NW_SOCK_BIN, l);

	nw_feed_event(f, &e.ev);
}

static const struct line out = { COOKIE, RELAY, "203.0.113.7", 4444, false, 0 };

static inline void hold(struct nw_feed *f, enum nw_fd_what what, uint32_t pid, uint64_t inode,
			unsigned flags)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, what),
			      .scan_ns = f->now_ns,
			      .self = nw_feed_pid(pid),
			      .inode = inode,
			      .fd = 9,
			      .flags = (uint16_t)flags };

	nw_feed_event(f, &e.ev);
}

static inline void end_scan(struct nw_feed *f)
{
	hold(f, NW_FD_END, 0, 0, 0);
}

static inline void hold_terminal(struct nw_feed *f, uint32_t pid)
{
	hold(f, NW_FD_PTY, pid, 50, NW_FD_READ | NW_FD_WRITE | NW_FD_MASTER);
	end_scan(f);
}

/* Grace and more. */
static inline void pass(struct nw_feed *f, unsigned seconds)
{
	while (seconds--) {
		nw_feed_tick(f, SECOND);
	}
}

static inline const struct nw_finding *only(const struct nw_feed *f, unsigned score,
					    const char *way)
{
	const struct nw_finding *found = &nw_feed_only(f, NW_DATASET_FINDING)->finding;

	assert_string_equal(found->rule_id, "reverse-shell");
	assert_int_equal(found->score, score);
	assert_string_equal(found->evidence[0].text, way);
	assert_int_equal(found->proc->id.tgid, SHELL);
	assert_string_equal(found->technique[0], "T1059.004");
	return found;
}

static inline void none(const struct nw_feed *f)
{
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
}

/* 0: nothing is told. */
static inline void told(const struct nw_feed *f, unsigned score, const char *way)
{
	if (score) {
		only(f, score, way);
	} else {
		none(f);
	}
}

static inline void feed_pipes(struct nw_feed *f)
{
	hold(f, NW_FD_PIPE, RELAY, 60, NW_FD_WRITE);
	hold(f, NW_FD_PIPE, SHELL, 60, NW_FD_READ);
	hold(f, NW_FD_PIPE, RELAY, 61, NW_FD_READ);
	hold(f, NW_FD_PIPE, SHELL, 61, NW_FD_WRITE);
	end_scan(f);
}

static inline void run_child(struct nw_feed *f, uint32_t flags, uint64_t in, uint64_t out_err)
{
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = CHILD,
					       .parent = SHELL,
					       .exe = "/usr/bin/id",
					       .flags = flags,
					       .stdio_ino = { in, out_err, out_err } });
}
