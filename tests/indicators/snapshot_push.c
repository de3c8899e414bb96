/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot-push: pictures that go out one by one, and uploads that only have their size. */
#include "indicators/door.h"

#define ID "snapshot-push"

static const char image[] =
	"POST /up HTTP/1.1\r\nHost: x.example\r\nContent-Type: image/jpeg\r\n\r\n";
static const char json[] =
	"POST /up HTTP/1.1\r\nHost: x.example\r\nContent-Type: application/json\r\n\r\n";

#define PICTURES      .tx = 120000, .vary = 6000, .rx = 300, .every = 10
#define PUSH(...)     TO_OUTSIDE(.pid = RECORDER, PICTURES, __VA_ARGS__)
#define BY_OTHER(...) TO_OUTSIDE(PICTURES, __VA_ARGS__)

static const struct sight sights[] = {
	{ .what = "the recorder, many connections",
	  .leg = { PUSH(.is_new_each = true) },
	  .seconds = 60,
	  60,
	  60 },
	{ .what = "the recorder, one connection", .leg = { PUSH() }, .seconds = 60, 60, 60 },
	{ .what = "it says that they are images",
	  .leg = { PUSH(.is_new_each = true, .sends = image, .to_port = 80) },
	  .seconds = 60,
	  75,
	  75 },
	{ .what = "not regular: two timers",
	  .leg = { PUSH(), PUSH(.cookie = 21, .port = 45100, .tx = 130100, .after = 3) },
	  .seconds = 60,
	  60,
	  60 },
	{ .what = "datagrams", .leg = { PUSH(.proto = IPPROTO_UDP) }, .seconds = 60, 60, 60 },
	{ .what = "a picture in which nothing moves",
	  .leg = { PUSH(.tx = 227231, .vary = 1326, .is_new_each = true) },
	  .seconds = 100,
	  60,
	  60 },
	{ .what = "nobody answers", .leg = { PUSH(.rx = 0) }, .seconds = 60, 60, 60 },
	{ .what = "one each two seconds",
	  .leg = { PUSH(.tx = 60000, .every = 2, .is_new_each = true) },
	  .seconds = 30,
	  60,
	  60 },
	{ .what = "a program that the recorder's data can come to",
	  .is_piped = true,
	  .leg = { BY_OTHER() },
	  .seconds = 60,
	  60,
	  60 },
	{ .what = "one of the recorder's unit",
	  .cgroup = "vms.service",
	  .leg = { BY_OTHER() },
	  .seconds = 60,
	  50,
	  50 },
	{ .what = "images of a program without cameras",
	  .leg = { BY_OTHER(.sends = image, .to_port = 80) },
	  .seconds = 60,
	  40,
	  40 },
	{ .what = "allowed",
	  .yaml = "allowed: [{to: 203.0.113.7, why: alarm}]",
	  .leg = { PUSH() },
	  .seconds = 60,
	  20,
	  20 },

	{ .what = "all of one size",
	  .leg = { PUSH(.vary = 0, .is_new_each = true) },
	  .seconds = 100,
	  0,
	  45 },
	{ .what = "all of one size but for what is said before them, and the last",
	  .cgroup = "vms.service",
	  .leg = { BY_OTHER(.tx = 200139, .vary = 16, .every = 2, .is_new_each = true),
		   BY_OTHER(.cookie = 21, .port = 45100, .tx = 70000, .after = 21, .every = 40) },
	  .seconds = 40,
	  0,
	  45 },
	{ .what = "of two sizes, as a buffer is emptied",
	  .leg = { PUSH(.tx = 65532, .vary = 0),
		   PUSH(.cookie = 21, .port = 45100, .tx = 61460, .vary = 0, .after = 5) },
	  .seconds = 100,
	  0,
	  45 },
	{ .what = "held to a rate",
	  .leg = { PUSH(.tx = 60000, .rx = 0, .every = 2) },
	  .seconds = 100,
	  0,
	  0 },
	{ .what = "held to a rate, while the program asks for something else",
	  .leg = { PUSH(.tx = 60000, .rx = 0, .every = 2),
		   PUSH(.cookie = 21, .port = 45100, .tx = 90, .rx = 400, .vary = 9, .every = 3,
			.is_new_each = true) },
	  .seconds = 100,
	  0,
	  0 },
	{ .what = "the stream, in segments",
	  .leg = { PUSH(.tx = 110000, .vary = 40000, .every = 2, .is_new_each = true) },
	  .seconds = 60,
	  0,
	  45 },
	{ .what = "uploads of a program without cameras",
	  .leg = { BY_OTHER() },
	  .seconds = 100,
	  0,
	  0 },
	{ .what = "three", .leg = { PUSH() }, .seconds = 30, 0, 0 },
	{ .what = "telemetry of the recorder",
	  .leg = { PUSH(.sends = json, .to_port = 80) },
	  .seconds = 100,
	  0,
	  0 },
	{ .what = "small reports",
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 5000, .every = 5) },
	  .seconds = 100,
	  0,
	  0 },
	{ .what = "a stream",
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 64000, .vary = 9000, .rx = 9) },
	  .seconds = 100,
	  0,
	  45 },
	{ .what = "a backup, in large pieces",
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 9000000, .every = 10) },
	  .seconds = 100,
	  0,
	  0 },
	{ .what = "downloads",
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 30000, .rx = 900000, .every = 10) },
	  .seconds = 100,
	  0,
	  0 },
	{ .what = "to somebody inside", .leg = { PUSH(.to = "10.0.0.50") }, .seconds = 100, 0, 0 },
};

static void what_is_told_and_what_not(void **state)
{
	(void)state;
	look_at_all(ID, sights, NW_ARRAY_SIZE(sights));
}

static void evidence_and_end(void **state)
{
	struct nw_feed *f = look_at(&sights[0]);
	const struct nw_finding *last = last_found(f, ID);

	(void)state;
	assert_int_equal(evidence(last, "bytes_smallest"), 120000);
	assert_in_range(evidence(last, "bytes_largest"), 121000, 126000);
	assert_int_equal(evidence(last, "seconds_between_least"), 10);
	assert_non_null(last->camera);
	run_legs(f, NULL, 0, 3610);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

NW_TESTS(indicators_snapshot_push, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(evidence_and_end));
