/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a recording holds, counted: with what was lost it must be all that happened. Moments in it
 * are ends of processes, which stand where they happened.
 */
#include <string.h>

#include "recording.h"
#include "root/support.h"

struct count {
	const pid_t *until;
	size_t n, at;
	struct nw_events *ret;
};

static void add_sock(struct nw_events *e, unsigned what)
{
	e->sock++;
	e->bin += what == NW_SOCK_BIN;
	e->close += what == NW_SOCK_CLOSE;
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
		add_sock(e, ev->what);
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

void nw_events_of(const char *path, const pid_t *until, size_t n, struct nw_events *ret)
{
	struct count c = { until, n, 0, ret };
	struct nw_recording *rec;

	memset(ret, 0, (n + 1) * sizeof(*ret));
	assert_int_equal(nw_recording_open(path, &rec), 0);
	assert_int_equal(nw_recording_read(rec, add, &c), 0);
	nw_recording_close(rec);
	if (c.at != n) {
		fail_msg("the end of process %d is not in %s", (int)until[c.at], path);
	}
}
