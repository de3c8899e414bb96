/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of the file that a process runs: whose it is through fork and exec, and how long. */
#include "exe_file.h"
#include "feed.h"

#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfeff"

static void tell(struct nw_feed *f, uint32_t pid, const char *value)
{
	struct nw_proc_id id = nw_feed_pid(pid);
	char key[NW_EXE_KEY];

	(void)snprintf(key, sizeof(key), NW_EXE_FRONT "%u.%llu", pid,
		       (unsigned long long)id.start_ns);
	nw_feed_fact(f, key, value);
}

static void run(struct nw_feed *f, uint32_t pid, uint64_t ino)
{
	nw_feed_proc(f, (struct nw_feed_exec){
				.pid = pid, .exe = "/usr/bin/x", .exe_ino = ino, .exe_dev = 26 });
}

static const struct nw_exe_file *known(struct nw_feed *f, uint32_t pid)
{
	struct nw_proc_id id = nw_feed_pid(pid);
	const struct nw_proc *p = nw_proc_find(f->state, &id);

	return p ? nw_exe_file_of(f->state, p) : NULL;
}

static uint64_t size_of(struct nw_feed *f, uint32_t pid)
{
	const struct nw_exe_file *e = known(f, pid);

	return e ? e->size : UINT64_MAX;
}

static void it_is_the_processs_until_it_runs_another(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);

	(void)state;
	run(f, 100, 7);
	assert_null(known(f, 100));
	tell(f, 100, "read 26 7 1234 5 " HASH " package x");
	assert_non_null(known(f, 100));
	assert_int_equal(size_of(f, 100), 1234);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FORK, .pid = 101, .parent = 100 });
	assert_ptr_equal(known(f, 101), known(f, 100));
	run(f, 101, 8);
	assert_null(known(f, 101));
	assert_non_null(known(f, 100));
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 0);
	nw_feed_free(f);
}

/* It was asked for another program, another process, or is none. */
static void what_is_not_its_own_is_not_taken(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);

	(void)state;
	run(f, 100, 7);
	tell(f, 100, "read 26 8 1234 5 " HASH " package x");
	tell(f, 100, "read 27 7 1234 5 " HASH " package x");
	tell(f, 200, "read 26 7 1234 5 " HASH " package x");
	assert_null(known(f, 100));
	assert_null(known(f, 200));
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 0);
	tell(f, 100, "read 26 7 1234 5 " HASH " package");
	nw_feed_fact(f, "exe.", "gone 26 7 0 0 - - -");
	nw_feed_fact(f, "exe.100", "gone 26 7 0 0 - - -");
	nw_feed_fact(f, "exe.100.x", "gone 26 7 0 0 - - -");
	nw_feed_fact(f, "exe.0.1", "gone 26 7 0 0 - - -");
	assert_null(known(f, 100));
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 5);
	nw_feed_free(f);
}

static void the_oldest_of_many_is_forgotten(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	char value[NW_EXE_TEXT];

	(void)state;
	for (uint32_t i = 0; i <= 1024; i++) {
		run(f, 100 + i, 7 + i);
		(void)snprintf(value, sizeof(value), "large 26 %u %u 5 - - -", 7 + i, i);
		tell(f, 100 + i, value);
		nw_feed_forget(f);
		if (i == 1023) {
			assert_int_equal(size_of(f, 100), 0);
		}
	}
	assert_null(known(f, 100));
	for (uint32_t i = 1; i <= 1024; i++) {
		assert_int_equal(size_of(f, 100 + i), i);
	}
	nw_feed_free(f);
}

NW_TESTS(state_exe_file, cmocka_unit_test(it_is_the_processs_until_it_runs_another),
	 cmocka_unit_test(what_is_not_its_own_is_not_taken),
	 cmocka_unit_test(the_oldest_of_many_is_forgotten));
