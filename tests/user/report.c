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

/* What an alert rests on is in the report; of what is for information its number is enough. */
static void alerts_have_their_evidence(void **state)
{
	static struct shown s;

	(void)state;
	shown_start(&s, "");
	nw_feed_tick(s.f, NW_FEED_SEC);
	nw_feed_proc(s.f,
		     (struct nw_feed_exec){ .pid = 100, .comm = "kit", .exe = "/dev/shm/kit" });
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "\n- executable: /dev/shm/kit\n- evidence:\n    - kind: shared_memory\n");
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
	 cmocka_unit_test(alerts_have_their_evidence),
	 cmocka_unit_test(what_was_not_looked_at_is_said));
