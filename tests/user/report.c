/* SPDX-License-Identifier: Apache-2.0 */
/* report: what others call things is text of the page, and no more; what was lost is added up. */
#include "user/shown.h"

#include "state/camera_feed.h"

extern const struct nw_command nw_command_report;

static void names_are_text(void **state)
{
	static const struct talk camera = {
		.proto = IPPROTO_TCP,
		.port = 554,
		.sent = BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"),
		.heard = BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"),
		.pid = 100,
	};
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

NW_TESTS(user_report, cmocka_unit_test(names_are_text), cmocka_unit_test(losses_are_said));
