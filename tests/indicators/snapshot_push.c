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

/* ---- one program takes the picture, another one sends it ------------------------------------- */

#define SCRIPT 500
#define DAEMON 510 /* starts everything: a scheduler, a login */

enum stock {
	OF_SCRIPT,	/* both are children of one script */
	OF_SESSION,	/* of one session, by other parents that are gone */
	OF_SENDER,	/* who sends starts who takes */
	OF_READER,	/* the other way round */
	OF_HELPER,	/* the script's sender has a helper of its own, as git has */
	OF_NONE,	/* two scripts */
	OF_GRANDPARENT, /* two jobs of one scheduler */
};

/* A round: somebody takes a picture of the camera, and then somebody sends something. */
struct round {
	const char *what;
	enum stock stock;
	bool is_steady;	    /* one reader for all, at 60 kB each second */
	bool is_old_sender; /* one process sends all */
	uint64_t taken;	    /* bytes from the camera; 0 = no picture is taken */
	uint64_t sent, vary, answer;
	unsigned pause, rounds; /* seconds between rounds */
	const char *sends;	/* what it says first */
	uint16_t port;
	const char *to;
	unsigned low, high;
};

/* clang-format off */
static const struct round rounds[] = {
	{ "a fetch tool puts them", OF_SCRIPT, false, false, 150000, 227000, 3000, 300, 6, 5, NULL, 443, OUTSIDE, 60, 60 },
	{ "by ftp's data connection", OF_SCRIPT, false, false, 150000, 90000, 3000, 0, 3, 5, NULL, 40123, OUTSIDE, 60, 60 },
	{ "by mail, in base64", OF_SCRIPT, false, false, 150000, 311000, 4000, 700, 6, 5, NULL, 25, OUTSIDE, 60, 60 },
	{ "to a broker", OF_SCRIPT, false, false, 150000, 226000, 1500, 4, 6, 5, NULL, 1883, OUTSIDE, 60, 60 },
	{ "committed and pushed: the sender's helper", OF_HELPER, false, false, 150000, 120000, 9000, 3000, 20, 5, NULL, 22, OUTSIDE, 60, 60 },
	{ "by session only", OF_SESSION, false, false, 150000, 90000, 9000, 300, 60, 5, NULL, 443, OUTSIDE, 60, 60 },
	{ "a daemon that starts the player each time", OF_SENDER, false, true, 150000, 90000, 9000, 300, 10, 5, NULL, 443, OUTSIDE, 60, 60 },
	{ "a player that starts the sender each time", OF_READER, true, false, 60000, 40000, 4000, 300, 10, 6, NULL, 443, OUTSIDE, 50, 50 },
	{ "a player that writes frames all the time", OF_SCRIPT, true, false, 60000, 40000, 4000, 300, 5, 8, NULL, 443, OUTSIDE, 50, 50 },
	{ "a daemon that keeps a player and sends itself", OF_SENDER, true, true, 60000, 40000, 4000, 300, 5, 8, NULL, 443, OUTSIDE, 50, 50 },
	{ "raw: all of one size", OF_SCRIPT, false, false, 150000, 921654, 0, 300, 10, 6, NULL, 443, OUTSIDE, 60, 60 },
	{ "and it says so", OF_SCRIPT, false, false, 150000, 90000, 9000, 300, 5, 5, image, 80, OUTSIDE, 75, 75 },
	{ "after motion: at no regular times", OF_SCRIPT, false, false, 150000, 90000, 60000, 300, 47, 5, NULL, 443, OUTSIDE, 60, 60 },
	{ "three and no more", OF_SCRIPT, false, false, 150000, 90000, 9000, 300, 5, 3, NULL, 443, OUTSIDE, 0, 0 },

	{ "two scripts that know nothing of each other", OF_NONE, false, false, 150000, 90000, 9000, 300, 6, 8, NULL, 443, OUTSIDE, 0, 0 },
	{ "two jobs of one scheduler", OF_GRANDPARENT, false, false, 150000, 90000, 9000, 300, 6, 8, NULL, 443, OUTSIDE, 0, 0 },
	{ "the camera is only asked how it is", OF_SCRIPT, false, false, 900, 90000, 9000, 300, 6, 8, NULL, 443, OUTSIDE, 0, 0 },
	{ "no picture is taken: logs, backups", OF_SCRIPT, false, false, 0, 90000, 9000, 300, 6, 8, NULL, 443, OUTSIDE, 0, 0 },
	{ "a check takes a picture and tells how it went", OF_SCRIPT, false, false, 150000, 4000, 900, 300, 6, 8, NULL, 443, OUTSIDE, 0, 0 },
	{ "and tells it at length, as JSON", OF_SCRIPT, false, false, 150000, 40000, 900, 300, 6, 8, json, 80, OUTSIDE, 0, 0 },
	{ "it fetches as much", OF_SCRIPT, false, false, 150000, 40000, 900, 90000, 6, 8, NULL, 443, OUTSIDE, 0, 0 },
	{ "a backup in large parts", OF_SCRIPT, false, false, 150000, 8000000, 90000, 900, 6, 8, NULL, 443, OUTSIDE, 0, 0 },
	{ "a recorder's script reports now and then", OF_SCRIPT, true, false, 60000, 40000, 4000, 300, 600, 5, NULL, 443, OUTSIDE, 0, 0 },
	{ "one process ships logs beside a recorder of its script", OF_SCRIPT, true, true, 60000, 40000, 4000, 300, 5, 8, NULL, 443, OUTSIDE, 0, 0 },
	{ "to a server of the office", OF_SCRIPT, false, false, 150000, 90000, 9000, 300, 6, 8, NULL, 443, "10.0.0.50", 0, 0 },
};
/* clang-format on */

static void start(struct nw_feed *f, uint32_t pid, uint32_t parent, const char *exe,
		  uint32_t session)
{
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC,
					       .pid = pid,
					       .parent = parent,
					       .exe = exe,
					       .session = session });
}

static void take(struct nw_feed *f, const struct round *r, unsigned n)
{
	unsigned k = r->is_steady ? 0 : n;
	uint32_t pid = 1000 + k * 10;
	struct leg l = { .cookie = 5000 + k,
			 .pid = pid,
			 .to = CAMERA2,
			 .to_port = 554,
			 .port = (uint16_t)(42000 + k),
			 .rx_sum = r->is_steady ? n * 60000 : 0,
			 .tx = 100,
			 .rx = r->taken,
			 .is_new_each = !r->is_steady };
	static const uint32_t parents[] = { SCRIPT, 700, 900, SCRIPT, SCRIPT, 600, 610 };

	if (r->taken && (!r->is_steady || n == 0)) {
		if (r->stock == OF_GRANDPARENT) {
			start(f, 610, DAEMON, "/bin/sh", 0);
		}
		start(f, pid, parents[r->stock], "/usr/bin/player",
		      r->stock == OF_SESSION || r->stock == OF_HELPER ? 77 : 0);
	}
	if (r->taken) {
		run_legs(f, &l, 1, 1);
	}
}

static void give(struct nw_feed *f, const struct round *r, unsigned n)
{
	static const uint32_t parents[] = { SCRIPT, 701, SCRIPT, 1000, 800, SCRIPT, 620 };
	uint32_t pid = r->is_old_sender ? 900 : 1005 + n * 10;
	struct leg l = { .cookie = 9000 + n,
			 .pid = pid,
			 .to = r->to,
			 .to_port = r->port,
			 .port = (uint16_t)(46000 + n),
			 .tx = r->sent + r->vary * (n * 37 % 101) / 100,
			 .rx = r->answer,
			 .sends = r->sends,
			 .is_new_each = true };

	if (r->stock == OF_GRANDPARENT) {
		start(f, 620, DAEMON, "/bin/sh", 0);
	}
	if (r->stock == OF_HELPER) {
		start(f, 800, SCRIPT, "/usr/bin/git", 77);
	}
	if (!r->is_old_sender) {
		start(f, pid, parents[r->stock], "/usr/bin/sender",
		      r->stock == OF_SESSION || r->stock == OF_HELPER ? 77 : 0);
	}
	run_legs(f, &l, 1, 1);
}

static struct nw_feed *look_at_rounds(const struct round *r)
{
	struct nw_feed *f = nw_feed_new(DOOR_CAMERAS, 3600 * NW_FEED_SEC);

	nw_feed_pick(f, ID);
	start(f, DAEMON, 1, "/usr/sbin/scheduler", 0);
	start(f, SCRIPT, DAEMON, "/bin/sh", 77);
	start(f, 600, DAEMON, "/bin/sh", 0);
	start(f, 900, SCRIPT, "/usr/bin/sender", 0);
	if (r->is_steady) {
		take(f, r, 0);
	}
	for (unsigned n = r->is_steady; n < r->rounds + r->is_steady; n++) {
		if (!r->is_steady) {
			take(f, r, n);
		}
		give(f, r, n);
		for (unsigned t = 0; t < r->pause; t++) {
			if (r->is_steady) {
				take(f, r, n * r->pause + t + 1);
			} else {
				run_legs(f, NULL, 0, 1);
			}
		}
	}
	return f;
}

static void who_takes_and_who_sends(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rounds); i++) {
		wrong += is_off(look_at_rounds(&rounds[i]), ID, rounds[i].what, rounds[i].low,
				rounds[i].high);
	}
	assert_int_equal(wrong, 0);
}

/* Who took the picture stands beside it. */
static void the_kin_is_named(void **state)
{
	struct nw_feed *f = look_at_rounds(&rounds[0]);
	const struct nw_finding *last = last_found(f, ID);

	(void)state;
	assert_in_range(evidence(last, "kin_pieces"), 3, 5);
	assert_in_range(last->proc->id.tgid, 1005, 1055);
	nw_feed_free(f);
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
	 cmocka_unit_test(who_takes_and_who_sends), cmocka_unit_test(the_kin_is_named),
	 cmocka_unit_test(evidence_and_end));
