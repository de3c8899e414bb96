/* SPDX-License-Identifier: Apache-2.0 */
/* Who uses recordings: what counts as read, how much, by whom, whose picture, and the bounds. */
#include "state/recording_feed.h"

#include <inttypes.h>

#include "state/policy.h"

/* Notifications of one file of 5 MB, all but the first after a second: is it read, is it written? */
static void what_was_done_with_a_file(void **state)
{
	static const struct {
		uint32_t first, then;
		uint64_t age_s; /* of the last change, then */
		uint64_t size;	/* then; 0 = as before */
		bool is_read, is_written;
	} t[] = {
		{ NW_FILE_OPENED, 0, 100, 0, false, false }, /* only opened: nobody knows */
		{ NW_FILE_OPENED, NW_FILE_CLOSED_READ, 100, 0, true, false },
		{ NW_FILE_OPENED | NW_FILE_CLOSED_READ, 0, 100, 0, true, false },
		{ NW_FILE_OPENED, NW_FILE_CLOSED_WRITE, 0, 6 * MB, false, true },
		/* opened for writing, but it is as it was */
		{ NW_FILE_OPENED, NW_FILE_CLOSED_WRITE, 101, 0, true, false },
		{ NW_FILE_OPENED | NW_FILE_CLOSED_WRITE, 0, 100, 0, true, false },
		/* its beginning was before ours: what is fresh was written */
		{ NW_FILE_CLOSED_WRITE, 0, 0, 0, false, true },
		{ NW_FILE_CLOSED_WRITE, 0, 100, 0, true, false },
		{ NW_FILE_CLOSED_READ, 0, 100, 0, true, false },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		struct nw_feed *f = start("");

		nw_feed_file(f, (struct nw_feed_file){ .pid = 10,
						       .flags = t[i].first,
						       .size = 5 * MB,
						       .age_s = t[i].then ? 100 : t[i].age_s });
		nw_feed_tick(f, NW_FEED_SEC);
		if (t[i].then) {
			nw_feed_file(f,
				     (struct nw_feed_file){ .pid = 10,
							    .flags = t[i].then,
							    .size = t[i].size ? t[i].size : 5 * MB,
							    .age_s = t[i].age_s });
		}
		if (use(f, 10)->files != t[i].is_read || use(f, 10)->written != t[i].is_written) {
			fail_msg("case %zu: %u read, %u written", i, use(f, 10)->files,
				 use(f, 10)->written);
		}
		assert_int_equal(use(f, 10)->bytes_most, t[i].is_read ? 5 * MB : 0);
		assert_int_equal(use(f, 10)->bytes_least, 0);
		assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), t[i].is_read);
		nw_feed_free(f);
	}
}

static void look(struct nw_feed *f, uint32_t pid, uint32_t flags, uint64_t size, uint64_t position)
{
	nw_feed_file(f, (struct nw_feed_file){ .what = NW_FILE_POSITION,
					       .pid = pid,
					       .flags = flags,
					       .size = size,
					       .position = position });
}

static void a_position_says_how_much(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	nw_feed_file(f, (struct nw_feed_file){
				.pid = 10, .flags = NW_FILE_OPENED, .size = 5 * MB, .age_s = 50 });
	assert_true(nw_pipeline_wants_scan(f->pipeline)); /* while it is open */
	look(f, 10, NW_FILE_CAN_READ, 5 * MB, MB);
	look(f, 10, NW_FILE_CAN_READ, 5 * MB, 3 * MB);
	look(f, 10, NW_FILE_CAN_READ, 5 * MB, 2 * MB); /* went back */
	assert_int_equal(use(f, 10)->files, 1);
	assert_int_equal(use(f, 10)->bytes_least, 3 * MB);
	assert_int_equal(use(f, 10)->bytes_most, 5 * MB);
	assert_string_equal(nw_rec_tier(use(f, 10)), "position");
	look(f, 10, NW_FILE_CAN_READ, 5 * MB, 1000 * MB); /* a seek is no reading */
	assert_int_equal(use(f, 10)->bytes_least, 5 * MB);
	nw_feed_file(f, (struct nw_feed_file){ .pid = 10,
					       .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ,
					       .inode = 2,
					       .size = MB,
					       .age_s = 50 });
	assert_string_equal(nw_rec_tier(use(f, 10)), "some");
	assert_int_equal(use(f, 10)->bytes_most, 6 * MB);
	/* of what grows, the position is where it was written to; what is open for both may be read */
	look(f, 20, NW_FILE_CAN_WRITE, MB, MB);
	look(f, 20, NW_FILE_CAN_READ | NW_FILE_CAN_WRITE, 2 * MB, 2 * MB);
	assert_int_equal(use(f, 20)->files, 0);
	assert_int_equal(use(f, 20)->written, 1);
	nw_feed_free(f);
}

/* A file of 5 MB: what is told of it, in KiB, and what must be the sums. */
static void a_count_goes_before_all(void **state)
{
	enum {
		END,
		USED,
		LOOK,
		READ,
		MAP,
		CLOSE
	};
	static const struct {
		const char *tier;
		struct {
			int step;
			uint64_t kib, birth;
		} t[6];
		uint64_t bytes, mapped, least, most;
	} cases[] = {
		{ "exact", { { READ, 64, 1 } }, 64, 0, 64, 64 },
		{ "exact",
		  { { READ, 64, 1 }, { READ, 100, 1 }, { READ, 100, 1 } },
		  100,
		  0,
		  100,
		  100 },
		/* the end of it comes behind its notification: then it is known better */
		{ "exact", { { USED, 0, 0 }, { CLOSE, 0, 0 }, { READ, 64, 1 } }, 64, 0, 64, 64 },
		{ "exact", { { USED, 0, 0 }, { READ, 64, 1 }, { CLOSE, 0, 0 } }, 64, 0, 64, 64 },
		/* a position is no reading */
		{ "exact", { { READ, 64, 1 }, { LOOK, 3000, 0 } }, 64, 0, 64, 64 },
		{ "exact", { { LOOK, 3000, 0 }, { READ, 64, 1 } }, 64, 0, 64, 64 },
		/* read three times, it left once */
		{ "exact", { { READ, 15360, 1 } }, 15360, 0, 5120, 5120 },
		/* another count goes on; an old total again is nothing new; nor is less */
		{ "exact", { { READ, 64, 1 }, { READ, 10, 2 }, { READ, 20, 2 } }, 84, 0, 84, 84 },
		{ "exact", { { READ, 64, 1 }, { READ, 60, 1 }, { READ, 65, 1 } }, 65, 0, 65, 65 },
		{ "mapped", { { MAP, 100, 1 }, { READ, 64, 1 } }, 64, 100, 64, 164 },
		{ "mapped", { { MAP, 4000, 1 }, { MAP, 9000, 1 } }, 0, 5120, 0, 5120 },
		{ "mapped", { { READ, 5000, 1 }, { MAP, 9000, 1 } }, 5000, 5120, 5000, 5120 },
		{ "exact", { { READ, UINT64_MAX >> 10, 1 } }, UINT64_MAX >> 10, 0, 5120, 5120 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		struct nw_feed *f = start("");
		const struct nw_rec_use *u;

		for (size_t k = 0; k < NW_ARRAY_SIZE(cases[i].t) && cases[i].t[k].step; k++) {
			int step = cases[i].t[k].step;
			struct nw_feed_file x = { .pid = 10, .size = 5 * MB, .age_s = 100 };

			x.what = step == READ	? NW_FILE_READ
				 : step == MAP	? NW_FILE_MAPPED
				 : step == LOOK ? NW_FILE_POSITION
						: NW_FILE_USED;
			x.flags = step == USED	  ? NW_FILE_OPENED
				  : step == CLOSE ? NW_FILE_CLOSED_READ
						  : NW_FILE_CAN_READ;
			x.position = cases[i].t[k].kib << 10;
			x.birth = cases[i].t[k].birth;
			nw_feed_file(f, x);
			nw_feed_tick(f, NW_FEED_SEC / 5);
		}
		u = use(f, 10);
		if (u->bytes >> 10 != cases[i].bytes || u->bytes_mapped >> 10 != cases[i].mapped ||
		    u->bytes_least >> 10 != cases[i].least ||
		    u->bytes_most >> 10 != cases[i].most || u->files != 1 || u->counts != 1 ||
		    strcmp(nw_rec_tier(u), cases[i].tier) != 0) {
			fail_msg("case %zu: %s, %" PRIu64 " read, %" PRIu64 " mapped, %" PRIu64
				 " to %" PRIu64,
				 i, nw_rec_tier(u), u->bytes >> 10, u->bytes_mapped >> 10,
				 u->bytes_least >> 10, u->bytes_most >> 10);
		}
		nw_feed_free(f);
	}
}

/* One that was counted and one that was only opened and closed. */
static void a_count_is_of_its_file(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	nw_feed_file(f, (struct nw_feed_file){
				.what = NW_FILE_READ, .pid = 10, .size = 5 * MB, .position = MB });
	nw_feed_file(f, (struct nw_feed_file){ .pid = 10,
					       .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ,
					       .inode = 2,
					       .size = 3 * MB,
					       .age_s = 50 });
	assert_string_equal(nw_rec_tier(use(f, 10)), "some");
	assert_int_equal(use(f, 10)->bytes_least, MB);
	assert_int_equal(use(f, 10)->bytes_most, 4 * MB);
	/* what it read at last is told when it ends, not ten seconds later */
	nw_feed_file(f,
		     (struct nw_feed_file){
			     .what = NW_FILE_READ, .pid = 10, .size = 5 * MB, .position = 2 * MB });
	assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), 1);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 10 });
	nw_feed_tick(f, NW_FEED_SEC / 5);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), 2);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FILE, 1)->use.bytes, 2 * MB);
	nw_feed_tick(f, NW_FEED_SEC / 5);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), 2);
	nw_feed_free(f);
}

/* 64 KiB and 36 that are mapped, of a file of 5 MB: what the root says counts, not what it is called. */
static void a_count_in_part(void **state)
{
	static const struct {
		const char *root, *tier;
		uint64_t most; /* KiB */
	} t[] = {
		{ "/srv/rec\nread in part, opened, position", "part", 5120 },
		{ "/srv/rec\nread in part, off: Permission denied", "part", 5120 },
		{ "/srv/read in part, rec\nread, opened, position", "mapped", 100 },
		{ "/srv/rec", "mapped", 100 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		struct nw_feed *f = start("");
		struct nw_feed_file x = { .what = NW_FILE_READ, .pid = 10, .size = 5 * MB };
		const struct nw_rec_use *u;

		nw_feed_fact(f, "files.0", t[i].root);
		x.position = 64 << 10;
		nw_feed_file(f, x);
		nw_feed_file(f, x); /* nothing new */
		assert_string_equal(nw_rec_tier(use(f, 10)), i < 2 ? "part" : "exact");
		x.what = NW_FILE_MAPPED;
		x.position = 36 << 10;
		nw_feed_file(f, x);
		u = use(f, 10);
		assert_string_equal(nw_rec_tier(u), t[i].tier);
		assert_int_equal((u->bytes_most + u->uncounted) >> 10, t[i].most);
		assert_int_equal(u->bytes_most >> 10, 100); /* what indicators weigh */
		assert_int_equal(u->bytes_least >> 10, 64);
		assert_int_equal(nw_rec_uncounted(nw_rec_next(f->state, NULL, NULL)), u->uncounted);
		/* another file, of which nothing is counted, has its size already */
		nw_feed_file(f,
			     (struct nw_feed_file){ .pid = 10,
						    .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ,
						    .inode = 2,
						    .size = MB,
						    .age_s = 50 });
		assert_string_equal(nw_rec_tier(u), "some");
		assert_int_equal((u->bytes_most + u->uncounted) >> 10, t[i].most + 1024);
		nw_feed_free(f);
	}
}

static void who_records_is_not_told(void **state)
{
	struct nw_feed *f = start("recorders: [{name: vms, exe: [/opt/vms/]}]");

	(void)state;
	nw_feed_file(f, (struct nw_feed_file){ .pid = 20,
					       .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ,
					       .size = MB,
					       .age_s = 50 });
	assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), 0); /* declared */
	assert_int_equal(use(f, 20)->files, 1);			/* counted all the same */
	look(f, 10, NW_FILE_CAN_WRITE, MB, MB);
	nw_feed_file(f, (struct nw_feed_file){ .pid = 10,
					       .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ,
					       .inode = 2,
					       .size = MB,
					       .age_s = 50 });
	assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), 0); /* it writes */
	nw_feed_free(f);
}

static void records_are_few(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	for (unsigned i = 1; i <= 500; i++) { /* 25 s */
		nw_feed_file(f,
			     (struct nw_feed_file){ .pid = 10,
						    .flags = NW_FILE_OPENED | NW_FILE_CLOSED_READ,
						    .inode = i,
						    .size = MB,
						    .age_s = 5000 - i });
		nw_feed_tick(f, NW_FEED_SEC / 20);
	}
	assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), 3);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FILE, 0)->action, NW_ACTION_START);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FILE, 2)->action, NW_ACTION_UPDATE);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FILE, 2)->use.files, 400);
	assert_int_equal(use(f, 10)->files, 500);
	assert_int_equal(use(f, 10)->bytes_most, 500 * MB);
	assert_in_range(use(f, 10)->file_last_ns - use(f, 10)->file_first_ns, 498 * NW_FEED_SEC,
			550 * NW_FEED_SEC);
	nw_feed_tick(f, 20 * NW_FEED_SEC); /* what came since the last one */
	assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), 4);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FILE, 3)->use.files, 500);
	nw_feed_tick(f, 20 * NW_FEED_SEC); /* no more, no record */
	assert_int_equal(nw_feed_count(f, NW_DATASET_FILE), 4);
	nw_feed_free(f);
}

/* A pid alone names the process that has it now; out of scope nobody is made up. */
static void a_pid_is_looked_up(void **state)
{
	struct nw_feed *f = start("");
	const struct nw_proc_id later = { .tgid = 10, .start_ns = 900000000000 };

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 10 });
	nw_feed_file(f,
		     (struct nw_feed_file){ .pid = 10, .flags = NW_FILE_CLOSED_READ, .size = 1 });
	assert_int_equal(nw_rec_next(f->state, NULL, NULL)->proc->id.start_ns,
			 nw_feed_pid(10).start_ns); /* it has just ended */
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC, .id = later });
	assert_int_equal(proc(f, 10)->id.start_ns, later.start_ns);
	assert_int_equal(use(f, 10)->files, 0);
	/* two that share a place in the index */
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC, .pid = 10 + 65536 });
	assert_int_equal(proc(f, 10)->id.start_ns, later.start_ns);
	assert_int_equal(proc(f, 10 + 65536)->id.tgid, 10 + 65536);
	assert_null(nw_proc_of_tgid(f->state, 4711));
	assert_null(nw_proc_of_tgid(f->state, 0));
	nw_feed_fact(f, "scope", "cgroup");
	nw_feed_file(f,
		     (struct nw_feed_file){ .pid = 99, .flags = NW_FILE_CLOSED_READ, .size = 1 });
	assert_null(nw_proc_of_tgid(f->state, 99));
	nw_feed_fact(f, "scope", "host");
	nw_feed_file(f,
		     (struct nw_feed_file){ .pid = 99, .flags = NW_FILE_CLOSED_READ, .size = 1 });
	assert_true(proc(f, 99)->is_unknown);
	nw_feed_free(f);
}

static unsigned count(const struct nw_feed *f, const struct nw_proc *p)
{
	const struct nw_rec *r = NULL;
	unsigned n = 0;

	while ((r = nw_rec_next(f->state, p, r))) {
		n++;
	}
	return n;
}

static void a_flood_costs_the_oldest(void **state)
{
	struct nw_feed *f = start("limits: {processes: 1024}");

	(void)state;
	for (unsigned i = 1; i <= 2000; i++) {
		nw_feed_file(f, (struct nw_feed_file){ .pid = i % 2 ? 10 : 20,
						       .flags = NW_FILE_CLOSED_READ,
						       .inode = i,
						       .size = 1,
						       .age_s = 9 });
	}
	assert_int_equal(count(f, NULL), 513);
	assert_int_equal(count(f, proc(f, 10)) + count(f, proc(f, 20)), 513);
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_FILE_EVICTED), 2000 - 513);
	assert_int_equal(use(f, 10)->files, 1000); /* sums stay */
	nw_feed_free(f);
}

/* What ended goes after a minute, what is closed after ten; the process is kept as long, no longer. */
static void what_is_over_goes(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	nw_feed_file(f,
		     (struct nw_feed_file){ .pid = 10, .flags = NW_FILE_CLOSED_READ, .size = 1 });
	nw_feed_file(f,
		     (struct nw_feed_file){ .pid = 20, .flags = NW_FILE_CLOSED_READ, .size = 1 });
	nw_feed_file(f, (struct nw_feed_file){
				.pid = 20, .flags = NW_FILE_OPENED, .size = 1, .inode = 2 });
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 10 });
	nw_feed_tick(f, 50 * NW_FEED_SEC);
	assert_int_equal(count(f, NULL), 3);
	nw_feed_tick(f, 20 * NW_FEED_SEC);
	assert_int_equal(count(f, NULL), 2);
	assert_null(nw_proc_of_tgid(f->state, 10));
	nw_feed_tick(f, 600 * NW_FEED_SEC);
	assert_int_equal(count(f, NULL), 1); /* the one that is open */
	nw_feed_free(f);
}

NW_TESTS(state_recording, cmocka_unit_test(what_was_done_with_a_file),
	 cmocka_unit_test(a_position_says_how_much), cmocka_unit_test(a_count_goes_before_all),
	 cmocka_unit_test(a_count_is_of_its_file), cmocka_unit_test(a_count_in_part),
	 cmocka_unit_test(who_records_is_not_told), cmocka_unit_test(records_are_few),
	 cmocka_unit_test(a_pid_is_looked_up), cmocka_unit_test(a_flood_costs_the_oldest),
	 cmocka_unit_test(what_is_over_goes));
