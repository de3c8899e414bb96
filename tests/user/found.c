/* SPDX-License-Identifier: Apache-2.0 */
/* The table of findings has an end: findings and report say how many are behind it. */
#include "user/shown.h"

extern const struct nw_command nw_command_findings;
extern const struct nw_command nw_command_report;

#define ROWS 4096 /* of user/found.c */

/* So many programs from memory, each of its own name: a finding each. */
static void memories(struct shown *s, unsigned n)
{
	char name[32];

	shown_start(s, "limits: { processes: 8192 }\n");
	for (uint32_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "memfd:%u", i);
		nw_feed_proc(s->f, (struct nw_feed_exec){
					   .pid = 100 + i, .exe = name, .flags = NW_PROC_MEMFD });
		nw_feed_forget(s->f);
	}
}

static void what_found_no_room(void **state)
{
	static struct shown s;

	(void)state;
	memories(&s, ROWS + 2);
	assert_int_equal(shown_run(&s, &nw_command_findings, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "\nand 2 that found no room in this table\n");
	memories(&s, ROWS + 2);
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "things were lost. 2 findings found no room in this report.");
}

static void what_found_room(void **state)
{
	static struct shown s;

	(void)state;
	memories(&s, 5);
	assert_int_equal(shown_run(&s, &nw_command_findings, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_has(&s, "test[104]");
	shown_lacks(&s, "found no room");
	memories(&s, 5);
	assert_int_equal(shown_run(&s, &nw_command_report, (struct nw_options){ 0 }), NW_EXIT_OK);
	shown_lacks(&s, "found no room");
}

NW_TESTS(user_found, cmocka_unit_test(what_found_no_room), cmocka_unit_test(what_found_room));
