/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What speaks against a camera, what a word counts, and what is left of one that says nothing: the
 * port that much comes from.
 */
#include "state/camera_feed.h"

#define OK   "RTSP/1.0 200 OK\r\nCSeq: 1\r\n"
#define SDP  "Content-Type: application/sdp\r\n\r\nv=0\r\n"
#define AXIS "00:40:8c:00:00:13 axis Axis Communications AB"
#define HIK  "44:19:b6:00:00:13 hikvision Hikvision"

#define RTSP(path, hears)                                                                      \
	{                                                                                      \
		.proto = IPPROTO_TCP, .port = 554,                                             \
		.sent = BYTES("DESCRIBE rtsp://10.0.0.9" path " RTSP/1.0\r\nCSeq: 1\r\n\r\n"), \
		.heard = BYTES(hears)                                                          \
	}
#define HTTP(hears)                                                          \
	{                                                                    \
		.proto = IPPROTO_TCP, .port = 80,                            \
		.sent = BYTES("GET / HTTP/1.1\r\nHost: 10.0.0.9\r\n\r\n"),   \
		.heard = BYTES("HTTP/1.1 401 Unauthorized\r\n" hears "\r\n") \
	}
#define REALM(text) "WWW-Authenticate: Basic realm=\"" text "\"\r\n"

static const struct volume stream = { 40000, 500, 25 };
static const struct volume silent = { 300, 300, 5 };

static struct nw_feed *start(void)
{
	static const char *const facts[][2] = {
		{ "maker.1", "hikvision\tcameras\tHikvision" },
		{ "maker.2", "vivotek\tcameras\tVivotek" },
		{ "maker.3", "xiongmai\tcameras\tXiongmai" },
		{ "maker.4", "axis\tcameras\tAxis" },
		{ "sign.1", "hikvision\trealm\tIP Camera(" },
		{ "sign.2", "hikvision\tserver\tApp-webs/" },
		{ "sign.3", "vivotek\tserver\tVivotek" },
		{ "other.1", "film\tserver\tVLC/" },
		{ "other.2", "door\ttype\tACS" },
		{ "port.1", "xiongmai\ttcp\t34567\t34568\tsdk" },
		{ "port.2", "xiongmai\ttcp\t9530\t9530\tshell" },
	};
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);

	for (size_t i = 0; i < NW_ARRAY_SIZE(facts); i++) {
		nw_feed_fact(f, facts[i][0], facts[i][1]);
	}
	return f;
}

static const struct nw_camera *any(const struct nw_feed *f)
{
	return nw_camera_next_candidate(f->state, NULL);
}

struct case_of {
	struct talk talk;
	const char *mac;
	bool is_camera;
};

static void assert_cases(const struct case_of *rows, size_t n, struct volume v)
{
	for (size_t i = 0; i < n; i++) {
		struct nw_feed *f = start();

		if (rows[i].mac) {
			camera_mac(f, "10.0.0.9", rows[i].mac);
		}
		camera_talk(f, &rows[i].talk, 1, "10.0.0.9", v);
		if (camera_count(f) != rows[i].is_camera) {
			fail_msg("row %zu: %u %%, why %x", i, any(f) ? any(f)->confidence : 0,
				 any(f) ? any(f)->why : 0);
		}
		nw_feed_free(f);
	}
}

static void films_are_none(void **state)
{
	static const struct case_of rows[] = {
		{ RTSP("/1", OK SDP "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"), NULL,
		  true },
		{ RTSP("/1", OK SDP "m=video 0 RTP/AVP 33\r\n"), NULL, false },
		{ RTSP("/1", OK SDP "m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP2T/90000\r\n"), NULL,
		  false },
		{ RTSP("/1", OK SDP "m=video 0 RTP/AVP 33\r\n"), AXIS, true },
		{ RTSP("/films/one.mp4", OK "\r\n"), NULL, false },
		{ RTSP("/vod/one", OK "\r\n"), NULL, false },
		{ RTSP("/live.sdp", OK "\r\n"), NULL, true },
		{ RTSP("/mp4", OK "\r\n"), NULL, true },
		{ RTSP("/1", OK "Server: VLC/3.0.21\r\n\r\n"), NULL, false },
		{ RTSP("/live.mp4",
		       "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n" REALM("IP Camera(C1)") "\r\n"),
		  NULL, true },
	};

	(void)state;
	assert_cases(rows, NW_ARRAY_SIZE(rows), stream);
}

/* What is both a maker's form and a camera's name is one word; no word is enough. */
static void a_word_counts_once(void **state)
{
	static const struct case_of rows[] = {
		{ HTTP(REALM("IP Camera(C2183)")), NULL, false },
		{ HTTP("Server: App-webs/\r\n" REALM("IP Camera(C2183)")), NULL, true },
		{ HTTP("Server: App-webs/\r\n" REALM("index")), NULL, false },
		{ HTTP("Server: Vivotek Network Camera\r\n"), NULL, true },
		{ HTTP("Server: Acme Network Camera\r\n"), NULL, false },
		{ HTTP("Server: Acme Network Camera\r\n"), AXIS, true },
		{ HTTP("Server: Vivotek Camera Controller\r\n"), NULL, false },
		{ HTTP("Server: nginx\r\n" REALM("Camera User")), NULL, false },
	};

	(void)state;
	assert_cases(rows, NW_ARRAY_SIZE(rows), silent);
}

static void what_else_it_says(void **state)
{
	static const struct talk door =
		ISAPI("www.isapi.org", "<model>DS-K2604</model><deviceType>ACS</deviceType>");
	static const struct talk video = RTSP("/1", OK "\r\n");
	static const struct talk files = { .proto = IPPROTO_TCP, .port = 7777 };
	struct nw_feed *f = start();

	(void)state;
	camera_mac(f, "10.0.0.9", HIK);
	camera_talk(f, &door, 1, "10.0.0.9", silent);
	camera_talk(f, &files, 2, "10.0.0.9", stream);
	assert_int_equal(camera_count(f), 0);
	camera_talk(f, &video, 3, "10.0.0.9", stream); /* a door's station has a camera */
	assert_int_equal(camera_count(f), 1);
	nw_feed_free(f);
}

/* What is told stays so, whatever it says later. */
static void what_is_told_stays(void **state)
{
	static const struct talk video = RTSP("/1", OK "\r\n");
	static const struct talk film = RTSP("/1", OK "Server: VLC/3.0.21\r\n\r\n");
	struct nw_feed *f = start();
	uint8_t confidence;

	(void)state;
	camera_talk(f, &video, 1, "10.0.0.9", stream);
	assert_int_equal(camera_count(f), 1);
	confidence = any(f)->confidence;
	camera_talk(f, &film, 2, "10.0.0.9", stream);
	assert_int_equal(any(f)->confidence, confidence);
	assert_string_equal(nw_camera_kind(any(f)), "recorder or camera");
	nw_feed_free(f);
}

/* What this host's own server says is no word of who sends media to it. */
static void whose_word_it_is(void **state)
{
	static const struct talk push = {
		.proto = IPPROTO_TCP,
		.port = 554,
		.is_inbound = true,
		.heard = BYTES("ANNOUNCE rtsp://10.0.0.1/gate RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
		.sent = BYTES(OK "Server: VLC/3.0.21\r\n" REALM("IP Camera(C1)") "\r\n"),
	};
	struct nw_feed *f = start();

	(void)state;
	camera_talk(f, &push, 1, "10.0.0.9", stream);
	assert_int_equal(camera_count(f), 1);
	assert_false(any(f)->why & (NW_CAMERA_FILM | NW_CAMERA_SIGN));
	assert_int_equal(any(f)->said_makers, 0);
	nw_feed_free(f);
}

/* Its stream was open before we were: no first byte, and behind a router no MAC. */
static void a_port_is_a_hint(void **state)
{
	static const struct {
		uint16_t port;
		const char *mac;
		uint8_t confidence;
	} rows[] = {
		{ 34567, NULL, 9 }, { 34568, NULL, 9 }, { 554, NULL, 9 },   { 34569, NULL, 0 },
		{ 9530, NULL, 0 },  { 34567, HIK, 59 }, { 34569, HIK, 50 }, { 445, HIK, 25 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct talk t = { .proto = IPPROTO_TCP, .port = rows[i].port };
		struct nw_feed *f = start();

		if (rows[i].mac) {
			camera_mac(f, "10.0.0.9", rows[i].mac);
		}
		camera_talk(f, &t, 1, "10.0.0.9", silent);
		assert_int_equal(any(f) ? any(f)->confidence : 0, rows[i].mac ? 25 : 0);
		camera_talk(f, &t, 1, "10.0.0.9", stream);
		assert_int_equal(any(f) ? any(f)->confidence : 0, rows[i].confidence);
		nw_feed_free(f);
	}
}

NW_TESTS(state_camera_say, cmocka_unit_test(films_are_none), cmocka_unit_test(a_word_counts_once),
	 cmocka_unit_test(what_else_it_says), cmocka_unit_test(what_is_told_stays),
	 cmocka_unit_test(whose_word_it_is), cmocka_unit_test(a_port_is_a_hint));
