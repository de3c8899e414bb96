/* SPDX-License-Identifier: Apache-2.0 */
/* Shells and interpreters: by file, by the name of another root's, and facts that make no sense. */
#include "feed.h"

#define SHELL (NW_PROGRAM_SHELL | NW_PROGRAM_INTERPRETER)

static uint32_t program(const char *exe, uint64_t ino)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	struct nw_proc_id id = nw_feed_pid(7);
	uint32_t bits;

	nw_feed_fact(f, "program.0.10", "shell /usr/bin/dash");
	nw_feed_fact(f, "program.0.11", "interpreter /usr/bin/perl");
	nw_feed_fact(f, "program.0.12", "interpreter /usr/bin/busybox");
	nw_feed_fact(f, "program.0.12", "shell /usr/bin/busybox");
	nw_feed_fact(f, "program.0.17", "loader /lib/ld-linux.so.2");
	nw_feed_fact(f, "program.9.13", "shell /usr/bin/bash");
	nw_feed_fact(f, "program.0.14", "weather /usr/bin/id");
	nw_feed_fact(f, "program.0", "shell /usr/bin/a");
	nw_feed_fact(f, "program.0.x", "shell /usr/bin/b");
	nw_feed_fact(f, "program.0.15", "shell");
	nw_feed_fact(f, "program.0.16", "shell /usr/bin/");
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7, .exe = exe, .exe_ino = ino });
	bits = nw_proc_find(f->state, &id)->program;
	assert_null(nw_fact_find(f->state, "program.0.10"));
	nw_feed_free(f);
	return bits;
}

static void programs(void **state)
{
	static const struct {
		const char *exe;
		uint64_t ino;
		uint32_t bits;
	} rows[] = {
		{ "/usr/bin/dash", 10, SHELL },
		{ "/tmp/[kworker]", 10, SHELL },
		{ "/usr/bin/perl", 11, NW_PROGRAM_INTERPRETER },
		{ "/usr/bin/busybox", 12, SHELL },
		{ "/rootfs/bin/dash", 99, SHELL | NW_PROGRAM_BY_NAME },
		{ "/usr/bin/perl", 99, NW_PROGRAM_INTERPRETER | NW_PROGRAM_BY_NAME },
		{ "/tmp/y", 17, NW_PROGRAM_LOADER },
		{ "/rootfs/ld-linux.so.2", 99, NW_PROGRAM_LOADER | NW_PROGRAM_BY_NAME },
		{ "/tmp/x", 13, 0 }, /* that inode of another device */
		{ "/usr/bin/id", 14, 0 },
		{ "/usr/bin/a", 99, 0 },
		{ "/usr/bin/", 16, 0 },
		{ "dash", 99, 0 },
		{ "", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		assert_int_equal(program(rows[i].exe, rows[i].ino), rows[i].bits);
	}
}

/* Of a process that is there already when the host says it, or says more of the same file. */
static void what_is_said_later_counts(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	struct nw_proc_id id = nw_feed_pid(7);

	(void)state;
	nw_feed_proc(f,
		     (struct nw_feed_exec){ .pid = 7, .exe = "/usr/bin/busybox", .exe_ino = 12 });
	assert_int_equal(nw_proc_find(f->state, &id)->program, 0);
	nw_feed_fact(f, "program.0.12", "interpreter /usr/bin/busybox");
	assert_int_equal(nw_proc_find(f->state, &id)->program, NW_PROGRAM_INTERPRETER);
	nw_feed_fact(f, "program.0.12", "shell /usr/bin/busybox");
	assert_int_equal(nw_proc_find(f->state, &id)->program, SHELL);
	nw_feed_free(f);
}

static void more_than_there_is_room_for(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	char key[32];

	(void)state;
	for (unsigned i = 1; i <= 600; i++) {
		snprintf(key, sizeof(key), "program.1.%u", i);
		nw_feed_fact(f, key, "interpreter /usr/bin/x");
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 600 - 512);
	nw_feed_free(f);
}

NW_TESTS(state_program, cmocka_unit_test(programs), cmocka_unit_test(what_is_said_later_counts),
	 cmocka_unit_test(more_than_there_is_room_for));
