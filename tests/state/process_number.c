/* SPDX-License-Identifier: Apache-2.0 */
/* Processes by their number alone, as notifications of files name them: many that share its low bits,
 * several that had it one after the other, and places that others have by now. */
#include "feed.h"
#include "state/internal.h"

#define ROOM	   64
#define FAR	   65536U /* apart: the same low bits */
#define LATER_NS   NW_FEED_SEC
#define STARTS	   3
#define NUMBERS	   4
#define FIRST	   7U
#define NUMBER(of) (FIRST + (of)*FAR)

static struct nw_proc_id id_of(uint32_t tgid, unsigned start)
{
	return (struct nw_proc_id){ .tgid = tgid, .start_ns = 50 * NW_FEED_SEC + start * LATER_NS };
}

static void runs(struct nw_feed *f, struct nw_proc_id id)
{
	nw_feed_proc(f, (struct nw_feed_exec){ .id = id, .exe = "/x" });
	nw_feed_forget(f);
}

static uint64_t start_of(const struct nw_feed *f, uint32_t tgid)
{
	const struct nw_proc *p = nw_proc_of_tgid(f->state, tgid);

	return p ? p->id.start_ns : 0;
}

static void the_last_that_began_has_it(void **state)
{
	static const unsigned order[STARTS] = { 1, 2, 0 };
	struct nw_feed *f = nw_feed_new("limits: { processes: 64 }\n", 10 * NW_FEED_SEC);

	(void)state;
	for (unsigned i = 0; i < STARTS * NUMBERS; i++) {
		runs(f, id_of(NUMBER(i % NUMBERS), order[i / NUMBERS]));
	}
	for (unsigned i = 0; i < NUMBERS; i++) {
		assert_int_equal(start_of(f, NUMBER(i)), id_of(1, 2).start_ns);
	}
	assert_int_equal(start_of(f, NUMBER(NUMBERS)), 0);
	assert_int_equal(start_of(f, 0), 0);
	nw_feed_free(f);
}

/* Whoever goes leaves the list, whichever place it had in it. */
static void who_is_forgotten_has_it_no_longer(void **state)
{
	struct nw_feed *f = nw_feed_new("limits: { processes: 64 }\n", 10 * NW_FEED_SEC);
	struct nw_proc_id id;

	(void)state;
	for (unsigned i = 0; i < 40 * ROOM; i++) {
		runs(f, id_of(NUMBER(i), 0));
	}
	for (unsigned i = 0; i < 40 * ROOM; i++) {
		id = id_of(NUMBER(i), 0);
		assert_ptr_equal(nw_proc_of_tgid(f->state, id.tgid), nw_proc_find(f->state, &id));
	}
	id = id_of(NUMBER(40 * ROOM - 1), 0);
	assert_non_null(nw_proc_of_tgid(f->state, id.tgid));
	nw_feed_free(f);
}

NW_TESTS(state_process_number, cmocka_unit_test(the_last_that_began_has_it),
	 cmocka_unit_test(who_is_forgotten_has_it_no_longer));
