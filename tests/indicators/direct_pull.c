/* SPDX-License-Identifier: Apache-2.0 */
/* direct-pull: who reads a camera beside the recorder, what looks like it, and how to get around it. */
#include "indicators/door.h"

#include "state/camera.h"

#define ID "direct-pull"

static const char jpeg[] = "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n";
static const char xml[] = "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n\r\n";
static const char options[] = "OPTIONS rtsp://10.0.0.9/ RTSP/1.0\r\nCSeq: 1\r\n\r\n";
static const char fine[] = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE\r\n\r\n";

struct pull {
	const char *what;
	const char *yaml;
	const char *exe, *cgroup; /* of the other; its parent is */
	uint32_t parent;
	uint32_t flags; /* NW_PROC_* */
	struct leg leg;
	unsigned seconds;
	unsigned low, high; /* the score; 0, 0 = silent */
};

#define PULL(...)                                                     \
	{                                                             \
		.cookie = 2, .pid = OTHER, .port = 42000, __VA_ARGS__ \
	}

static const struct pull pulls[] = {
	{ "a stream, over an encrypted port", .exe = "/usr/bin/ffmpeg", .cgroup = "session-3.scope",
	  .leg = PULL(.to_port = 322, .tx = 100, .rx = 60000), .seconds = 60, .low = 70,
	  .high = 70 },
	{ "a stream whose protocol is seen is told sooner", .exe = "/usr/bin/ffmpeg",
	  .leg = PULL(.tx = 100, .rx = 60000, .sends = options, .gets = fine), .seconds = 4,
	  .low = 70, .high = 70 },
	{ "RTP that comes by itself", .exe = "/tmp/x",
	  .leg = PULL(.proto = IPPROTO_UDP, .flags = NW_SOCK_TX_CHANGED, .rx = 60000),
	  .seconds = 60, .low = 70, .high = 70 },
	{ "a program without a file", .exe = "/memfd:x", .flags = NW_PROC_MEMFD,
	  .leg = PULL(.tx = 100, .rx = 60000), .seconds = 60, .low = 80, .high = 80 },
	{ "pictures one by one, on connections of their own", .exe = "/usr/bin/curl",
	  .leg = PULL(.to_port = 80, .tx = 200, .rx = 40000, .every = 20, .is_new_each = true,
		      .gets = jpeg),
	  .seconds = 100, .low = 65, .high = 65 },
	{ "pictures on one connection", .exe = "/usr/bin/curl",
	  .leg = PULL(.to_port = 80, .tx = 200, .rx = 40000, .every = 20, .gets = jpeg),
	  .seconds = 100, .low = 65, .high = 65 },
	{ "one picture", .exe = "/usr/bin/curl",
	  .leg = PULL(.to_port = 80, .tx = 200, .rx = 40000, .every = 900, .gets = jpeg),
	  .seconds = 30, .low = 45, .high = 45 },
	{ "large segments, with silence between", .exe = "/usr/bin/python3",
	  .leg = PULL(.to_port = 443, .tx = 200, .rx = 400000, .every = 9), .seconds = 120,
	  .low = 70, .high = 70 },
	{ "the declared recorder is surer", .yaml = "recorders: [{exe: [/opt/vms/]}]",
	  .exe = "/usr/bin/ffmpeg", .leg = PULL(.tx = 100, .rx = 60000), .seconds = 60, .low = 80,
	  .high = 80 },
	{ "it read before the start: nobody saw who came first", .exe = "/usr/bin/ffmpeg",
	  .leg = PULL(.flags = NW_SOCK_PRESTART | NW_SOCK_CONNECTED, .tx = 100, .rx = 60000),
	  .seconds = 60, .low = 45, .high = 45 },
	{ "declared in allowed", .yaml = "allowed: [{to: 10.0.0.9, program: ffmpeg, why: wall}]",
	  .exe = "/usr/bin/ffmpeg", .leg = PULL(.tx = 100, .rx = 60000), .seconds = 60, .low = 20,
	  .high = 20 },

	{ "the recorder's child", .exe = "/usr/bin/ffmpeg", .parent = RECORDER,
	  .leg = PULL(.tx = 100, .rx = 60000), .seconds = 60 },
	{ "something of the recorder's unit", .exe = "/usr/bin/ffmpeg", .cgroup = "vms.service",
	  .leg = PULL(.tx = 100, .rx = 60000), .seconds = 60 },
	{ "the recorder under a new path, in its unit", .exe = "/opt/vms-2/bin/vms",
	  .cgroup = "vms.service", .leg = PULL(.tx = 100, .rx = 60000), .seconds = 60 },
	{ "the state of the camera is asked for", .exe = "/usr/bin/check_camera",
	  .leg = PULL(.to_port = 80, .tx = 900, .rx = 6000, .every = 5, .is_new_each = true,
		      .gets = xml),
	  .seconds = 300 },
	{ "a discovery that only looks what it can do", .exe = "/usr/bin/nmap",
	  .leg = PULL(.tx = 100, .rx = 400, .sends = options, .gets = fine, .is_new_each = true),
	  .seconds = 30 },
	{ "ping", .exe = "/usr/bin/ping",
	  .leg = PULL(.proto = IPPROTO_ICMP, .tx = 60000, .rx = 60000), .seconds = 60 },
	{ "a page of the camera", .exe = "/usr/bin/firefox",
	  .leg = PULL(.to_port = 80, .tx = 9000, .rx = 900000, .every = 100), .seconds = 60 },
	{ "a stream of somebody who is no camera", .exe = "/usr/bin/ffmpeg",
	  .leg = PULL(.to = "10.0.0.77", .tx = 100, .rx = 60000), .seconds = 60 },
};

static void play(const struct pull *s)
{
	char yaml[512];
	struct leg legs[2] = { RECORDER_LEG(1, RECORDER) };
	struct nw_feed *f;
	unsigned top;

	(void)snprintf(yaml, sizeof(yaml), DOOR_CAMERAS "%s", s->yaml ? s->yaml : "");
	f = nw_feed_new(yaml, 60 * NW_FEED_SEC);
	program(f, RECORDER, 1, "/opt/vms/bin/vms", "vms.service");
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC,
					       .pid = OTHER,
					       .parent = s->parent ? s->parent : 1,
					       .exe = s->exe,
					       .cgroup = s->cgroup,
					       .flags = s->flags });
	run_legs(f, legs, 1, 90);
	assert_int_equal(found(f, ID), 0);
	legs[1] = s->leg;
	legs[1].to = legs[1].to ? legs[1].to : CAMERA;
	legs[1].to_port = legs[1].to_port ? legs[1].to_port : 554;
	run_legs(f, legs, 2, s->seconds);
	top = top_score(f, ID);
	if (top < s->low || top > s->high) {
		fail_msg("%s: score %u", s->what, top);
	}
	if (top) {
		const struct nw_finding *last = last_found(f, ID);

		assert_int_equal(last->proc->id.tgid, OTHER);
		assert_string_equal(last->camera->declared->name, "door");
		assert_string_equal(last->technique[0], "T1125");
	}
	nw_feed_free(f);
}

static void what_is_told_and_what_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(pulls); i++) {
		play(&pulls[i]);
	}
}

static struct nw_feed *start(const char *unit)
{
	struct nw_feed *f = nw_feed_new(DOOR_CAMERAS, 60 * NW_FEED_SEC);

	program(f, RECORDER, 1, "/opt/vms/bin/vms", unit);
	program(f, OTHER, 1, "/usr/bin/ffmpeg", "session-3.scope");
	return f;
}

/* Reading as long as the recorder makes nobody the recorder. */
static void it_goes_on_and_closes(void **state)
{
	struct leg legs[] = { RECORDER_LEG(1, RECORDER), PULL(.to = CAMERA, .rx = 90000) };
	struct nw_feed *f = start("vms.service");

	(void)state;
	run_legs(f, legs, 1, 90);
	run_legs(f, legs, 2, 600);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_UPDATED);
	assert_true(f->now_ns - last_found(f, ID)->last_ns < 61 * NW_FEED_SEC);
	assert_in_range(evidence(last_found(f, ID), "bytes_per_s"), 85000, 95000);
	run_legs(f, legs, 1, 310);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

/* Before somebody is ahead nothing is told; afterwards the one that came later. */
static void two_that_start_together(void **state)
{
	struct leg legs[] = { RECORDER_LEG(1, RECORDER), PULL(.to = CAMERA, .rx = 90000) };
	struct nw_feed *f = start("vms.service");

	(void)state;
	run_legs(f, legs, 2, 300);
	assert_int_equal(found(f, ID), 0);
	nw_feed_free(f);
}

static void who_takes_the_place_of_one_that_is_gone(void **state)
{
	struct leg legs[] = { RECORDER_LEG(1, RECORDER), PULL(.to = CAMERA, .rx = 90000) };
	struct nw_feed *f = start(NULL);

	(void)state;
	run_legs(f, legs, 1, 90);
	run_legs(f, NULL, 0, 40);
	run_legs(f, legs + 1, 1, 60);
	assert_int_equal(top_score(f, ID), 40);
	run_legs(f, legs + 1, 1, 900); /* now it is the recorder */
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	nw_feed_forget(f);
	run_legs(f, legs + 1, 1, 200);
	assert_int_equal(found(f, ID), 0);
	nw_feed_free(f);
}

static void recorders_of_the_catalogue(void **state)
{
	static const struct {
		const char *fact, *exe, *cgroup;
		bool is_recorder;
	} rows[] = {
		{ "exe /opt/nx/bin/ Nx Witness", "/opt/nx/bin/mediaserver", NULL, true },
		{ "exe /usr/bin/motion motion", "/usr/bin/motion", NULL, true },
		{ "exe /usr/bin/motion motion", "/usr/bin/motion2", NULL, false },
		{ "unit zm.service ZoneMinder", "/usr/bin/perl", "zm.service", true },
		{ "unit zm.service ZoneMinder", "/usr/bin/perl", "zm2.service", false },
		{ "unit  x", "/usr/bin/perl", "", false },
		{ "exe", "/usr/bin/perl", "", false },
		{ "", "/usr/bin/perl", "", false },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct leg legs[] = { RECORDER_LEG(1, RECORDER), PULL(.to = CAMERA, .rx = 90000) };
		struct nw_feed *f = nw_feed_new(DOOR_CAMERAS, 60 * NW_FEED_SEC);

		nw_feed_fact(f, "recorder.1", rows[i].fact);
		program(f, RECORDER, 1, rows[i].exe, rows[i].cgroup);
		program(f, OTHER, 1, "/usr/bin/ffmpeg", NULL);
		run_legs(f, legs, 2, 40); /* both from the first second: behaviour can't tell */
		assert_int_equal(top_score(f, ID), rows[i].is_recorder ? 80 : 0);
		nw_feed_free(f);
	}
}

NW_TESTS(indicators_direct_pull, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(it_goes_on_and_closes), cmocka_unit_test(two_that_start_together),
	 cmocka_unit_test(who_takes_the_place_of_one_that_is_gone),
	 cmocka_unit_test(recorders_of_the_catalogue));
