/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real pipeline, fed with hand-made events, and all that it told. Every event passes
 * nw_event_check() first, as it would in life. Processes and sockets are named by small numbers; a
 * record is a copy, so its pointers are good for comparing only.
 */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "event.h"
#include "harness.h"
#include "indicators/indicator.h"
#include "pipeline.h"

#define NW_FEED_MAX   2048
#define NW_FEED_START (1000 * NW_NSEC_PER_SEC)
#define NW_FEED_SEC   NW_NSEC_PER_SEC
#define NW_FEED_NETNS 4026531840U

struct nw_told {
	enum nw_dataset dataset;
	enum nw_action action;
	uint64_t ts_ns;
	uint64_t tx, rx; /* flow: bytes since the record before */
	uint64_t tx_packets, rx_packets;
	uint32_t owner, sender, peer; /* pids */
	union {
		struct nw_proc proc;
		struct nw_flow flow;
		struct nw_listener listener;
		struct nw_covert covert;
		struct nw_loss_record loss;
		struct nw_status_record status;
		struct nw_finding finding;
		struct nw_change change; /* file: kind "" of none */
		struct {
			struct nw_rec rec;
			struct nw_rec_use use;
		};
	};
};

struct nw_feed {
	struct nw_config *config;
	struct nw_pipeline *pipeline;
	const struct nw_state *state;
	uint64_t now_ns;
	uint64_t lost[_NW_LOSS_MAX]; /* as others counted it */
	unsigned told_count;
	struct nw_told told[NW_FEED_MAX];
};

static inline void nw_feed_copy_flow(struct nw_told *t, const struct nw_flow *f)
{
	t->flow = *f;
	t->tx = f->tx_bytes - f->told_tx_bytes;
	t->rx = f->rx_bytes - f->told_rx_bytes;
	t->tx_packets = f->tx_packets - f->told_tx_packets;
	t->rx_packets = f->rx_packets - f->told_rx_packets;
	t->owner = f->owner ? f->owner->id.tgid : 0;
	t->sender = f->sender ? f->sender->id.tgid : 0;
	t->peer = f->peer ? f->peer->id.tgid : 0;
}

static inline int nw_feed_write(void *self, const struct nw_output *out)
{
	struct nw_feed *f = self;
	struct nw_told *t = &f->told[f->told_count++];

	assert_true(f->told_count < NW_FEED_MAX);
	memset(t, 0, sizeof(*t));
	t->dataset = out->dataset;
	t->action = out->action;
	t->ts_ns = out->ts_ns;
	switch (out->dataset) {
	case NW_DATASET_PROCESS:
		t->proc = *out->proc;
		break;
	case NW_DATASET_FLOW:
		nw_feed_copy_flow(t, out->flow);
		break;
	case NW_DATASET_LISTENER:
		if (out->covert) {
			t->covert = *out->covert;
			t->owner = out->covert->owner ? out->covert->owner->id.tgid : 0;
			break;
		}
		t->listener = *out->listener;
		t->owner = out->listener->owner ? out->listener->owner->id.tgid : 0;
		break;
	case NW_DATASET_LOSS:
		t->loss = *out->loss;
		break;
	case NW_DATASET_STATUS:
		t->status = *out->status;
		break;
	case NW_DATASET_FINDING:
		t->finding = *out->finding;
		break;
	case NW_DATASET_FILE:
		if (out->change) {
			t->change = *out->change;
			t->owner = out->change->proc->id.tgid;
			break;
		}
		t->rec = *out->rec;
		t->use = *nw_rec_use_of(out->state, out->rec->proc);
		t->owner = out->rec->proc->id.tgid;
		break;
	default:
		break;
	}
	return 0;
}

static inline int nw_feed_flush(void *self)
{
	(void)self;
	return 0;
}

static inline void nw_feed_close(void *self)
{
	(void)self;
}

static const struct nw_sink nw_feed_sink = {
	.name = "feed",
	.write = nw_feed_write,
	.flush = nw_feed_flush,
	.close = nw_feed_close,
};

/* Most of a test's time went into tables that it used a thousandth of. */
static const struct nw_limits nw_feed_limits = {
	.ring_bytes = 1U << 20,
	.processes = 2048,
	.flows = 2048,
	.listeners = 256,
	.names = 1024,
	.heads = 128,
};

/* yaml: the configuration, "" for the defaults; but its tables are small unless it says how large. */
static inline struct nw_feed *nw_feed_new(const char *yaml, uint64_t flow_interval_ns)
{
	struct nw_feed *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(nw_config_parse("test", yaml, strlen(yaml), &f->config), 0);
	if (!strstr(yaml, "limits:")) {
		f->config->limits = nw_feed_limits;
	}
	assert_int_equal(nw_pipeline_new(f->config, flow_interval_ns, &f->pipeline), 0);
	assert_int_equal(nw_pipeline_add_sink(f->pipeline, &nw_feed_sink, f, UINT32_MAX), 0);
	f->state = nw_pipeline_state(f->pipeline);
	f->now_ns = NW_FEED_START;
	return f;
}

static inline void nw_feed_free(struct nw_feed *f)
{
	nw_pipeline_free(f->pipeline);
	nw_config_free(f->config);
	free(f);
}

/* Only this indicator works from here on: others may have something to say of the same events. */
static inline void nw_feed_pick(struct nw_feed *f, const char *id)
{
	for (unsigned i = 0; nw_indicators[i]; i++) {
		if (strcmp(nw_indicators[i]->id, id) == 0) {
			nw_pipeline_set_indicators(f->pipeline, 1ULL << i);
			return;
		}
	}
	fail_msg("no indicator '%s'", id);
}

static inline void nw_feed_event(struct nw_feed *f, const struct nw_event *ev)
{
	const struct nw_event *checked;

	assert_int_equal(nw_event_check(ev, ev->size, &checked), 0);
	nw_pipeline_event(f->pipeline, checked);
}

/* ---- events --------------------------------------------------------------------------------- */

static inline struct nw_event nw_feed_head(const struct nw_feed *f, size_t size,
					   enum nw_shape shape, unsigned what)
{
	return (struct nw_event){ .size = (uint32_t)size,
				  .hook = NW_HOOK_HOST,
				  .shape = (uint8_t)shape,
				  .what = (uint8_t)what,
				  .ts_ns = f->now_ns };
}

struct nw_feed_time {
	uint64_t after_ns, period_ns;
	uint64_t asleep_ns;  /* the host was suspended, since the start */
	int64_t wall_off_ns; /* CLOCK_REALTIME was set, since the start */
};

static inline void nw_feed_clock(struct nw_feed *f, struct nw_feed_time t)
{
	struct nw_ev_tick e = { .period_ns = t.period_ns };

	f->now_ns += t.after_ns;
	e.ev = nw_feed_head(f, sizeof(e), NW_SHAPE_TICK, 0);
	e.wall_ns = f->now_ns + 1700000000 * NW_FEED_SEC + (uint64_t)t.wall_off_ns;
	e.mono_ns = f->now_ns - t.asleep_ns;
	nw_feed_event(f, &e.ev);
}

static inline void nw_feed_tick(struct nw_feed *f, uint64_t after_ns)
{
	nw_feed_clock(f, (struct nw_feed_time){ .after_ns = after_ns, .period_ns = after_ns });
}

static inline void nw_feed_fact(struct nw_feed *f, const char *key, const char *value)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)];

	assert_true(nw_event_make_fact(buf, sizeof(buf), f->now_ns, key, value) > 0);
	nw_feed_event(f, (const struct nw_event *)(const void *)buf);
}

static inline void nw_feed_loss(struct nw_feed *f, enum nw_loss cause, uint64_t total)
{
	struct nw_ev_loss e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_LOSS, 0) };

	f->lost[cause] = total;
	memcpy(e.total, f->lost, sizeof(e.total));
	nw_feed_event(f, &e.ev);
}

/* Not the id that /proc would give: starts between two of its clock ticks. */
static inline struct nw_proc_id nw_feed_pid(uint32_t pid)
{
	return (struct nw_proc_id){ .tgid = pid, .start_ns = 50000000000ULL + pid };
}

struct nw_feed_exec {
	enum nw_proc_what what;
	uint32_t pid, parent, flags;
	struct nw_proc_id id; /* in place of pid's own */
	const char *comm, *args, *cgroup;
	const char *exe;
	size_t exe_len, args_len; /* 0 = up to the first NUL */
	uint32_t exit_code;
	uint64_t stdio_ino[3];
	uint64_t exe_ino;
	uint32_t exe_dev;
	uint32_t session; /* 0 = not known */
	bool is_root;
};

static inline size_t nw_feed_add(char *tail, size_t at, const char *text, size_t len)
{
	if (text) {
		memcpy(tail + at, text, len);
	}
	return text ? len : 0;
}

static inline void nw_feed_proc(struct nw_feed *f, struct nw_feed_exec x)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)] = { 0 };
	struct nw_ev_proc *e = (struct nw_ev_proc *)(void *)buf;
	size_t at = 0;

	e->self = x.id.tgid ? x.id : nw_feed_pid(x.pid);
	if (x.parent) {
		e->parent = nw_feed_pid(x.parent);
	}
	e->flags = x.flags;
	e->uid = x.is_root ? 0 : 998;
	e->gid = x.is_root ? 0 : 997;
	e->exe_ino = x.exe_ino;
	e->exe_dev = x.exe_dev;
	e->session = x.session;
	e->netns = NW_FEED_NETNS;
	e->exit_code = x.exit_code;
	memcpy(e->stdio_ino, x.stdio_ino, sizeof(e->stdio_ino));
	strncpy(e->comm, x.comm ? x.comm : "test", sizeof(e->comm) - 1);
	at += e->exe_len = (uint16_t)nw_feed_add(e->tail, at, x.exe,
						 x.exe && !x.exe_len ? strlen(x.exe) : x.exe_len);
	at += e->args_len = (uint16_t)nw_feed_add(
		e->tail, at, x.args, x.args && !x.args_len ? strlen(x.args) : x.args_len);
	at += e->cgroup_len =
		(uint16_t)nw_feed_add(e->tail, at, x.cgroup, x.cgroup ? strlen(x.cgroup) : 0);
	e->ev = nw_feed_head(f, sizeof(*e) + at, NW_SHAPE_PROC, x.what);
	nw_feed_event(f, &e->ev);
}

struct nw_feed_file {
	enum nw_file_what what;
	uint32_t pid, flags;
	uint64_t inode, size, position;
	uint64_t age_s;	  /* of its last change; 0 = just now */
	uint64_t birth;	  /* READ, MAPPED: when the count began */
	const char *path; /* below root 0; NULL: "gate/10.mp4" */
};

static inline void nw_feed_file(struct nw_feed *f, struct nw_feed_file x)
{
	const char *path = x.path ? x.path : "gate/10.mp4";
	uint64_t buf[64] = { 0 };
	struct nw_ev_file *e = (struct nw_ev_file *)(void *)buf;

	assert_true(strlen(path) <= NW_FILE_PATH_MAX);
	e->path_len = (uint16_t)strlen(path);
	e->ev = nw_feed_head(f, sizeof(*e) + e->path_len, NW_SHAPE_FILE, x.what);
	e->self.tgid = x.pid;
	if (x.what != NW_FILE_USED) {
		e->self = nw_feed_pid(x.pid);
		e->mtime_ns = x.birth;
	} else {
		e->mtime_ns = f->now_ns + 1700000000 * NW_FEED_SEC - x.age_s * NW_FEED_SEC;
	}
	e->flags = x.flags;
	e->inode = x.inode ? x.inode : 1;
	e->dev = 8 << 20 | 2;
	e->size = x.size;
	e->position = x.position;
	memcpy(e->tail, path, e->path_len);
	nw_feed_event(f, &e->ev);
}

/* Done by pid, NW_CHANGE_*; NULL: a cron job. */
static inline void nw_feed_change(struct nw_feed *f, uint32_t pid, uint32_t flags, const char *path,
				  const char *kind)
{
	uint64_t buf[128] = { 0 };
	struct nw_ev_change *e = (struct nw_ev_change *)(void *)buf;
	size_t at = 0;

	path = path ? path : "/etc/cron.d/x";
	kind = kind ? kind : "cron";
	at += e->path_len = (uint16_t)nw_feed_add(e->tail, at, path, strlen(path));
	at += e->kind_len = (uint8_t)nw_feed_add(e->tail, at, kind, strlen(kind));
	at += e->technique_len = (uint8_t)nw_feed_add(e->tail, at, "T1053.003", 9);
	e->ev = nw_feed_head(f, sizeof(*e) + at, NW_SHAPE_CHANGE, NW_CHANGE_FILE);
	e->self.tgid = pid;
	e->flags = flags;
	nw_feed_event(f, &e->ev);
}

/* Looked at before ts_ns; "dahua\tlibdhnetsdk.so". */
static inline void nw_feed_library(struct nw_feed *f, uint32_t pid, uint64_t ts_ns,
				   const char *text)
{
	struct nw_ev_library e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_LIBRARY, 0),
				   .self = nw_feed_pid(pid) };

	e.ev.ts_ns = ts_ns;
	memcpy(e.text, text, strnlen(text, sizeof(e.text) - 1));
	nw_feed_event(f, &e.ev);
}

static inline void nw_feed_addr(uint8_t ret[16], const char *text)
{
	memset(ret, 0, 16);
	if (strchr(text, ':')) {
		assert_int_equal(inet_pton(AF_INET6, text, ret), 1);
		return;
	}
	ret[10] = ret[11] = 0xff;
	assert_int_equal(inet_pton(AF_INET, text, ret + 12), 1);
}

/* A measure of a connection of pid's from 10.0.0.5:40000 to 203.0.113.7:443. */
static inline struct nw_ev_sock nw_feed_sock(const struct nw_feed *f, enum nw_sock_what what,
					     uint64_t cookie, uint32_t pid)
{
	struct nw_ev_sock e = {
		.ev = nw_feed_head(f, sizeof(e), NW_SHAPE_SOCK, what),
		.cookie = cookie,
		.owner = pid ? nw_feed_pid(pid) : (struct nw_proc_id){},
		.birth_ns = NW_FEED_START,
		.uid = 998,
		.netns = NW_FEED_NETNS,
		.lport_be = htons(40000),
		.rport_be = htons(443),
		.proto = IPPROTO_TCP,
		.family = 4,
	};

	nw_feed_addr(e.laddr, "10.0.0.5");
	nw_feed_addr(e.raddr, "203.0.113.7");
	return e;
}

static inline void nw_feed_bytes(struct nw_ev_sock *e, uint64_t tx, uint64_t rx)
{
	e->tx_bytes = tx;
	e->rx_bytes = rx;
	e->tx_packets = (tx + 999) / 1000;
	e->rx_packets = (rx + 999) / 1000;
}

/* ---- what was told -------------------------------------------------------------------------- */

static inline void nw_feed_forget(struct nw_feed *f)
{
	f->told_count = 0;
}

static inline unsigned nw_feed_count(const struct nw_feed *f, enum nw_dataset dataset)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->told_count; i++) {
		n += f->told[i].dataset == dataset;
	}
	return n;
}

/* The nth record of a dataset, from 0. */
static inline const struct nw_told *nw_feed_told(const struct nw_feed *f, enum nw_dataset dataset,
						 unsigned nth)
{
	unsigned i = 0;

	while (i < f->told_count && (f->told[i].dataset != dataset || nth-- > 0)) {
		i++;
	}
	assert_true(i < f->told_count);
	return &f->told[i];
}

/* The only record of a dataset since the last nw_feed_forget(). */
static inline const struct nw_told *nw_feed_only(const struct nw_feed *f, enum nw_dataset dataset)
{
	assert_int_equal(nw_feed_count(f, dataset), 1);
	return nw_feed_told(f, dataset, 0);
}
