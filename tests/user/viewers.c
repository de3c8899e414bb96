/* SPDX-License-Identifier: Apache-2.0 */
/* viewers: who reads a camera and who gets its picture, of a recording. */
#include "user/shown.h"

#include "state/camera_feed.h"
#include "state/chain_feed.h"

extern const struct nw_command nw_command_viewers;

enum {
	ONE = 100,    /* reads the door alone */
	MANY,	      /* reads two */
	THIRD,	      /* reads none */
	PASSES = 200, /* the first of those through whom it goes to who sends it */
};

static const struct volume stream = { 50000, 100, 20 };
static const struct volume shown = { 900, 60000, 20 };

static struct talk camera_of(uint32_t pid)
{
	return (struct talk){ .proto = IPPROTO_TCP,
			      .port = 554,
			      .sent = BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
			      .heard = BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"),
			      .pid = pid };
}

static struct talk viewer_of(uint32_t pid)
{
	return (struct talk){ .proto = IPPROTO_TCP, .port = 8080, .is_inbound = true, .pid = pid };
}

static void day(struct shown *s)
{
	static const char *const names[] = { "one", "many", "other" };
	const struct talk to_one = camera_of(ONE), to_many = camera_of(MANY);
	const struct talk of_one = viewer_of(ONE), of_many = viewer_of(MANY),
			  of_other = viewer_of(THIRD);

	shown_start(s, SHOWN_CONFIG);
	for (uint32_t i = 0; i < NW_ARRAY_SIZE(names); i++) {
		nw_feed_proc(s->f, (struct nw_feed_exec){ .pid = ONE + i, .comm = names[i] });
	}
	camera_talk(s->f, &to_one, 1, "10.0.0.9", stream);
	camera_talk(s->f, &to_many, 2, "10.0.0.10", stream);
	camera_talk(s->f, &to_many, 3, "10.0.0.11", stream);
	camera_talk(s->f, &of_one, 4, "10.0.0.50", shown);
	camera_talk(s->f, &of_many, 5, "203.0.113.9", shown);
	camera_talk(s->f, &of_other, 6, "203.0.113.10", shown);
	camera_talk(s->f, &of_one, 7, "10.0.0.51", (struct volume){ 9000, 900, 20 }); /* asks */
	nw_feed_tick(s->f, 2 * NW_FEED_SEC);
}

static void everybody(void **state)
{
	static struct shown s;

	(void)state;
	day(&s);
	assert_int_equal(shown_run(&s, &nw_command_viewers, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "door, 10.0.0.9\n    read by one[100]");
	shown_has(&s, "watched by 10.0.0.50, inside  by one[100] port 8080");
	shown_has(&s, "same process, which reads this camera alone");
	shown_has(&s, "watched by 203.0.113.9, outside  by many[101]");
	shown_has(&s, "possible: one of ");
	shown_lacks(&s, "203.0.113.10");
	shown_lacks(&s, "10.0.0.51");
	shown_has(&s, "no recording was seen to be read");
}

/* Two processes of one program are one row; who only writes is none. */
static void recordings(void **state)
{
	static struct shown s;

	(void)state;
	day(&s);
	nw_feed_fact(s.f, "files.0", "/srv/rec\nopened, position");
	for (uint32_t i = 0; i < 3; i++) {
		nw_feed_proc(s.f,
			     (struct nw_feed_exec){ .pid = 700 + i,
						    .comm = i == 2 ? "writes" : "cp\x1b",
						    .exe = i == 2 ? "/usr/bin/w" : "/usr/bin/cp" });
		nw_feed_file(s.f, (struct nw_feed_file){
					  .what = NW_FILE_USED,
					  .pid = 700 + i,
					  .inode = 10 + i,
					  .size = 1000000,
					  .flags = i == 2 ? NW_FILE_CLOSED_WRITE
							  : NW_FILE_OPENED | NW_FILE_CLOSED_READ,
					  .age_s = i == 2 ? 0 : 3600 });
	}
	nw_feed_tick(s.f, NW_FEED_SEC);
	assert_int_equal(shown_run(&s, &nw_command_viewers, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "gate: 2 files read by cp\\x1b, at most 2.0 MB");
	shown_lacks(&s, "read by writes");
}

static void one(void **state)
{
	static struct shown s;

	(void)state;
	day(&s);
	assert_int_equal(
		shown_run(&s, &nw_command_viewers, (struct nw_options){ .operand = "door" }),
		NW_EXIT_OK);
	shown_has(&s, "door, 10.0.0.9\n");
	shown_lacks(&s, "many");
	day(&s);
	assert_int_equal(shown_run(&s, &nw_command_viewers, (struct nw_options){ .operand = "x" }),
			 NW_EXIT_OK);
	shown_has(&s, "no such camera was seen; there are door, 10.0.0.10, 10.0.0.11\n");
}

static unsigned count(const struct shown *s, const char *what)
{
	unsigned n = 0;

	for (const char *p = s->text; (p = strstr(p, what)); p++) {
		n++;
	}
	return n;
}

/* The same as records: who is in the table is in them, and nobody else. */
static void as_json(void **state)
{
	static struct shown s;

	(void)state;
	day(&s);
	assert_int_equal(
		shown_run(&s, &nw_command_viewers, (struct nw_options){ .format = NW_FORMAT_JSON }),
		NW_EXIT_OK);
	assert_int_equal(s.text[0], '{');
	assert_int_equal(count(&s, "\"dataset\":\"nvrwatch.view\""), 5);
	assert_int_equal(count(&s, "\n"), 5);
	assert_int_equal(count(&s, "\"action\":\"read\""), 3);
	assert_int_equal(count(&s, "\"action\":\"served\""), 2);
	shown_has(&s, "\"destination\":{\"ip\":\"10.0.0.50\"},\"server\":{\"port\":8080},"
		      "\"nvrwatch\":{\"view\":{\"how\":\"only_source\",\"camera\":"
		      "[{\"id\":\"door\",\"address\":\"10.0.0.9\"}],\"bytes\":");
	shown_has(&s, "\"how\":\"possible\"");
	shown_lacks(&s, "203.0.113.10\"");
	shown_lacks(&s, "10.0.0.51");
	day(&s);
	assert_int_equal(
		shown_run(&s, &nw_command_viewers,
			  (struct nw_options){ .format = NW_FORMAT_JSON, .operand = "door" }),
		NW_EXIT_OK);
	assert_int_equal(count(&s, "\"dataset\":\"nvrwatch.view\""), 2);
	shown_lacks(&s, "10.0.0.10");
}

/* As the table of cameras has them: by their addresses, the declared one among them. */
static void in_order(void **state)
{
	static struct shown s;
	const struct talk late = camera_of(THIRD);
	const char *first, *last;

	(void)state;
	day(&s);
	camera_talk(s.f, &late, 9, "10.0.0.2", stream);
	camera_mac(s.f, "10.0.0.3", "c0:56:e3:01:02:03 m Hikvision");
	camera_talk(s.f, &late, 10, "10.0.0.3", (struct volume){ 500, 500, 5 });
	assert_int_equal(shown_run(&s, &nw_command_viewers, (struct nw_options){ 0 }), NW_EXIT_OK);
	first = strstr(s.text, "10.0.0.2\n");
	last = strstr(s.text, "10.0.0.11\n");
	assert_true(first && last && first < strstr(s.text, "door, 10.0.0.9\n"));
	assert_true(strstr(s.text, "door, 10.0.0.9\n") < strstr(s.text, "10.0.0.10\n"));
	assert_true(strstr(s.text, "10.0.0.10\n") < last);
	shown_has(&s, "10.0.0.3, m\n    nobody was seen to read it\n");
}

/* Records that can't be written are no success. */
static void a_full_disk(void **state)
{
	const struct nw_options json = { .format = NW_FORMAT_JSON };
	static struct shown s;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(full >= 0);
	day(&s);
	assert_int_equal(shown_run_to(&s, &nw_command_viewers, json, full), NW_EXIT_FAILURE);
	close(full);
}

/* A recording's catalogue is whose the recording is. */
static void a_makers_name(void **state)
{
	static struct shown s;
	const struct talk talk = camera_of(ONE);

	(void)state;
	shown_start(&s, SHOWN_CONFIG);
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = ONE, .comm = "one" });
	camera_mac(s.f, "10.0.0.9", "c0:56:e3:01:02:03 m\x1b[1m Hikvision");
	camera_talk(s.f, &talk, 1, "10.0.0.9", stream);
	assert_int_equal(shown_run(&s, &nw_command_viewers, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "door, 10.0.0.9, m\\x1b[1m\n");
	shown_lacks(&s, "\x1b");
}

/* As long as a chain can be, of names that no terminal may see: records have them as they are. */
static void a_chain(void **state)
{
	static const struct talk talk = { .proto = IPPROTO_TCP, .port = 443, .pid = PASSES + 7 };
	static const char plain[] = "one > a\\u001b\\\\bcdefghijkm > ";
	static const char shown_as[] = "one > a\\x1b\\\\bcdefghijkm > ";
	static const enum nw_format formats[] = { NW_FORMAT_JSON, NW_FORMAT_TEXT };
	static struct shown s;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		day(&s);
		for (uint32_t k = 0; k < NW_CHAIN_MAX - 1; k++) {
			nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = PASSES + k,
								 .comm = "a\x1b\\bcdefghijkm" });
			feed_pipe(s.f, k ? PASSES + k - 1 : ONE, PASSES + k, 900 + k);
		}
		camera_talk(s.f, &talk, 9, "203.0.113.11", shown);
		assert_int_equal(shown_run(&s, &nw_command_viewers,
					   (struct nw_options){ .format = formats[i] }),
				 NW_EXIT_OK);
		shown_has(&s, i ? shown_as : plain);
		assert_int_equal(count(&s, i ? "\\bcdefghijkm > " : "bcdefghijkm > "),
				 NW_CHAIN_MAX - 2);
		shown_has(&s, i ? "bcdefghijkm\n" : "bcdefghijkm\",\"declared\"");
		shown_lacks(&s, "\x1b");
	}
}

/* Both ends of a connection on loopback. */
static void both_ends(const struct shown *s, struct nw_ev_sock end[2], const struct talk *asks,
		      const struct talk *serves)
{
	end[0] = camera_sock(s->f, asks, 20, "127.0.0.1");
	end[1] = camera_sock(s->f, serves, 21, "127.0.0.1");
	for (unsigned i = 0; i < 2; i++) {
		nw_feed_addr(end[i].laddr, "127.0.0.1");
		end[i].flags |= NW_SOCK_LOOPBACK;
	}
}

/* Who watches by a web server gets what it gets; a play-back of about as many bytes, at the same time and of
 * the same server, does not. */
static void beside_a_play_back(void **state)
{
	const struct talk camera = camera_of(ONE), serves = viewer_of(ONE), out = viewer_of(THIRD);
	const struct talk asks = { .proto = IPPROTO_TCP, .port = 8080, .pid = THIRD };
	static const char *const viewer[] = { "10.0.0.60", "10.0.0.61" };
	struct nw_ev_sock loop[2], to[2];
	static struct shown s;

	(void)state;
	shown_start(&s, SHOWN_CONFIG);
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = ONE, .comm = "one" });
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = THIRD, .comm = "web" });
	camera_talk(s.f, &camera, 1, "10.0.0.9", stream);
	both_ends(&s, loop, &asks, &serves);
	for (unsigned i = 0; i < 2; i++) {
		to[i] = camera_sock(s.f, &out, 22 + i, viewer[i]);
		s.f->now_ns += NW_FEED_SEC / 10;
	}
	for (uint64_t i = 1; i <= 20; i++) {
		s.f->now_ns += NW_FEED_SEC / 5;
		nw_feed_bytes(&loop[0], 100, 10000 * i);
		nw_feed_bytes(&loop[1], 10000 * i, 100);
		nw_feed_bytes(&to[0], 300 + 10000 * i, 100);
		nw_feed_bytes(&to[1], 10010 * i, 100);
		loop[0].ev.ts_ns = loop[1].ev.ts_ns = to[0].ev.ts_ns = to[1].ev.ts_ns = s.f->now_ns;
		nw_feed_event(s.f, &loop[0].ev);
		nw_feed_event(s.f, &loop[1].ev);
		nw_feed_event(s.f, &to[0].ev);
		nw_feed_event(s.f, &to[1].ev);
	}
	nw_feed_tick(s.f, 2 * NW_FEED_SEC);
	assert_int_equal(shown_run(&s, &nw_command_viewers, (struct nw_options){ 0 }), NW_EXIT_OK);
	assert_int_equal(count(&s, "as many bytes came by the chain one > web"), 1);
	assert_true(strstr(s.text, "by the chain") < strstr(s.text, "10.0.0.61"));
	shown_has(&s, "possible: chain one > web");
}

/* What a connection brought is whole when it ends, and forgotten then: who passed it on can be behind until
 * then, and end after it. */
static void passed_on_with_a_delay(void **state)
{
	const struct talk camera = camera_of(ONE);
	static const struct talk out = { .proto = IPPROTO_TCP, .port = 1935, .pid = THIRD };
	static const char *const told[] = { "as many bytes came by the chain one > nc",
					    "possible: chain one > nc" };
	static struct shown s;

	(void)state;
	for (unsigned is_less = 0; is_less < 2; is_less++) {
		struct nw_ev_sock from, to;

		shown_start(&s, SHOWN_CONFIG);
		nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = ONE, .comm = "one" });
		nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = THIRD, .comm = "nc" });
		feed_pipe(s.f, ONE, THIRD, 900);
		camera_talk(s.f, &camera, 1, "10.0.0.9", (struct volume){ 100, 100, 1 });
		from = camera_sock(s.f, &camera, 1, "10.0.0.9");
		to = camera_sock(s.f, &out, 2, "203.0.113.11");
		for (uint64_t i = 1; i <= 20; i++) {
			s.f->now_ns += NW_FEED_SEC / 5;
			from.ev.ts_ns = to.ev.ts_ns = s.f->now_ns;
			nw_feed_bytes(&from, 300, 10000 * i);
			nw_feed_bytes(&to, (is_less ? 5000 : 10000) * (i < 20 ? i / 2 : i), 0);
			nw_feed_event(s.f, &to.ev);
			nw_feed_event(s.f, &from.ev);
		}
		from.ev.what = to.ev.what = NW_SOCK_CLOSE;
		nw_feed_event(s.f, &from.ev);
		nw_feed_tick(s.f, NW_FEED_SEC);
		to.ev.ts_ns = s.f->now_ns;
		nw_feed_event(s.f, &to.ev);
		nw_feed_tick(s.f, NW_FEED_SEC);
		assert_int_equal(shown_run(&s, &nw_command_viewers, (struct nw_options){ 0 }),
				 NW_EXIT_OK);
		shown_has(&s, told[is_less]);
	}
}

NW_TESTS(user_viewers, cmocka_unit_test(a_chain), cmocka_unit_test(beside_a_play_back),
	 cmocka_unit_test(in_order), cmocka_unit_test(a_full_disk), cmocka_unit_test(recordings),
	 cmocka_unit_test(as_json), cmocka_unit_test(everybody), cmocka_unit_test(one),
	 cmocka_unit_test(a_makers_name), cmocka_unit_test(passed_on_with_a_delay));
