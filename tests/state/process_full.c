/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that the table can neither keep nor give up: each that finds no room is counted. */
#include "feed.h"
#include "state/internal.h"

#define ROOM 64

/* Each has a flow, which will ask for its owner. */
static void when_all_are_referred_to_none_goes(void **state)
{
	struct nw_feed *f = nw_feed_new("limits: { processes: 64 }\n", 10 * NW_FEED_SEC);
	struct nw_proc_id id = nw_feed_pid(ROOM + 1);
	struct nw_ev_sock e;

	(void)state;
	for (uint32_t pid = 1; pid <= ROOM; pid++) {
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = pid, .exe = "/x" });
		e = nw_feed_sock(f, NW_SOCK_BIN, pid, pid);
		nw_feed_event(f, &e.ev);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_PROC_EVICTED), 0);
	nw_feed_forget(f);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = ROOM + 1, .exe = "/x" });
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_PROC_EVICTED), 1);
	assert_int_equal(f->told_count, 0);
	assert_null(nw_proc_find(f->state, &id));
	for (uint32_t pid = 1; pid <= ROOM; pid++) {
		id = nw_feed_pid(pid);
		assert_non_null(nw_proc_find(f->state, &id));
	}
	nw_feed_free(f);
}

NW_TESTS(state_process_full, cmocka_unit_test(when_all_are_referred_to_none_goes));
