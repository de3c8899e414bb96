/* SPDX-License-Identifier: Apache-2.0 */
/* What is mapped: told when a process changes, not by each scan of open files, and gone by its own end. */
#include "nw_hooks.h"
#include "state/chain_feed.h"

#define BOTH (NW_FD_READ | NW_FD_WRITE)

/* inode 0: it has no more. */
static void feed_mapped(struct nw_feed *f, uint32_t pid, uint64_t look_ns, uint64_t inode,
			unsigned mode)
{
	struct nw_ev_fd e = file(f, NW_FD_MEMORY, pid, inode, mode);

	e.ev.hook = NW_HOOK_LIB_SCAN;
	e.scan_ns = look_ns;
	e.fd = UINT32_MAX;
	nw_feed_event(f, &e.ev);
}

/* A flow that begins now: those before keep what they found. */
static bool is_joined(struct nw_feed *f)
{
	static uint64_t cookie = COOKIE;
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, ++cookie, OWNER);

	nw_feed_bytes(&e, 1, 1);
	feed(f, &e);
	return nw_flow_find(f->state, e.cookie, NW_SLOT_NONE)->chain;
}

static void both_have_it(struct nw_feed *f)
{
	feed_mapped(f, OTHER, SCAN, 1, BOTH);
	feed_mapped(f, OTHER, SCAN, 0, 0);
	feed_mapped(f, OWNER, SCAN, 1, NW_FD_READ);
	feed_mapped(f, OWNER, SCAN, 0, 0);
}

static void memory_leads_back(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	feed_mapped(f, OTHER, SCAN, 1, NW_FD_READ);
	feed_mapped(f, OWNER, SCAN, 1, BOTH);
	assert_string_equal(chain(f), "-"); /* it can read it alone */
	both_have_it(f);
	assert_string_equal(chain(f), "101 shm 100");
	nw_feed_free(f);
}

/* Scans of open files do not meet it, however many: it is mapped. */
static void it_stays(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	both_have_it(f);
	for (uint64_t i = 1; i < 4; i++) {
		feed_end(f, SCAN + i * SECOND, 0);
		nw_feed_tick(f, 61 * SECOND);
	}
	assert_true(is_joined(f));
	nw_feed_free(f);
}

/* A look that is over and did not meet it; not the look that met it, nor another process's. */
static void it_is_gone_when_it_is_unmapped(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	both_have_it(f);
	feed_mapped(f, OTHER, SCAN, 0, 0);
	feed_mapped(f, 102, SCAN + 2 * SECOND, 0, 0);
	nw_feed_tick(f, 61 * SECOND);
	assert_true(is_joined(f));
	feed_mapped(f, OTHER, SCAN + 2 * SECOND, 2, BOTH);
	feed_mapped(f, OTHER, SCAN + 2 * SECOND, 0, 0);
	nw_feed_tick(f, 59 * SECOND);
	assert_true(is_joined(f)); /* what was in it may be on its way */
	nw_feed_tick(f, 2 * SECOND);
	assert_false(is_joined(f));
	nw_feed_free(f);
}

/* Open and mapped: each ends for itself. */
static void a_closed_file_is_mapped_still(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	both_have_it(f);
	feed_file(f, NW_FD_MEMORY, OTHER, 1, BOTH);
	feed_end(f, SCAN, 0);
	feed_end(f, SCAN + SECOND, 0);
	nw_feed_tick(f, 61 * SECOND);
	assert_true(is_joined(f));
	feed_file(f, NW_FD_MEMORY, OTHER, 1, BOTH);
	feed_mapped(f, OTHER, SCAN + 2 * SECOND, 0, 0);
	nw_feed_tick(f, 61 * SECOND);
	assert_true(is_joined(f));
	feed_end(f, SCAN + 3 * SECOND, 0);
	nw_feed_tick(f, 61 * SECOND);
	assert_false(is_joined(f));
	nw_feed_free(f);
}

/* It is of no descriptor, least of all stdin. */
static void it_is_no_descriptor(void **state)
{
	struct nw_feed *f = start();
	struct nw_proc_id id = nw_feed_pid(OTHER);

	(void)state;
	feed_mapped(f, OTHER, SCAN, 1, BOTH);
	assert_int_equal(nw_proc_stdio(nw_proc_find(f->state, &id), 0), NW_STDIO_OTHER);
	nw_feed_free(f);
}

NW_TESTS(state_hold, cmocka_unit_test(memory_leads_back), cmocka_unit_test(it_stays),
	 cmocka_unit_test(it_is_gone_when_it_is_unmapped),
	 cmocka_unit_test(a_closed_file_is_mapped_still), cmocka_unit_test(it_is_no_descriptor));
