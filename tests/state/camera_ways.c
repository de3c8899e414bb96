/* SPDX-License-Identifier: Apache-2.0 */
/* By which ways a camera's pictures come, and what of its traffic is not its pictures. */
#include "state/camera_feed.h"

#define ANSWER "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
#define MAC    "c0:56:e3:01:02:03 hikvision Hikvision"

static const struct talk rtsp = { .proto = IPPROTO_TCP,
				  .port = 554,
				  .sent = BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
				  .heard = BYTES(ANSWER) };
static const struct volume stream = { 40000, 500, 25 };
static const struct volume talk_only = { 400, 400, 10 };

static struct nw_feed *start(void)
{
	return nw_feed_new("", 60 * NW_FEED_SEC);
}

/* RTSP on one flow, RTP on another: one camera, whose bytes are those of both. */
static void datagrams_are_the_same_cameras(void **state)
{
	static const struct talk rtp = { .proto = IPPROTO_UDP, .port = 6971, .own_port = 50001 };
	static const struct talk others = { .proto = IPPROTO_UDP, .port = 6971, .pid = 101 };
	struct nw_feed *f = start();

	(void)state;
	camera_talk(f, &rtsp, 1, "10.0.0.9", talk_only);
	assert_int_equal(camera_count(f), 0);
	camera_talk(f, &others, 2, "10.0.0.9", stream); /* of a process that did not ask */
	assert_int_equal(camera_count(f), 0);
	camera_talk(f, &rtp, 3, "10.0.0.9", stream);
	assert_int_equal(camera_count(f), 1);
	assert_int_equal(nw_camera_next(f->state, NULL)->rx_bytes, 200000);
	camera_talk(f, &rtsp, 1, "10.0.0.9", (struct volume){ 400, 400, 20 });
	assert_int_equal(nw_camera_next(f->state, NULL)->flows, 2);
	assert_in_range(nw_camera_next(f->state, NULL)->rx_bytes, 201600, 201700);
	nw_feed_free(f);
}

/* Who connects to us: RTSP that is sent to us, and bytes of no known kind from a known maker. */
static void who_pushes(void **state)
{
	static const struct {
		struct talk talk;
		const char *mac;
		bool is_camera;
	} rows[] = {
		{ { .proto = IPPROTO_TCP,
		    .port = 8554,
		    .is_inbound = true,
		    .heard = BYTES("ANNOUNCE rtsp://nvr/x RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
		    .sent = BYTES(ANSWER) },
		  NULL,
		  true },
		{ { .proto = IPPROTO_TCP,
		    .port = 1935,
		    .is_inbound = true,
		    .heard = BYTES("\x03\x00\x00\x00\x00") },
		  MAC,
		  true },
		{ { .proto = IPPROTO_TCP,
		    .port = 1935,
		    .is_inbound = true,
		    .heard = BYTES("\x03\x00\x00\x00\x00") },
		  NULL,
		  false },
		{ { .proto = IPPROTO_TCP,
		    .port = 21,
		    .is_inbound = true,
		    .heard = BYTES("USER x\r\n"),
		    .sent = BYTES("220 (vsFTPd 3.0.3)\r\n") },
		  MAC,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		if (rows[i].mac) {
			camera_mac(f, "10.0.0.9", rows[i].mac);
		}
		camera_talk(f, &rows[i].talk, 1, "10.0.0.9", stream);
		assert_int_equal(camera_count(f), rows[i].is_camera);
		if (rows[i].is_camera) {
			assert_true(nw_camera_next(f->state, NULL)->why & NW_CAMERA_PUSHES);
		}
		nw_feed_free(f);
	}
}

/* Encrypted, and known by its MAC alone: told, and as what it may be. */
static void encrypted(void **state)
{
	static const struct talk tls = {
		.proto = IPPROTO_TCP,
		.port = 322,
		.sent = BYTES("\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03"
			      "0123456789abcdef0123456789abcdef"
			      "\x00\x00\x04\x13\x01\x13\x02\x01\x00"),
		.heard = BYTES("\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03"
			       "0123456789abcdef0123456789abcdef"
			       "\x00\x13\x02\x00\x00"),
	};
	struct nw_feed *f = start();
	const struct nw_camera *c;

	(void)state;
	camera_mac(f, "10.0.0.9", MAC);
	camera_talk(f, &tls, 1, "10.0.0.9", stream);
	c = nw_camera_next(f->state, NULL);
	assert_non_null(c);
	assert_int_equal(c->encrypted, NW_ENCRYPTED_YES);
	assert_string_equal(nw_camera_kind(c), "recorder or camera");
	nw_feed_free(f);
}

static void pictures_in_http(void **state)
{
	static const struct talk mjpeg = {
		.proto = IPPROTO_TCP,
		.port = 8081,
		.sent = BYTES("GET /video HTTP/1.1\r\nHost: h\r\n\r\n"),
		.heard = BYTES(
			"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"),
	};
	struct nw_feed *f = start();

	(void)state;
	camera_talk(f, &mjpeg, 1, "10.0.0.8", (struct volume){ 900, 100, 25 }); /* text */
	assert_int_equal(camera_count(f), 0);
	camera_talk(f, &mjpeg, 2, "10.0.0.9", stream);
	assert_int_equal(camera_count(f), 1);
	nw_feed_free(f);
}

/* One picture after the other, each over a connection of its own; none is as much as media. */
static void single_pictures(void **state)
{
#define ASKS(path, answer)                                                                         \
	{                                                                                          \
		.proto = IPPROTO_TCP, .port = 80,                                                  \
		.sent = BYTES("GET " path " HTTP/1.1\r\nHost: h\r\n\r\n"),                         \
		.heard =                                                                           \
			BYTES("HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: " answer "\r\n\r\n"), \
	}
	static const struct talk now = ASKS("/now.jpg?t=1", "image/jpeg");
	static const struct talk icon = ASKS("/icon.png", "image/png");
	static const struct talk pages[] = { ASKS("/1.jpg", "image/jpeg"),
					     ASKS("/2.jpg", "image/jpeg") };
	static const struct volume picture = { 60000, 100, 1 };
	struct nw_feed *f = start();

	(void)state;
	camera_mac(f, "10.0.0.8", "3c:ef:8c:00:00:08 dahua Dahua");
	camera_mac(f, "10.0.0.9", "3c:ef:8c:00:00:09 dahua Dahua");
	for (unsigned i = 0; i < 6; i++) { /* its pages' pictures, and an icon again and again */
		camera_talk(f, &pages[i % 2], 10 + i, "10.0.0.8", picture);
		camera_talk(f, &icon, 20 + i, "10.0.0.8", picture);
		camera_talk(f, &now, 30 + i, "10.0.0.7", picture); /* no maker's */
	}
	assert_int_equal(camera_count(f), 0);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(camera_count(f), 0);
		camera_talk(f, &now, 40 + i, "10.0.0.9", picture);
	}
	assert_int_equal(camera_count(f), 1);
	nw_feed_free(f);
#undef ASKS
}

/* This host's own: over loopback, and between two of its processes by any address. */
static void what_is_on_this_host_is_none(void **state)
{
	struct nw_feed *f = start();
	struct talk own = rtsp;
	struct talk served = {
		.proto = IPPROTO_TCP, .port = 40000, .is_inbound = true, .own_port = 554, .pid = 101
	};
	struct nw_ev_sock e;

	(void)state;
	own.flags = NW_SOCK_LOOPBACK;
	camera_talk(f, &own, 1, "10.0.0.8", stream);
	assert_int_equal(camera_count(f), 0);
	camera_talk(f, &rtsp, 2, "10.0.0.9", stream); /* its other end is not known yet */
	assert_int_equal(camera_count(f), 1);
	e = camera_sock(f, &served, 3, "10.0.0.5");
	nw_feed_addr(e.laddr, "10.0.0.9");
	e.lport_be = htons(554);
	e.rport_be = htons(40000);
	nw_feed_bytes(&e, 200000, 500);
	nw_feed_event(f, &e.ev);
	camera_talk(f, &rtsp, 2, "10.0.0.9", stream);
	assert_int_equal(camera_count(f), 0);
	assert_null(nw_ingest_next(f->state, NULL));
	nw_feed_free(f);
}

static void forward(struct nw_feed *f, uint64_t cookie, const char *from, const char *to)
{
	static const struct talk t = { .proto = IPPROTO_UDP,
				       .port = 9999,
				       .flags = NW_SOCK_FORWARDED };
	struct nw_ev_sock e = camera_sock(f, &t, cookie, to);

	e.owner = (struct nw_proc_id){ 0 };
	nw_feed_addr(e.laddr, from);
	nw_feed_bytes(&e, 5000, 1000);
	nw_feed_event(f, &e.ev);
}

static void what_goes_past_us(void **state)
{
	struct nw_feed *f = start();
	const struct nw_camera *c;

	(void)state;
	camera_talk(f, &rtsp, 1, "10.0.0.9", stream);
	forward(f, 2, "10.0.0.9", "203.0.113.7");
	forward(f, 3, "203.0.113.8", "10.0.0.9");
	forward(f, 4, "10.0.0.9", "10.0.0.20");	   /* inside */
	forward(f, 5, "10.0.0.21", "203.0.113.7"); /* not a camera */
	c = nw_camera_next(f->state, NULL);
	assert_int_equal(c->past_flows, 2);
	assert_int_equal(c->past_bytes, 12000);
	assert_int_equal(camera_count(f), 1);
	assert_int_equal(c->flows, 1);
	nw_feed_free(f);
}

/* Another recorder: more streams at once than a camera has. */
static void many_streams(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	camera_mac(f, "10.0.0.9", MAC);
	for (unsigned i = 1; i <= 4; i++) {
		camera_talk(f, &rtsp, i, "10.0.0.9", stream);
	}
	assert_string_equal(nw_camera_kind(nw_camera_next(f->state, NULL)), "camera");
	for (unsigned i = 5; i <= 8; i++) {
		camera_talk(f, &rtsp, i, "10.0.0.9", stream);
	}
	assert_string_equal(nw_camera_kind(nw_camera_next(f->state, NULL)), "recorder or camera");
	nw_feed_free(f);
}

/* start when it is one, update each minute in which it sent something, end with the session. */
static void records(void **state)
{
	static const enum nw_action want[] = { NW_ACTION_START, NW_ACTION_UPDATE, NW_ACTION_END };
	struct nw_feed *f = start();

	(void)state;
	nw_feed_fact(f, "session", "start");
	camera_talk(f, &rtsp, 1, "10.0.0.9", stream);
	nw_feed_tick(f, 30 * NW_FEED_SEC);
	assert_int_equal(nw_feed_count(f, NW_DATASET_CAMERA), 1);
	nw_feed_tick(f, 40 * NW_FEED_SEC);
	nw_feed_tick(f, 70 * NW_FEED_SEC); /* silent */
	nw_feed_fact(f, "session", "end");
	assert_int_equal(nw_feed_count(f, NW_DATASET_CAMERA), NW_ARRAY_SIZE(want));
	for (unsigned i = 0; i < NW_ARRAY_SIZE(want); i++) {
		assert_int_equal(nw_feed_told(f, NW_DATASET_CAMERA, i)->action, want[i]);
	}
	nw_feed_free(f);
}

/* Hosts that are none go first; a camera that goes is counted. */
static void a_full_table(void **state)
{
	struct nw_feed *f = start();
	char address[32];

	(void)state;
	for (unsigned i = 0; i < NW_CAMERAS_MAX + 200; i++) { /* speak RTSP and send nothing */
		snprintf(address, sizeof(address), "10.1.%u.%u", i / 200, i % 200 + 1);
		camera_talk(f, &rtsp, i + 1, address, (struct volume){ 0, 0, 1 });
		nw_feed_forget(f);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_CAMERA_EVICTED), 0);
	for (unsigned i = 0; i < NW_CAMERAS_MAX + 10; i++) {
		struct nw_ev_sock e;

		snprintf(address, sizeof(address), "10.2.%u.%u", i / 200, i % 200 + 1);
		camera_talk(f, &rtsp, 10000 + i, address, (struct volume){ 40000, 100, 10 });
		e = camera_sock(f, &rtsp, 10000 + i, address);
		e.ev.what = NW_SOCK_CLOSE;
		nw_feed_event(f, &e.ev);
		nw_feed_forget(f);
	}
	assert_int_equal(camera_count(f), NW_CAMERAS_MAX);
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_CAMERA_EVICTED), 10);
	nw_feed_free(f);
}

/* None of those that are heard goes: one more is not taken up, and counted once. */
static void a_table_full_of_who_is_heard(void **state)
{
	struct nw_feed *f = start();
	char address[32];

	(void)state;
	for (unsigned i = 0; i < NW_CAMERAS_MAX + 10; i++) {
		snprintf(address, sizeof(address), "10.2.%u.%u", i / 200, i % 200 + 1);
		camera_talk(f, &rtsp, 10000 + i, address, (struct volume){ 40000, 100, 10 });
		nw_feed_forget(f);
	}
	assert_int_equal(camera_count(f), NW_CAMERAS_MAX);
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(nw_feed_only(f, NW_DATASET_LOSS)->loss.total[NW_LOSS_CAMERA_EVICTED], 10);
	nw_feed_free(f);
}

NW_TESTS(state_camera_ways, cmocka_unit_test(datagrams_are_the_same_cameras),
	 cmocka_unit_test(who_pushes), cmocka_unit_test(encrypted),
	 cmocka_unit_test(pictures_in_http), cmocka_unit_test(single_pictures),
	 cmocka_unit_test(what_is_on_this_host_is_none), cmocka_unit_test(what_goes_past_us),
	 cmocka_unit_test(many_streams), cmocka_unit_test(records), cmocka_unit_test(a_full_table),
	 cmocka_unit_test(a_table_full_of_who_is_heard));
