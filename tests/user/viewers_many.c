/* SPDX-License-Identifier: Apache-2.0 */
/* viewers: more cameras than one view names, and more views than the table has: what found no room is said. */
#include "user/shown.h"

#include "state/camera_feed.h"

extern const struct nw_command nw_command_viewers;

enum {
	RECORDER = 100,
	NAMED = 32,  /* NW_LINEAGE_MAX */
	ROWS = 4096, /* of user/view_table.c */
	STREAMS = 2, /* of each camera */
};

static const struct volume stream = { 50000, 100, 2 };
static const struct talk camera = { .proto = IPPROTO_TCP,
				    .port = 554,
				    .sent = BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
				    .heard = BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"),
				    .pid = RECORDER };
static const struct talk viewer = {
	.proto = IPPROTO_TCP, .port = 8080, .is_inbound = true, .pid = RECORDER
};

static void start(struct shown *s)
{
	shown_start(s, "");
	nw_feed_proc(s->f, (struct nw_feed_exec){ .pid = RECORDER, .comm = "nvr" });
}

/* What is read of n cameras, from 10.1.FIRST.1 on; their streams have numbers of their own. */
static void cameras(const struct shown *s, unsigned first, unsigned n, bool is_end)
{
	char address[32];

	for (unsigned i = 0; i < n * STREAMS; i++) {
		uint64_t cookie = first * 1000 + i + 1;
		struct nw_ev_sock e;

		snprintf(address, sizeof(address), "10.1.%u.%u", first, i / STREAMS + 1);
		if (!is_end) {
			camera_talk(s->f, &camera, cookie, address, stream);
			continue;
		}
		e = camera_sock(s->f, &camera, cookie, address);
		e.ev.what = NW_SOCK_CLOSE;
		nw_feed_event(s->f, &e.ev);
	}
	nw_feed_forget(s->f);
}

static void watch(const struct shown *s, uint64_t cookie, unsigned from, unsigned to, bool is_end)
{
	struct nw_ev_sock e = camera_sock(s->f, &viewer, cookie, "203.0.113.9");

	for (unsigned i = from; i <= to; i++) {
		nw_feed_tick(s->f, NW_FEED_SEC);
		e.ev.ts_ns = s->f->now_ns;
		nw_feed_bytes(&e, 60000 * i, 900 * i);
		nw_feed_event(s->f, &e.ev);
	}
	if (is_end) {
		e.ev.what = NW_SOCK_CLOSE;
		nw_feed_event(s->f, &e.ev);
	}
}

static void run(struct shown *s, enum nw_format format)
{
	assert_int_equal(shown_run(s, &nw_command_viewers, (struct nw_options){ .format = format }),
			 NW_EXIT_OK);
}

/* A camera is one, however many streams of it are read. */
static void more_cameras_than_a_view_names(void **state)
{
	static const enum nw_format formats[] = { NW_FORMAT_TEXT, NW_FORMAT_JSON };
	static struct shown s;

	(void)state;
	for (unsigned i = 0; i < NW_ARRAY_SIZE(formats); i++) {
		start(&s);
		cameras(&s, 1, NAMED + 2, false);
		watch(&s, 1, 1, 5, false);
		run(&s, formats[i]);
		shown_has(&s, i ? "\"cameras_missed\":2," : " and others; same process");
		shown_has(&s, "203.0.113.9");
	}
	start(&s);
	cameras(&s, 1, NAMED, false);
	watch(&s, 1, 1, 5, false);
	run(&s, NW_FORMAT_JSON);
	shown_has(&s, "203.0.113.9");
	shown_lacks(&s, "cameras_missed");
}

/* While one watches, or comes again, other cameras are read: each that was possible counts, once. */
static void cameras_that_come_later(void **state)
{
	static struct shown s;

	(void)state;
	for (unsigned comes_again = 0; comes_again < 2; comes_again++) {
		start(&s);
		cameras(&s, 1, 20, false);
		watch(&s, 1, 1, 5, comes_again);
		cameras(&s, 1, 20, true);
		cameras(&s, 2, 20, false);
		watch(&s, comes_again + 1, comes_again ? 1 : 6, 10, false);
		run(&s, NW_FORMAT_JSON);
		shown_has(&s, "\"cameras_missed\":8,");
	}
}

static void more_views_than_rows(void **state)
{
	static struct shown s;
	char address[32];

	(void)state;
	start(&s);
	camera_talk(s.f, &camera, 1, "10.1.1.1", stream);
	for (unsigned i = 0; i < ROWS + 2; i++) { /* and the camera's own row */
		struct nw_ev_sock e;

		snprintf(address, sizeof(address), "10.2.%u.%u", i / 200, i % 200 + 1);
		camera_talk(s.f, &viewer, i + 2, address, (struct volume){ 900, 60000, 1 });
		e = camera_sock(s.f, &viewer, i + 2, address);
		e.ev.what = NW_SOCK_CLOSE;
		nw_feed_event(s.f, &e.ev);
		nw_feed_forget(s.f);
	}
	run(&s, NW_FORMAT_TEXT);
	shown_has(&s, "and 3 flows that found no room in this table\n");
}

NW_TESTS(user_viewers_many, cmocka_unit_test(more_cameras_than_a_view_names),
	 cmocka_unit_test(cameras_that_come_later), cmocka_unit_test(more_views_than_rows));
