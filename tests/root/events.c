/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a recording holds, counted: with what was lost it must be all that happened. Moments in it
 * are ends of processes, which stand where they happened.
 */
#include <arpa/inet.h>
#include <string.h>

#include "recording.h"
#include "root/support.h"

struct count {
	const pid_t *until;
	size_t n, at;
	unsigned port;
	struct nw_events *ret;
};

/* Of a TCP socket that was there before, and works without a process: of an earlier test whose far end
 * is gone, say, which its timer makes ask until it gives up. */
static bool is_others(const struct nw_ev_sock *s, unsigned port)
{
	if (!port || s->proto != IPPROTO_TCP) {
		return false;
	}
	if (s->ev.what == NW_SOCK_OPEN) {
		return s->flags & NW_SOCK_NO_OWNER;
	}
	return s->ev.what == NW_SOCK_CLOSE && ntohs(s->lport_be) != port &&
	       ntohs(s->rport_be) != port;
}

static void add_sock(struct nw_events *e, const struct nw_ev_sock *s, unsigned port)
{
	e->sock++;
	e->bin += s->ev.what == NW_SOCK_BIN;
	e->close += s->ev.what == NW_SOCK_CLOSE;
	e->others += is_others(s, port);
}

static void add(void *ctx, const struct nw_event *ev)
{
	struct count *c = ctx;
	struct nw_events *e = &c->ret[c->at];

	switch (ev->shape) {
	case NW_SHAPE_PROC:
		if (ev->what == NW_PROC_FOUND) {
			return;
		}
		e->proc++;
		e->exec += ev->what == NW_PROC_EXEC;
		if (ev->what == NW_PROC_EXIT && c->at < c->n &&
		    nw_event_proc(ev)->self.tgid == (uint32_t)c->until[c->at]) {
			c->at++;
		}
		return;
	case NW_SHAPE_SOCK:
		add_sock(e, nw_event_sock(ev), c->port);
		return;
	case NW_SHAPE_HEAD:
		e->tx += ev->what == NW_HEAD_TX;
		e->rx += ev->what == NW_HEAD_RX;
		return;
	case NW_SHAPE_FD:
		e->fd++;
		e->connect += ev->what == NW_FD_CONNECT;
		e->fd_lost += ev->what == NW_FD_END ? nw_event_fd(ev)->lost : 0;
		return;
	default:
		return;
	}
}

void nw_events_of(const char *path, const pid_t *until, size_t n, unsigned port,
		  struct nw_events *ret)
{
	struct count c = { until, n, 0, port, ret };
	struct nw_recording *rec;

	memset(ret, 0, (n + 1) * sizeof(*ret));
	assert_int_equal(nw_recording_open(path, &rec), 0);
	assert_int_equal(nw_recording_read(rec, add, &c), 0);
	nw_recording_close(rec);
	if (c.at != n) {
		fail_msg("the end of process %d is not in %s", (int)until[c.at], path);
	}
}
