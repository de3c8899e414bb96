/* SPDX-License-Identifier: Apache-2.0 */
/* download-execute: programs without a file, and names of the kernel's threads. */
#include "download_scene.h"

/* What one exec says. */
static void one_exec(void **state)
{
	static const struct {
		struct nw_feed_exec x;
		const char *found;
	} rows[] = {
		{ { .exe = "memfd:x", .flags = NW_PROC_MEMFD }, "memory 75" },
		{ { .exe = "memfd:runc_cloned:/proc/self/exe", .flags = NW_PROC_MEMFD },
		  "memory 75" }, /* the name is free to choose */
		{ { .exe = "memfd:x", .flags = NW_PROC_MEMFD, .what = NW_PROC_FOUND },
		  "memory 75" },
		{ { .exe = "/tmp/x", .flags = NW_PROC_DELETED }, "deleted 70" },
		{ { .exe = "/usr/sbin/sshd", .flags = NW_PROC_DELETED, .what = NW_PROC_FOUND },
		  "" },
		{ { .exe = "/dev/shm/x" }, "shared_memory 60" },
		{ { .exe = "/tmp/x", .args = "[kworker/0:1]" }, "kernel_thread 75" },
		{ { .exe = "/tmp/[rcu_gp]", .args = "x" }, "kernel_thread 75" },
		{ { .exe = "/x", .exe_ino = 12, .args = "x\0/proc/self/fd/3", .args_len = 17 },
		  "loaded 70" },
		{ { .exe = "/x", .exe_ino = 12, .args = "x\0/proc/77/fd/3\0-v", .args_len = 19 },
		  "loaded 70" },
		{ { .exe = "/x",
		    .exe_ino = 12,
		    .args = "x\0--argv0\0sshd\0/dev/fd/3",
		    .args_len = 25 },
		  "loaded 70" },
		{ { .exe = "/x", .exe_ino = 12, .args = "x\0/dev/shm/.x", .args_len = 13 },
		  "shared_memory 60" },
		{ { .exe = "/x",
		    .exe_ino = 12,
		    .args = "x\0/usr/bin/x\0/dev/fd/3",
		    .args_len = 22 },
		  "" },
		{ { .exe = "/x", .exe_ino = 12, .args = "x\0--verify\0/usr/bin/x", .args_len = 21 },
		  "" },
		{ { .exe = "/usr/bin/diff",
		    .args = "diff\0/dev/fd/63\0/dev/fd/62",
		    .args_len = 27 },
		  "" },
		/* test(1), and words that only begin so */
		{ { .exe = "/usr/bin/[", .args = "[\0-f\0x\0]", .args_len = 8 }, "" },
		{ { .exe = "/usr/bin/x", .args = "[x" }, "" },
		{ { .exe = "/usr/bin/x", .args = "[]" }, "" },
		{ { .exe = "/usr/bin/x", .args = "x\0[y]", .args_len = 5 }, "" },
		{ { .exe = "/var/dev/shm/x" }, "" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();
		struct nw_feed_exec x = rows[i].x;

		x.pid = SHELL;
		nw_feed_proc(f, x);
		assert_string_equal(found(f), rows[i].found);
		nw_feed_free(f);
	}
}

/* A container runtime runs a sealed copy of itself; with other arguments, later, or not as root, it
 * is another thing. */
static void a_sealed_copy(void **state)
{
	static const struct {
		const char *args;
		unsigned after_s;
		bool is_root;
		const char *found;
	} rows[] = { { "runc\0init", 0, true, "" },
		     { "runc\0exec", 0, true, "memory 75" },
		     { "runc\0init", 5, true, "memory 75" },
		     { "runc\0init", 0, false, "memory 75" } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL,
						       .exe = "/usr/bin/runc",
						       .exe_ino = 3,
						       .args = "runc\0init",
						       .args_len = 9,
						       .is_root = true });
		seconds(f, rows[i].after_s);
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL,
						       .exe = "memfd:runc_cloned",
						       .args = rows[i].args,
						       .args_len = 9,
						       .flags = NW_PROC_MEMFD,
						       .is_root = rows[i].is_root });
		assert_string_equal(found(f), rows[i].found);
		nw_feed_free(f);
	}
}

/* A service runs itself again by /proc/self/exe after an upgrade; malware unlinks itself at once. */
static void a_file_that_was_there_for_long(void **state)
{
	static const struct {
		unsigned after_s;
		const char *found;
	} rows[] = { { 3600, "" }, { 61, "" }, { 2, "deleted 70" } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND,
						       .pid = FETCHER,
						       .exe = "/opt/nvr/server",
						       .exe_ino = 3 });
		seconds(f, rows[i].after_s);
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = SHELL,
						       .exe = "/opt/nvr/server",
						       .exe_ino = 3,
						       .flags = NW_PROC_DELETED });
		assert_string_equal(found(f), rows[i].found);
		nw_feed_free(f);
	}
}

static void it_closes(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_proc(f,
		     (struct nw_feed_exec){ .pid = 7, .exe = "memfd:x", .flags = NW_PROC_MEMFD });
	nw_feed_forget(f);
	seconds(f, 301);
	assert_int_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

NW_TESTS(indicators_download_execute, cmocka_unit_test(one_exec), cmocka_unit_test(a_sealed_copy),
	 cmocka_unit_test(a_file_that_was_there_for_long), cmocka_unit_test(it_closes));
