/* SPDX-License-Identifier: Apache-2.0 */
/* viewers: to whom recordings go, inside and outside, and what is then no live picture any more. */
#include "user/shown.h"

#include <time.h>

#include "show.h"
#include "state/camera_feed.h"

extern const struct nw_command nw_command_viewers;

#define CONFIG	  "cameras: [{name: door, address: 10.0.0.9}, {name: gate, address: 10.0.0.10}]\n"
#define FILE_SIZE 3000000

enum {
	RECORDER = 100, /* reads both cameras */
	WEB,
	COPIER,
	OTHER, /* of COPIER's session, as the next one */
	NEXT,
	ALONE, /* reads a third camera, and no other */
};

static const struct volume stream = { 50000, 100, 20 };
/* The file, and what a server says before it. */
static const struct volume played = { 500, FILE_SIZE / 4 + 50, 20 };

static const struct talk camera = { .proto = IPPROTO_TCP,
				    .port = 554,
				    .sent = BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
				    .heard = BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"),
				    .pid = RECORDER };
static const struct talk web = { .proto = IPPROTO_TCP, .port = 80, .is_inbound = true, .pid = WEB };
static const struct talk copy = { .proto = IPPROTO_TCP, .port = 443, .pid = COPIER };

/* Both cameras are read by the recorder. */
static void day(struct shown *s)
{
	static const struct nw_feed_exec who[] = {
		{ .pid = RECORDER, .comm = "nvr" },
		{ .pid = WEB, .comm = "nginx" },
		{ .pid = COPIER, .comm = "curl", .session = COPIER },
		{ .pid = OTHER, .comm = "tar", .session = COPIER },
		{ .pid = NEXT, .comm = "tar", .session = COPIER },
	};

	shown_start(s, CONFIG);
	nw_feed_fact(s->f, "files.0", "/srv/rec\nopened, position");
	for (unsigned i = 0; i < NW_ARRAY_SIZE(who); i++) {
		nw_feed_proc(s->f, who[i]);
	}
	camera_talk(s->f, &camera, 1, "10.0.0.9", stream);
	camera_talk(s->f, &camera, 2, "10.0.0.10", stream);
}

static void read_file(struct shown *s, uint32_t pid, uint64_t inode, const char *path,
		      uint32_t size)
{
	nw_feed_file(s->f, (struct nw_feed_file){ .what = NW_FILE_USED,
						  .pid = pid,
						  .inode = inode,
						  .size = size,
						  .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ,
						  .age_s = 3600,
						  .path = path });
}

/* The last word of a flow, which says all that it carried. */
static void close_flow(struct shown *s, const struct talk *talk, unsigned n, const char *peer,
		       struct volume all)
{
	struct nw_ev_sock end = camera_sock(s->f, talk, n, peer);

	end.ev.what = NW_SOCK_CLOSE;
	nw_feed_bytes(&end, all.sent, all.heard);
	nw_feed_event(s->f, &end.ev);
}

static void text(struct shown *s, const char *operand)
{
	nw_feed_tick(s->f, NW_FEED_SEC);
	assert_int_equal(
		shown_run(s, &nw_command_viewers, (struct nw_options){ .operand = operand }),
		NW_EXIT_OK);
}

/* A file that is read, and what is sent then: by who copies, else to who asked. */
struct step {
	uint32_t reader; /* 0: nobody reads */
	const char *path;
	uint32_t sender; /* 0: nothing is sent yet */
	const char *peer;
	uint32_t size;	      /* 0: FILE_SIZE */
	struct volume volume; /* 0: the file is played */
};
#define READ(pid, file) .reader = (pid), .path = (file)
#define SENT(pid, to)	.sender = (pid), .peer = (to)

struct scene {
	struct step step[3];
	const char *operand;
	const char *has[4];
	const char *lacks[2];
};

static void play(struct shown *s, const struct step step[3])
{
	day(s);
	for (const struct step *c = step; c < step + 3; c++) {
		struct talk talk = c->sender == COPIER ? copy : web;

		if (c->reader) {
			read_file(s, c->reader, 10 + (uint64_t)(c - step), c->path,
				  c->size ? c->size : FILE_SIZE);
		}
		if (c->sender) {
			talk.pid = c->sender;
			camera_talk(s->f, &talk, 4 + (unsigned)(c - step), c->peer,
				    c->volume.bins ? c->volume : played);
		}
	}
}

static void show(const struct scene *c)
{
	static struct shown s;

	play(&s, c->step);
	text(&s, c->operand);
	for (unsigned i = 0; i < NW_ARRAY_SIZE(c->has) && c->has[i]; i++) {
		shown_has(&s, c->has[i]);
	}
	for (unsigned i = 0; i < NW_ARRAY_SIZE(c->lacks) && c->lacks[i]; i++) {
		shown_lacks(&s, c->lacks[i]);
	}
}

/* One desk plays back the gate while another one plays back the door: each under its camera. */
static void inside(void **state)
{
	struct scene c = {
		.step = { { READ(WEB, "gate/10.mp4"), SENT(WEB, "10.0.0.60") },
			  { READ(WEB, "door/10.mp4"), SENT(WEB, "10.0.0.61"), .size = FILE_SIZE * 2,
			    .volume = { 500, FILE_SIZE / 2 + 50, 20 } } },
		.operand = "gate",
		.has = { "by 10.0.0.60, inside  by nginx[101] port 80    3.0 MB  ",
			 "  path of the recording, 1 file read\n", " s observed, " },
		.lacks = { "10.0.0.61", "possible" },
	};

	(void)state;
	show(&c);
	c.operand = "door";
	c.has[0] = "by 10.0.0.61, inside  by nginx[101] port 80    6.0 MB  ";
	c.lacks[0] = "10.0.0.60";
	show(&c);
}

/* Who copies sends what it read, to outside; the file is told behind the end of the connection. */
static void outside(void **state)
{
	static struct shown s;

	(void)state;
	day(&s);
	camera_talk(s.f, &copy, 4, "203.0.113.9", played);
	close_flow(&s, &copy, 4, "203.0.113.9", (struct volume){ 500 * 4, played.sent * 4, 0 });
	nw_feed_tick(s.f, NW_FEED_SEC / 5);
	read_file(&s, COPIER, 10, "gate/10.mp4", FILE_SIZE);
	text(&s, "gate");
	shown_has(&s, "sent to 203.0.113.9, outside  by curl[102] port 443    3.0 MB  ");
	shown_has(&s, "path of the recording, 1 file read\n");
}

/* Recordings of two cameras in one connection, a part of each: bytes are shared out. */
static void of_several(void **state)
{
	static const struct step step[3] = {
		{ READ(COPIER, "gate/10.mp4") },
		{ READ(COPIER, "door/10.mp4"), SENT(COPIER, "10.0.0.70") },
	};
	static struct shown s;

	(void)state;
	play(&s, step);
	text(&s, NULL);
	shown_has(&s, "sent to 10.0.0.70, inside  by curl[102] port 443    1.5 MB  ");
	shown_has(&s, "path of the recording, 1 file read, its part of all that was sent\n");
	assert_non_null(strstr(strstr(s.text, "10.0.0.70") + 1, "10.0.0.70"));
}

/* The recorder could send either camera's live picture: what it read explains what it sent. */
static void possible_is_dropped(void **state)
{
	static const struct scene unread = {
		.step = { { SENT(RECORDER, "10.0.0.60") } },
		.has = { "possible: one of gate, door; same process" },
		.lacks = { "path of the recording" },
	};
	static const struct scene read = {
		.step = { { READ(RECORDER, "gate/10.mp4"), SENT(RECORDER, "10.0.0.60") } },
		.has = { "path of the recording, 1 file read\n" },
		.lacks = { "possible" },
	};

	(void)state;
	show(&unread);
	show(&read);
}

/* A server that read for others, too: one of them at most. Nothing of it explains ten times as much. */
static void only_possible(void **state)
{
	static const struct scene c = {
		.step = { { READ(WEB, "gate/10.mp4") },
			  { READ(WEB, "door/10.mp4"), SENT(WEB, "10.0.0.60"),
			    .volume = { 500, FILE_SIZE / 16, 20 } },
			  { SENT(WEB, "10.0.0.61"), .volume = { 500, FILE_SIZE * 15, 20 } } },
		.has = { "possible: one of gate, door; path of the recording, 2 files read\n" },
		.lacks = { "10.0.0.61" },
	};

	(void)state;
	show(&c);
}

/* Another process of the session sends as much: it can be what was read. */
static void of_a_session(void **state)
{
	static const struct scene c = {
		.step = { { READ(OTHER, "gate/10.mp4"), SENT(COPIER, "203.0.113.9") } },
		.has = { "by curl[102] port 443    3.0 MB  ",
			 "  possible: path of the recording, 1 file read\n" },
	};

	(void)state;
	show(&c);
}

/* The gate's file is gone, and the door's has its inode: what was read is the sum of both. */
static void inode_again(void **state)
{
	static struct shown s;

	(void)state;
	day(&s);
	read_file(&s, OTHER, 10, "gate/10.mp4", FILE_SIZE);
	read_file(&s, NEXT, 10, "door/11.mp4", FILE_SIZE / 3);
	camera_talk(s.f, &copy, 4, "203.0.113.9", (struct volume){ 500, FILE_SIZE / 3 + 50, 20 });
	text(&s, NULL);
	shown_has(&s, "  possible: one of gate, door; path of the recording, 2 files read\n");
}

/* By its name or its address, whichever the path or the table has. */
static void by_address(void **state)
{
	static const struct scene unread = {
		.step = { { READ(WEB, "gate/10.mp4") } },
		.operand = "10.0.0.9",
		.has = { "no recording of it was seen to be read" },
	};
	struct scene c = {
		.step = { { READ(WEB, "gate/10.mp4"), SENT(WEB, "10.0.0.60") } },
		.operand = "gate",
		.has = { "gate, 10.0.0.10\n    read by nvr[100]", "watched by 10.0.0.60",
			 "gate: 1 file read by nginx, at most 3.0 MB" },
		.lacks = { "door" },
	};

	(void)state;
	show(&c);
	c.operand = "10.0.0.10";
	show(&c);
	show(&unread);
}

/* A folder that no camera has, and one whose name is no text. */
static void not_seen(void **state)
{
	static const struct scene c = {
		.step = { { READ(WEB, "old\x1b/10.mp4"), SENT(WEB, "10.0.0.60") } },
		.has = { "recordings of cameras that were not seen\n  old\\x1b\n"
			 "    watched by 10.0.0.60" },
		.lacks = { "\x1b" },
	};

	(void)state;
	show(&c);
}

/* Each of them once, with all of its rows below it. */
static void several_not_seen(void **state)
{
	static const struct step step[3] = {
		{ READ(WEB, "old/10.mp4"), SENT(WEB, "10.0.0.60") },
		{ READ(WEB, "new/10.mp4"), SENT(WEB, "10.0.0.61"), .size = FILE_SIZE * 2,
		  .volume = { 500, FILE_SIZE / 2 + 50, 20 } },
		{ READ(WEB, "old/11.mp4"), SENT(WEB, "10.0.0.62"), .size = FILE_SIZE * 4,
		  .volume = { 500, FILE_SIZE + 50, 20 } },
	};
	static struct shown s;
	const char *old, *other;

	(void)state;
	play(&s, step);
	text(&s, NULL);
	shown_has(&s, "recordings of cameras that were not seen\n  old\n    watched by 10.0.0.60");
	old = strstr(s.text, "\n  old\n");
	other = strstr(s.text, "\n  new\n    watched by 10.0.0.61");
	assert_true(other && strstr(old, "watched by 10.0.0.62") < other);
	assert_null(strstr(old + 1, "\n  old\n"));
}

static void check_span(const char *zone, uint64_t from, uint64_t to, const char *expected)
{
	char span[NW_SHOW_SPAN];

	assert_int_equal(setenv("TZ", zone, 1), 0);
	tzset();
	nw_show_span(span, from * NW_FEED_SEC, to * NW_FEED_SEC);
	assert_string_equal(span, expected);
	assert_int_equal(unsetenv("TZ"), 0);
	tzset();
}

/* The day is said, and the second one where midnight is between the two; so is the zone. */
static void days(void **state)
{
	static const char *const summer = "CET-1CEST,M3.5.0,M10.5.0/3";
	static struct shown s;

	(void)state;
	check_span("UTC", 1700000000, 1700000005, "2023-11-14 22:13:20 to 22:13:25 +0000");
	check_span("UTC", 1700000000, 1700007000,
		   "2023-11-14 22:13:20 to 2023-11-15 00:10:00 +0000");
	check_span(summer, 1698539400, 1698543000, "2023-10-29 02:30:00 +0200 to 02:30:00 +0100");
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	day(&s);
	text(&s, NULL);
	shown_has(&s, "  2023-11-14 22:30:00 to 22:30:0");
	shown_has(&s, " +0000\n");
	assert_int_equal(unsetenv("TZ"), 0);
}

/* More flows than are looked at together, and more ended ones than wait: none is forgotten. */
static void many_flows(void **state)
{
	const struct volume at_once = { 500, (FILE_SIZE + 100) * 5, 1 };
	static struct shown s;
	struct talk one = web;

	(void)state;
	day(&s);
	read_file(&s, WEB, 10, "gate/10.mp4", FILE_SIZE);
	for (uint16_t i = 0; i < 1200; i++) {
		one.own_port = (uint16_t)(20000 + i);
		camera_talk(s.f, &one, 10U + i, "10.0.0.60", at_once);
		if (i % 8 == 0) {
			read_file(&s, WEB, 10, "gate/10.mp4", FILE_SIZE);
			close_flow(&s, &one, 10U + i, "10.0.0.60",
				   (struct volume){ 100, FILE_SIZE + 100, 0 });
		}
	}
	text(&s, NULL);
	shown_has(&s, "watched by 10.0.0.60, inside  by nginx[101] port 80    3.6 GB  ");
	shown_has(&s, "path of the recording, 1200 files read\n");
}

/* The camera's stream, which goes on to a viewer as it comes. */
static void pass_on(struct shown *s, const struct talk *in, const struct talk *out)
{
	struct nw_ev_sock from = camera_sock(s->f, in, 20, "10.0.0.11");
	struct nw_ev_sock to = camera_sock(s->f, out, 21, "10.0.0.61");

	camera_head(s->f, &from, NW_HEAD_TX, &in->sent);
	camera_head(s->f, &from, NW_HEAD_RX, &in->heard);
	for (unsigned i = 1; i <= stream.bins; i++) {
		s->f->now_ns += NW_FEED_SEC / 5;
		from.ev.ts_ns = to.ev.ts_ns = s->f->now_ns;
		nw_feed_bytes(&from, 40, stream.heard / 5 * i);
		nw_feed_event(s->f, &from.ev);
		nw_feed_bytes(&to, stream.heard / 5 * i, 100);
		nw_feed_event(s->f, &to.ev);
	}
}

/* Who reads one camera alone sends its picture, and a recording where that fits and the picture does not: no
 * bytes are told twice. */
static void of_who_reads_one(void **state)
{
	static struct shown s;
	struct talk in = camera;
	struct talk out = web;

	(void)state;
	day(&s);
	in.pid = out.pid = ALONE;
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = ALONE, .comm = "alone" });
	read_file(&s, ALONE, 10, "gate/10.mp4", stream.heard / 5 * stream.bins);
	pass_on(&s, &in, &out);
	read_file(&s, ALONE, 11, "gate/11.mp4", FILE_SIZE);
	camera_talk(s.f, &out, 4, "10.0.0.60", played);
	text(&s, NULL);
	shown_has(&s, "by 10.0.0.61, inside  by alone[105] port 80    200 kB  ");
	shown_has(&s, "by 10.0.0.60, inside  by alone[105] port 80    3.0 MB  ");
	assert_null(strstr(strstr(s.text, "by 10.0.0.60") + 1, "by 10.0.0.60"));
	assert_null(strstr(strstr(s.text, "by 10.0.0.61") + 1, "by 10.0.0.61"));
	assert_non_null(strstr(strstr(s.text, "by 10.0.0.60"), "path of the recording, 1 file"));
	assert_non_null(strstr(strstr(s.text, "by 10.0.0.61"), "same process, which reads this"));
}

/* As records: one view each, with the camera's name and address, and whose it is only possibly. */
static void as_json(void **state)
{
	static const struct step step[3] = { { READ(COPIER, "gate/10.mp4"),
					       SENT(COPIER, "203.0.113.9") } };
	static struct shown s;

	(void)state;
	play(&s, step);
	nw_feed_tick(s.f, NW_FEED_SEC);
	assert_int_equal(
		shown_run(&s, &nw_command_viewers,
			  (struct nw_options){ .format = NW_FORMAT_JSON, .operand = "10.0.0.10" }),
		NW_EXIT_OK);
	shown_has(&s,
		  "\"view\":{\"how\":\"recording_path\",\"camera\":[{\"id\":\"gate\",\"address\":"
		  "\"10.0.0.10\"}],\"files\":1,\"bytes_at_most\":3000000,\"shared\":false,"
		  "\"bytes\":3000200,\"recorded\":true,\"inside\":false,\"declared\":false}");
	shown_has(&s, "\"action\":\"played\"");
	shown_lacks(&s, "\"door\"");
}

NW_TESTS(user_viewers_recorded, cmocka_unit_test(inside), cmocka_unit_test(outside),
	 cmocka_unit_test(of_several), cmocka_unit_test(of_who_reads_one),
	 cmocka_unit_test(possible_is_dropped), cmocka_unit_test(only_possible),
	 cmocka_unit_test(of_a_session), cmocka_unit_test(inode_again),
	 cmocka_unit_test(by_address), cmocka_unit_test(not_seen),
	 cmocka_unit_test(several_not_seen), cmocka_unit_test(days), cmocka_unit_test(many_flows),
	 cmocka_unit_test(as_json));
