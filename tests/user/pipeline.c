/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipeline: the same events give the same bytes, what is malformed is counted, secrets are gone
 * before anybody sees an event, and the session's own records come when they should.
 */
#include "exe_file.h"
#include "feed.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	EVENTS_MAX = 4096,
	OUTPUT_MAX = 4 << 20,
};

#define SECOND NW_FEED_SEC

/* ---- the same in, the same out ------------------------------------------------------------------ */

struct tape {
	unsigned count;
	struct nw_event *event[EVENTS_MAX];
};

static void keep(void *ctx, const struct nw_event *ev)
{
	struct tape *t = ctx;

	assert_true(t->count < EVENTS_MAX);
	t->event[t->count] = malloc(ev->size);
	assert_non_null(t->event[t->count]);
	memcpy(t->event[t->count++], ev, ev->size);
}

static void free_tape(struct tape *t)
{
	for (unsigned i = 0; i < t->count; i++) {
		free(t->event[i]);
	}
	t->count = 0;
}

static void add_jsonl(struct nw_pipeline *p, int fd)
{
	const struct nw_sink *jsonl = nw_sink_find("jsonl");
	const struct nw_sink_options options = { .fd = fd };
	void *self = NULL;

	assert_non_null(jsonl);
	assert_int_equal(jsonl->open(&options, &self), 0);
	assert_int_equal(nw_pipeline_add_sink(p, jsonl, self, UINT32_MAX), 0);
}

static int memory(void)
{
	int fd = memfd_create("lines", MFD_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static char *text_of(int fd)
{
	char *text = calloc(1, OUTPUT_MAX);

	assert_non_null(text);
	assert_in_range(pread(fd, text, OUTPUT_MAX - 1, 0), 1, OUTPUT_MAX - 2);
	assert_int_equal(close(fd), 0);
	return text;
}

/* A busy host with tables that are too small: processes, flows, listeners, losses, findings. */
static void busy_host(struct nw_feed *f)
{
	nw_feed_tick(f, SECOND);
	nw_feed_fact(f, "boot.id", "0b5e6a1c-6f64-4a5f-8a51-7c3f3f6a9d10");
	nw_feed_fact(f, "host.name", "nvr-1");
	nw_feed_fact(f, "session", "start");
	for (uint32_t i = 1; i <= 300; i++) {
		struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, i % 90, i);

		nw_feed_proc(f, (struct nw_feed_exec){ .pid = i, .parent = i / 2, .exe = "/x" });
		e.proto = i % 3 ? IPPROTO_TCP : IPPROTO_UDP;
		e.slot = i % 3 ? NW_SLOT_NONE : i;
		nw_feed_bytes(&e, 1000 + i, 50000);
		nw_feed_event(f, &e.ev);
		e.ev.what = i % 5 ? NW_SOCK_BIN : NW_SOCK_CLOSE;
		nw_feed_bytes(&e, 2000 + i, 60000);
		nw_feed_event(f, &e.ev);
		e.cookie = 1000 + i;
		e.ev.what = NW_SOCK_LISTEN;
		nw_feed_event(f, &e.ev);
		if (i % 4 == 0) {
			nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = i });
		}
		if (i % 10 == 0) {
			nw_feed_loss(f, NW_LOSS_RING_FULL, i);
			nw_feed_tick(f, (i % 50 ? 7 : 70) * SECOND); /* some go idle */
		}
	}
	nw_feed_fact(f, "session", "end");
}

static struct nw_feed *small(void)
{
	return nw_feed_new("limits: { flows: 64, processes: 64, listeners: 64 }\n", 10 * SECOND);
}

/* Whoever knows is asked when it happens, and not in a replay. */
static void place(void *ctx, const uint8_t addr[16], uint64_t ts_ns)
{
	(void)addr;
	(void)ts_ns;
	nw_feed_fact(ctx, "place.203.0.113.7", "DE 132203 Tencent");
}

static void a_flow_to_a_place(struct nw_feed *f)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 5000, 0);

	nw_pipeline_set_ask(f->pipeline, place, f);
	nw_feed_bytes(&e, 1, 1);
	nw_pipeline_raw(f->pipeline, &e, sizeof(e));
}

static void the_same_events_give_the_same_bytes(void **state)
{
	struct nw_feed *f = small();
	struct tape tape = { 0 };
	int fd[2] = { memory(), memory() };
	char *text[2];

	(void)state;
	add_jsonl(f->pipeline, fd[0]);
	nw_pipeline_set_tap(f->pipeline, keep, &tape);
	a_flow_to_a_place(f);
	busy_host(f);
	assert_int_equal(nw_pipeline_flush(f->pipeline), 0);
	assert_int_equal(nw_pipeline_events(f->pipeline), tape.count);
	assert_int_equal(nw_pipeline_records(f->pipeline), f->told_count);
	assert_true(nw_feed_count(f, NW_DATASET_FLOW) > 300);
	assert_true(nw_feed_count(f, NW_DATASET_FINDING) > 2);
	nw_feed_free(f);

	f = small();
	add_jsonl(f->pipeline, fd[1]);
	for (unsigned i = 0; i < tape.count; i++) {
		nw_feed_event(f, tape.event[i]);
	}
	assert_int_equal(nw_pipeline_flush(f->pipeline), 0);
	nw_feed_free(f);
	text[0] = text_of(fd[0]);
	text[1] = text_of(fd[1]);
	assert_string_equal(text[0], text[1]);
	assert_non_null(strstr(text[0], "\"country_iso_code\":\"DE\""));
	free(text[0]);
	free(text[1]);
	free_tape(&tape);
}

/* ---- the ring ----------------------------------------------------------------------------------- */

static uint64_t rejected(const struct nw_feed *f)
{
	struct nw_ev_loss loss = { 0 };

	nw_pipeline_losses(f->pipeline, &loss);
	return loss.total[NW_LOSS_REJECTED];
}

static void malformed_records_are_counted(void **state)
{
	struct nw_feed *f = nw_feed_new("", SECOND);
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 5, 7);

	(void)state;
	nw_feed_bytes(&e, 1, 1);
	nw_pipeline_raw(f->pipeline, &e, sizeof(e) - 8);
	nw_pipeline_raw(f->pipeline, &e, 0);
	e.ev.what = _NW_SOCK_WHAT_MAX;
	nw_pipeline_raw(f->pipeline, &e, sizeof(e));
	assert_int_equal(rejected(f), 3);
	assert_int_equal(nw_pipeline_events(f->pipeline), 0);
	assert_int_equal(f->told_count, 0);
	e.ev.what = NW_SOCK_BIN;
	nw_pipeline_raw(f->pipeline, &e, sizeof(e));
	assert_int_equal(rejected(f), 3);
	assert_int_equal(nw_pipeline_events(f->pipeline), 1);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FLOW), 1);
	nw_feed_free(f);
}

/* What the pipeline's parts could not keep or read, each in its sum. */
static void unread_heads_are_counted(void **state)
{
	/* a ClientHello whose name is whole and whose next extension is longer than the hello */
	static const char hello[] = "\x16\3\1\0\x3c\1\0\0\x38\3\3"
				    "0123456789abcdef0123456789abcdef\0\0\2\x13\1\1\0"
				    "\0\x0d\0\0\0\6\0\4\0\0\1a\0\x17\5";
	struct nw_feed *f = nw_feed_new("", SECOND);
	uint64_t buf[64] = { 0 };
	struct nw_ev_head *e = (struct nw_ev_head *)(void *)buf;
	struct nw_ev_loss loss = { .ev = { .size = sizeof(loss) } };

	(void)state;
	e->len = sizeof(hello) - 1;
	e->ev = nw_feed_head(f, sizeof(*e) + e->len, NW_SHAPE_HEAD, NW_HEAD_TX);
	e->cookie = 5;
	e->proto = IPPROTO_TCP;
	e->rport_be = htons(443);
	e->flags = NW_HEAD_END;
	memcpy(e->data, hello, e->len);
	nw_pipeline_raw(f->pipeline, e, e->ev.size);
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_DECODE), 1);
	e->cookie = 6;
	e->offset = 7; /* its beginning was lost */
	nw_pipeline_raw(f->pipeline, e, e->ev.size);
	nw_pipeline_losses(f->pipeline, &loss);
	assert_int_equal(loss.total[NW_LOSS_HEAD_EVICTED], 1);
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_DECODE), 1);
	nw_feed_free(f);
}

/* ---- secrets ------------------------------------------------------------------------------------ */

static const char args[] = "ffmpeg\0-i\0rtsp://admin:hunter2@10.0.0.9/1\0--password\0hunter2";

static bool has(const void *bytes, size_t len, const char *word)
{
	return memmem(bytes, len, word, strlen(word)) != NULL;
}

static void secrets_are_gone_before_the_tap(void **state)
{
	struct nw_feed *f = nw_feed_new("", SECOND);
	struct tape tape = { 0 };
	union {
		struct nw_ev_proc e;
		uint64_t words[128];
	} x = { 0 };
	struct nw_ev_proc *e = &x.e;
	const struct nw_ev_proc *seen;

	(void)state;
	e->self = nw_feed_pid(7);
	e->exe_len = 2;
	e->args_len = sizeof(args) - 1;
	e->cgroup_len = 1;
	memcpy(e->tail, "/x", 2);
	memcpy(e->tail + 2, args, sizeof(args) - 1);
	memcpy(e->tail + 2 + sizeof(args) - 1, "c", 1);
	e->ev = nw_feed_head(f, sizeof(*e) + sizeof(args) + 2, NW_SHAPE_PROC, NW_PROC_EXEC);
	nw_pipeline_set_tap(f->pipeline, keep, &tape);
	nw_pipeline_raw(f->pipeline, e, e->ev.size);
	assert_int_equal(rejected(f), 0);
	assert_int_equal(tape.count, 1);
	assert_int_equal(tape.event[0]->size, e->ev.size);
	assert_false(has(tape.event[0], e->ev.size, "hunter2"));
	assert_true(has(tape.event[0], e->ev.size, "10.0.0.9/1"));
	assert_false(
		has(&nw_feed_only(f, NW_DATASET_PROCESS)->proc, sizeof(struct nw_proc), "hunter2"));
	assert_true(has(e, e->ev.size, "hunter2")); /* the ring is not ours to write to */
	seen = nw_event_proc(tape.event[0]);
	assert_memory_equal(seen->tail, "/xffmpeg", 9);
	assert_int_equal(seen->tail[2 + sizeof(args) - 1], 'c');
	free_tape(&tape);
	nw_feed_free(f);
}

/* ---- sinks and the session ------------------------------------------------------------------------ */

struct broken {
	int error;
	unsigned written, flushed, closed;
};

static int broken_write(void *self, const struct nw_output *out)
{
	struct broken *b = self;

	(void)out;
	b->written++;
	return b->error;
}

static int broken_flush(void *self)
{
	struct broken *b = self;

	b->flushed++;
	return 0;
}

static void broken_close(void *self)
{
	struct broken *b = self;

	b->closed++;
}

static const struct nw_sink broken_sink = {
	.name = "broken",
	.write = broken_write,
	.flush = broken_flush,
	.close = broken_close,
};

static void what_a_sink_cannot_write_is_counted(void **state)
{
	struct nw_feed *f = nw_feed_new("", SECOND);
	struct broken b = { .error = -EPIPE };
	struct nw_ev_loss loss = { 0 };

	(void)state;
	assert_int_equal(nw_pipeline_add_sink(f->pipeline, &broken_sink, &b,
					      1U << NW_DATASET_PROCESS | 1U << NW_DATASET_LOSS),
			 0);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 1, .exe = "/x" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 2, .exe = "/x" });
	nw_feed_fact(f, "session", "start"); /* of no dataset that it wants */
	assert_int_equal(b.written, 2);
	nw_pipeline_losses(f->pipeline, &loss);
	assert_int_equal(loss.total[NW_LOSS_SINK], 2);
	assert_int_equal(nw_pipeline_flush(f->pipeline), -EPIPE);
	assert_int_equal(nw_pipeline_flush(f->pipeline), 0); /* told once */
	assert_int_equal(f->told_count, 3);		     /* the other sink has all */
	assert_int_equal(b.flushed, 2);
	nw_feed_free(f);
	assert_int_equal(b.closed, 1);
}

static void a_session_has_its_records(void **state)
{
	struct nw_feed *f = nw_feed_new("", SECOND);
	const struct nw_told *t;

	(void)state;
	nw_feed_tick(f, SECOND);
	assert_int_equal(nw_feed_count(f, NW_DATASET_STATUS), 0); /* it has not begun */
	nw_feed_fact(f, "session", "start");
	assert_int_equal(nw_feed_only(f, NW_DATASET_STATUS)->action, NW_ACTION_START);
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(nw_feed_count(f, NW_DATASET_STATUS), 1);
		nw_feed_tick(f, SECOND);
	}
	t = nw_feed_told(f, NW_DATASET_STATUS, 1);
	assert_int_equal(t->action, NW_ACTION_UPDATE);
	assert_int_equal(t->status.covered_ns, 60 * SECOND);
	assert_int_equal(t->status.events, 62);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 1, .exe = "/x" });
	nw_feed_tick(f, 30 * SECOND);
	nw_feed_fact(f, "session", "end");
	t = nw_feed_told(f, NW_DATASET_STATUS, 2);
	assert_int_equal(t->action, NW_ACTION_END);
	assert_int_equal(t->status.covered_ns, 90 * SECOND);
	assert_int_equal(t->status.processes, 1);
	assert_int_equal(t->status.records, 3);
	nw_feed_free(f);
}

/* A flood of losses is one record a second, with all causes and both numbers. */
static void losses_are_told_once_a_second(void **state)
{
	struct nw_feed *f = nw_feed_new("", SECOND);
	const struct nw_loss_record *l;

	(void)state;
	nw_feed_tick(f, SECOND);
	nw_feed_loss(f, NW_LOSS_RING_FULL, 5);
	nw_feed_loss(f, NW_LOSS_OWNER, 2);
	nw_feed_tick(f, SECOND);
	l = &nw_feed_only(f, NW_DATASET_LOSS)->loss;
	assert_int_equal(l->total[NW_LOSS_RING_FULL], 5);
	assert_int_equal(l->delta[NW_LOSS_RING_FULL], 5);
	assert_int_equal(l->delta[NW_LOSS_OWNER], 2);
	nw_feed_forget(f);
	for (unsigned i = 6; i <= 15; i++) {
		nw_feed_loss(f, NW_LOSS_RING_FULL, i);
		nw_feed_tick(f, SECOND / 10);
	}
	l = &nw_feed_only(f, NW_DATASET_LOSS)->loss;
	assert_int_equal(l->total[NW_LOSS_RING_FULL], 15);
	assert_int_equal(l->delta[NW_LOSS_RING_FULL], 10);
	assert_int_equal(l->delta[NW_LOSS_OWNER], 0);
	nw_feed_forget(f);
	nw_feed_tick(f, 10 * SECOND);
	assert_int_equal(nw_feed_count(f, NW_DATASET_LOSS), 0);
	nw_feed_free(f);
}

static unsigned identified;

static void identify(void *ctx, const struct nw_proc *p)
{
	(void)ctx;
	assert_int_equal(p->exe_ino, 131);
	identified++;
}

/* Of the subject of a finding, until it is known; of nobody else, and not of what has no number. */
static void programs_of_findings_are_asked_for(void **state)
{
	struct nw_feed_exec x = {
		.pid = 100, .exe = "memfd:x", .flags = NW_PROC_MEMFD, .exe_ino = 131, .exe_dev = 1
	};
	struct nw_feed *f = small();
	char key[NW_EXE_KEY];

	(void)state;
	identified = 0;
	nw_pipeline_set_identify(f->pipeline, identify, NULL);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 99, .exe = "/usr/bin/x", .exe_ino = 7 });
	assert_int_equal(identified, 0);
	nw_feed_proc(f, x);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 1);
	assert_int_equal(identified, 1);
	(void)snprintf(key, sizeof(key), NW_EXE_FRONT "100.%llu",
		       (unsigned long long)nw_feed_pid(100).start_ns);
	nw_feed_fact(f, key, "gone 1 131 0 0 - - -");
	nw_feed_tick(f, 3600 * SECOND); /* it closes, about a program that is known */
	assert_true(nw_feed_count(f, NW_DATASET_FINDING) > 1);
	assert_int_equal(identified, 1);
	x.pid = 101;
	x.exe = "memfd:y";
	x.exe_ino = 0;
	nw_feed_proc(f, x);
	assert_true(nw_feed_count(f, NW_DATASET_FINDING) > 2);
	assert_int_equal(identified, 1);
	nw_feed_free(f);
}

NW_TESTS(user_pipeline, cmocka_unit_test(the_same_events_give_the_same_bytes),
	 cmocka_unit_test(malformed_records_are_counted),
	 cmocka_unit_test(unread_heads_are_counted),
	 cmocka_unit_test(secrets_are_gone_before_the_tap),
	 cmocka_unit_test(what_a_sink_cannot_write_is_counted),
	 cmocka_unit_test(a_session_has_its_records),
	 cmocka_unit_test(programs_of_findings_are_asked_for),
	 cmocka_unit_test(losses_are_told_once_a_second));
