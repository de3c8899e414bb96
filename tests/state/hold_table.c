/* SPDX-License-Identifier: Apache-2.0 */
/* hold_table: many users of few objects, against what a plain array of them says; and that nothing goes
 * through all who use one. */
#include "harness.h"

#include "state/internal.h"

#include "util/macro.h"

#define PROCESSES 8
#define CAPACITY  (4 * PROCESSES)
#define OBJECTS	  12

struct use {
	unsigned object, proc;
	bool is_mapped;
};

/* Alike in all but one of the parts, in turn. */
static struct nw_object object(unsigned i)
{
	return (struct nw_object){ .id = 1 + i / 4, .dev = 1 + i % 2, .via = 1 + i / 2 % 2 };
}

static bool is_of(const struct nw_hold *h, const struct use *u)
{
	struct nw_object o = object(u->object);

	return h->object.id == o.id && h->object.dev == o.dev && h->object.via == o.via &&
	       h->proc == u->proc && h->is_mapped == u->is_mapped;
}

/* Newest first, each with what it must be. */
static void check_lists(const struct nw_holds *t, const struct use *use, unsigned n)
{
	unsigned held = 0;

	for (unsigned i = 0; i < OBJECTS; i++) {
		struct nw_object o = object(i);
		const struct nw_hold *h = nw_hold_first_user(t, &o);

		held += h != NULL;
		for (unsigned k = n; k-- > 0;) {
			if (use[k].object == i) {
				assert_true(h && is_of(h, &use[k]));
				assert_ptr_equal(nw_hold_first_same(t, h),
						 nw_hold_first_user(t, &o));
				h = nw_hold_next_user(t, h);
			}
		}
		assert_null(h);
	}
	assert_int_equal(t->held_lru.used, held); /* an object that nobody uses has no entry */
	for (unsigned i = 0; i < PROCESSES; i++) {
		const struct nw_hold *h = nw_hold_first_used(t, i);

		for (unsigned k = n; k-- > 0;) {
			if (use[k].proc == i) {
				assert_true(h && is_of(h, &use[k]));
				h = nw_hold_next_used(t, h);
			}
		}
		assert_null(h);
	}
}

static unsigned place_of(const struct use *use, unsigned n, const struct use *u)
{
	unsigned i = 0;

	while (i < n && (use[i].object != u->object || use[i].proc != u->proc ||
			 use[i].is_mapped != u->is_mapped)) {
		i++;
	}
	return i;
}

static void any_order(void **state)
{
	struct nw_holds t = { 0 };
	struct use use[CAPACITY];
	unsigned long seed = 1;
	unsigned n = 0;

	(void)state;
	assert_int_equal(nw_hold_table_new(&t, PROCESSES), 0);
	for (unsigned step = 0; step < 20000; step++) {
		struct use u;
		struct nw_object o;
		struct nw_hold *h;
		unsigned at;

		seed = seed * 6364136223846793005UL + 1442695040888963407UL;
		u = (struct use){ .object = (unsigned)(seed >> 33) % OBJECTS,
				  .proc = (unsigned)(seed >> 43) % PROCESSES,
				  .is_mapped = seed >> 63 };
		o = object(u.object);
		at = place_of(use, n, &u);
		h = nw_hold_find(&t, &o, u.proc, u.is_mapped);
		if (at < n) {
			assert_true(h && is_of(h, &u));
			nw_hold_remove(&t, h);
			memmove(&use[at], &use[at + 1], (--n - at) * sizeof(use[0]));
		} else {
			assert_null(h);
			h = nw_hold_add(&t, &o, u.proc, u.is_mapped);
			assert_int_equal(h != NULL, n < CAPACITY);
			if (h) {
				use[n++] = u;
			}
		}
		check_lists(&t, use, n);
	}
	nw_hold_table_free(&t);
}

/* No two uses share a place in the index because they are of one object. */
static void users_of_one_object_are_found_apart(void **state)
{
	const struct nw_object o = { .id = 1, .via = 1 };
	struct nw_holds t = { 0 };
	unsigned longest = 0;

	(void)state;
	assert_int_equal(nw_hold_table_new(&t, 4096), 0);
	for (unsigned i = 0; i < 4096; i++) {
		assert_non_null(nw_hold_add(&t, &o, i, false));
	}
	for (unsigned i = 0; i < 4096; i++) {
		unsigned steps = 0;
		uint32_t at = (uint32_t)(nw_hold_find(&t, &o, i, false) - t.hold);

		for (at = nw_lru_first(&t.lru, t.lru.link[at].hash); at != NW_LRU_NONE;
		     at = nw_lru_next(&t.lru, at)) {
			steps++;
		}
		longest = NW_MAX(longest, steps);
	}
	assert_in_range(longest, 1, 4);
	assert_int_equal(t.held_lru.used, 1);
	nw_hold_table_free(&t);
}

NW_TESTS(state_hold_table, cmocka_unit_test(any_order),
	 cmocka_unit_test(users_of_one_object_are_found_apart));
