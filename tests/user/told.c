/* SPDX-License-Identifier: Apache-2.0 */
/* findings, report, learn: what is printed for people, with names in it that somebody chose. */
#include "user/shown.h"

#include "indicators/net_feed.h"

extern const struct nw_command nw_command_findings;
extern const struct nw_command nw_command_learn;
extern const struct nw_command nw_command_report;

static void run_from_memory(struct shown *s)
{
	shown_start(s, "");
	nw_feed_fact(s->f, "host.name", "nvr\x1b[2J<i>");
	nw_feed_proc(s->f, (struct nw_feed_exec){ .pid = 100,
						  .comm = "<b>|`\x1b[2J",
						  .exe = "memfd:\x1b]0;x",
						  .flags = NW_PROC_MEMFD });
}

static void a_key_is_foreign_text(void **state)
{
	static struct shown s;

	(void)state;
	run_from_memory(&s);
	assert_int_equal(shown_run(&s, &nw_command_findings, (struct nw_options){ .operand = "1" }),
			 NW_EXIT_OK);
	shown_has(&s, "key                      memory memfd:\\x1b]0;x");
	shown_lacks(&s, "\x1b");
}

static void a_report_is_no_page_of_others(void **state)
{
	static struct shown s;

	(void)state;
	run_from_memory(&s);
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "# nvr\\x1b[2J\\<i>\n");
	shown_has(&s, "| \\<b>\\|\\`\\x1b[2J[100] |");
	shown_lacks(&s, "\x1b");
}

static void a_report_in_json(void **state)
{
	static struct shown s;

	(void)state;
	run_from_memory(&s);
	assert_int_equal(
		shown_run(&s, &nw_command_report, (struct nw_options){ .format = NW_FORMAT_JSON }),
		NW_EXIT_OK);
	shown_has(&s, "\"host\":\"nvr\\\\x1b[2J<i>\"");
}

/* Whoever is on the host chooses the name by which it reaches its own server. */
static void a_name_is_no_pattern(void **state)
{
	static const struct {
		const char *name, *address, *row;
	} rows[] = {
		{ "up.example.org", "203.0.113.7", "\n  - {to: \"up.example.org\", " },
		{ "*.example.com", "203.0.113.8",
		  "\n  # not accepted: - {to: \"*.example.com\", " },
		{ "0.0.0.0/0", "203.0.113.9", "\n  # not accepted: - {to: \"0.0.0.0/0\", " },
	};
	static struct shown s;
	struct nf n = { .rule = "none", .cookie = 1000 };

	(void)state;
	shown_start(&s, "");
	n.feed = s.f;
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .exe = "/usr/bin/agent" });
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		nf_ask(&n, rows[i].name, (struct nf_dns){ .address = rows[i].address });
		nf_contact(&n, (struct nf_contact){ .to = rows[i].address, .tx = 900, .rx = 900 });
	}
	assert_int_equal(shown_run(&s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		shown_has(&s, rows[i].row);
	}
}

/* A row without a program is for all of them. */
static void who_has_no_path_gets_no_row(void **state)
{
	static struct shown s;
	struct nf n = { .rule = "none", .cookie = 1000 };

	(void)state;
	shown_start(&s, "");
	nw_feed_proc(s.f, (struct nw_feed_exec){ .pid = 100, .exe = "memfd:x" });
	n.feed = s.f;
	nf_contact(&n, (struct nf_contact){ .tx = 900, .rx = 900 });
	assert_int_equal(shown_run(&s, &nw_command_learn, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "\n  # not accepted: - {to: \"203.0.113.7\", port: 443, why");
}

NW_TESTS(user_told, cmocka_unit_test(a_key_is_foreign_text),
	 cmocka_unit_test(a_report_is_no_page_of_others), cmocka_unit_test(a_report_in_json),
	 cmocka_unit_test(a_name_is_no_pattern), cmocka_unit_test(who_has_no_path_gets_no_row));
