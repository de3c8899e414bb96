/* SPDX-License-Identifier: Apache-2.0 */
/* report: what others call things is text of the page, and no more; what was lost is added up. */
#include "user/shown.h"

#include "state/camera_feed.h"

extern const struct nw_command nw_command_report;

static const struct talk camera = {
	.proto = IPPROTO_TCP,
	.port = 554,
	.sent = BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
	.heard = BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"),
	.pid = 100,
};

static void names_are_text(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, "cameras: [{name: \"![a](//b/c)|<i>[d]\", address: 10.0.0.9}]\n");
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .comm = "nvr" });
	camera_talk(s.f, &camera, 1, "10.0.0.9", (struct volume){ 50000, 100, 20 });
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "| ![a]\\(//b/c)\\|\\<i>[d] | 10.0.0.9 |");
}

static void losses_are_said(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, "");
	nw_feed_loss(s.f, NW_LOSS_HEAD, 5);
	nw_feed_loss(s.f, NW_LOSS_LINK, 2);
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "; 7 things were lost.");
}

/* Who made a camera, how that is known and who reads it: the first question asks for it. */
static void makers_are_told(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, "cameras: [{name: door, address: 10.0.0.9, maker: hikvision}]\n");
	nw_feed_fact(s.f, "maker.hikvision", "Hangzhou Hikvision");
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .comm = "nvr" });
	camera_talk(s.f, &camera, 1, "10.0.0.9", (struct volume){ 50000, 100, 20 });
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "1 camera had contact with this host: 1 of hikvision.\n");
	shown_has(&s,
		  "| door | 10.0.0.9 | - | hikvision | declared | - | - | rtsp | no | nvr[100] |");
	shown_has(&s,
		  "| Cameras and recorders are declared | no | 1 of 1 cameras seen, 0 recorders |");
}

#define NOBODY_RESTRICTS "| No camera is of a maker that a law or an order restricts |"

static void check_restriction(const char *yaml, const char *says)
{
	static struct shown s;

	shown_start(&s, yaml);
	nw_feed_fact(s.f, "restriction.1", "hikvision\tUS\t2019-08-13\tmay not be bought");
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .comm = "nvr" });
	camera_talk(s.f, &camera, 1, "10.0.0.9", (struct volume){ 50000, 100, 20 });
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, says);
}

/* Of a maker that nobody knows it can't be told. */
static void restricted_makers_are_said(void **state)
{
	(void)state;
	check_restriction("cameras: [{name: door, address: 10.0.0.9, maker: hikvision}]\n",
			  NOBODY_RESTRICTS " no | 1 of such makers, by the catalogue; "
					   "of 0 of 1 the maker is not known |");
	check_restriction("cameras: [{name: door, address: 10.0.0.9, maker: axis}]\n",
			  NOBODY_RESTRICTS
			  " nothing against it was seen | 0 of such makers, by the "
			  "catalogue; of 0 of 1 the maker is not known |");
	check_restriction("cameras: [{name: door, address: 10.0.0.9}]\n",
			  NOBODY_RESTRICTS " cannot be told | 0 of such makers, by the catalogue; "
					   "of 1 of 1 the maker is not known |");
}

#define WATCHED                                                                           \
	"cameras: [{name: door, address: 10.0.0.9}, {name: door2, address: 10.0.0.10}]\n" \
	"trusted_networks: [10.0.0.0/24]\n"

/* One reads the door and has viewers: two outside, one of whom is declared, and one inside. */
static void watch(struct shown *s, const char *yaml)
{
	static char config[1024];
	const struct talk seen = {
		.proto = IPPROTO_TCP, .port = 8080, .is_inbound = true, .pid = 100
	};
	const struct volume shows = { 900, 60000, 20 };

	(void)snprintf(config, sizeof(config), WATCHED "%s", yaml);
	shown_start(s, config);
	nw_feed_proc(s->f, (struct nw_feed_exec){ .pid = 100, .comm = "nvr" });
	camera_talk(s->f, &camera, 1, "10.0.0.9", (struct volume){ 50000, 100, 20 });
	camera_talk(s->f, &seen, 4, "203.0.113.9", shows);
	camera_talk(s->f, &seen, 5, "198.51.100.9", shows);
	camera_talk(s->f, &seen, 6, "10.0.0.50", shows);
	nw_feed_tick(s->f, 2 * NW_FEED_SEC);
	assert_int_equal(shown_run(s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
}

/* Who may watch from outside, and who of them did: the second question asks for both. */
static void declared_viewers_are_told(void **state)
{
	static struct shown s;

	(void)state;
	watch(&s, "");
	shown_has(&s, " Nobody is declared to be allowed to watch from outside.\n");
	shown_lacks(&s, "| may watch |");
	watch(&s, "listeners:\n"
		  "  - {port: 8080, from: 203.0.113.0/24}\n"
		  "  - {port: 8081, from: 203.0.113.0/24}\n"
		  "  - {port: 8080, from: 192.0.2.0/24}\n"
		  "  - {port: 8080, from: 10.0.0.0/25}\n"
		  "  - {port: 443}\n"
		  "allowed:\n"
		  "  - {to: control.example.org, port: 443, why: \"the room|\"}\n"
		  "  - {to: 10.0.0.0/8}\n"
		  "  - {to: 10.0.0.50}\n");
	shown_has(
		&s,
		" 5 declared to be allowed to watch from outside, or to be sent to: 1 of them did, "
		"0 possibly. 1 port is declared for everybody, which names no viewer.\n");
	shown_has(
		&s,
		"| may watch | declared in | port | program | why | did | bytes | cameras | by |");
	shown_has(&s, "| 203.0.113.0/24 | listeners | 8080/tcp | - | - | yes | 240000 | door | "
		      "nvr[100] |\n");
	shown_has(&s, "| 203.0.113.0/24 | listeners | 8081/tcp | - | - | not seen | 0 | - | - |\n");
	shown_has(&s, "| 192.0.2.0/24 | listeners | 8080/tcp | - | - | not seen | 0 |");
	shown_has(&s, "| control.example.org | allowed | 443 | - | the room\\| | not seen | 0 |");
	shown_has(&s, "| 10.0.0.0/8 | allowed | any | - | - | not seen |"); /* more than inside */
	shown_lacks(&s, "| 10.0.0.0/25 |");
	shown_lacks(&s, "| 10.0.0.50 | allowed");
}

/* Of one who reads two cameras it is possible only. */
static void what_is_possible_is_said(void **state)
{
	static struct shown s;
	const struct talk seen = {
		.proto = IPPROTO_TCP, .port = 8080, .is_inbound = true, .pid = 100
	};

	(void)state;
	shown_start(&s, WATCHED "allowed: [{to: 198.51.100.9, why: police}]\n");
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .comm = "nvr" });
	camera_talk(s.f, &camera, 1, "10.0.0.9", (struct volume){ 50000, 100, 20 });
	camera_talk(s.f, &camera, 2, "10.0.0.10", (struct volume){ 50000, 100, 20 });
	camera_talk(s.f, &seen, 5, "198.51.100.9", (struct volume){ 900, 60000, 20 });
	nw_feed_tick(s.f, 2 * NW_FEED_SEC);
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(
		&s,
		"1 declared to be allowed to watch from outside, or to be sent to: 0 of them did, "
		"1 possibly.\n");
	shown_has(&s,
		  "| 198.51.100.9 | allowed | any | - | police | possibly | 240000 | door2, door | "
		  "nvr[100] |\n");
}

/* What an alert rests on is in the report; of what is for information its number is enough. */
static void alerts_have_their_evidence(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, "");
	nw_feed_tick(s.f, NW_FEED_SEC);
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100,
						 .comm = "kit",
						 .exe = "/dev/shm/kit",
						 .exe_ino = 7,
						 .exe_dev = 25 });
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "\n- executable: /dev/shm/kit\n- file: inode 7 of device 0:25\n"
		      "- evidence:\n    - kind: shared_memory\n");
	shown_has(&s, "\n- known ways to be wrong: ");
	shown_has(&s, "| There is no way in that nobody declared | no | 1 alerts, ");
}

/* "None seen" where nobody looked is no answer. */
static void what_was_not_looked_at_is_said(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, "");
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "- No folder of recordings was watched (recording_roots)");
	shown_has(&s, "| No recording leaves but where that is declared | cannot be told |");
	shown_has(&s, "- Whether somebody changed what this host starts by itself was not seen.");
	shown_start(&s, "");
	nw_feed_fact(s.f, "files.0", "/srv/video");
	nw_feed_fact(s.f, "changes", "2 patterns, 2 folders");
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_lacks(&s, "- No folder of recordings was watched");
	shown_lacks(&s, "- Whether somebody changed");
}

NW_TESTS(user_report, cmocka_unit_test(names_are_text), cmocka_unit_test(losses_are_said),
	 cmocka_unit_test(makers_are_told), cmocka_unit_test(restricted_makers_are_said),
	 cmocka_unit_test(declared_viewers_are_told), cmocka_unit_test(what_is_possible_is_said),
	 cmocka_unit_test(alerts_have_their_evidence),
	 cmocka_unit_test(what_was_not_looked_at_is_said));
