/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Over restarts: findings go on and are closed, cameras are known since the first time, and rows that
 * lie do no harm.
 */
#include "restart_feed.h"

/* ---- findings ---- */

static unsigned place_of(const struct nf *n, const char *word)
{
	for (unsigned i = 0; i < n->n; i++) {
		if (strstr(n->key[i], word)) {
			return i;
		}
	}
	fail_msg("no finding of %s", word);
	return 0;
}

static void test_findings_go_on(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n = session("new-listener", "", 1000 * SEC, NULL, box);
	uint64_t first;

	(void)state;
	assert_non_null(box);
	begin(n);
	listens(n, 4444, 0);
	listens(n, 5555, 0);
	ticks(n, 75);
	assert_int_equal(count(n, NW_FINDING_OPENED, 45), 2);
	first = n->finding[place_of(n, "4444")].first_ns;
	end(n);
	assert_true(nw_box_row(box, "finding.sequence", "")->n[0] >= 2);

	n = session("new-listener", "", 5000 * SEC, box, box);
	listens(n, 4444, NW_SOCK_FOUND); /* the other is gone */
	begin(n);
	ticks(n, 75);
	assert_int_equal(count(n, NW_FINDING_OPENED, 0), 0);
	assert_true(count(n, NW_FINDING_UPDATED, 45) >= 1);
	assert_int_equal(n->finding[0].first_ns, first);
	assert_true(n->finding[0].count > 1);
	ticks(n, 3600); /* and is closed, once, in the words that it had */
	assert_int_equal(count(n, NW_FINDING_CLOSED, 0), 1);
	for (unsigned i = 0; i < n->n; i++) {
		if (n->finding[i].action == NW_FINDING_CLOSED) {
			assert_non_null(strstr(n->key[i], "5555"));
		}
	}
	end(n);
	assert_int_equal(nw_box_count(box, "finding"), 1);
	free(box);
}

/* One more boot: what was first seen before it has a time before its beginning. */
static void test_finding_of_other_boot(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n = session("new-listener", "", 5000 * SEC, NULL, box);
	uint64_t wall;

	(void)state;
	assert_non_null(box);
	begin(n);
	listens(n, 4444, 0);
	ticks(n, 75);
	wall = nw_state_wall_ns(n->feed->state, n->finding[0].first_ns);
	end(n);
	n = session("new-listener", "", 2000 * SEC, NULL, NULL);
	nw_feed_clock(n->feed, (struct nw_feed_time){ .after_ns = SEC,
						      .period_ns = NF_BIN,
						      .wall_off_ns = 8000 * (int64_t)SEC });
	nw_box_give(n->feed, box);
	listens(n, 4444, NW_SOCK_FOUND);
	begin(n);
	for (unsigned i = 0; i < 75; i++) {
		nw_feed_clock(n->feed, (struct nw_feed_time){ .after_ns = SEC,
							      .period_ns = NF_BIN,
							      .wall_off_ns = 8000 * (int64_t)SEC });
	}
	nf_take(n);
	assert_int_equal(count(n, NW_FINDING_UPDATED, 45), 1);
	assert_int_equal(nw_state_wall_ns(n->feed->state, n->finding[0].first_ns), wall);
	nf_free(n);
	free(box);
}

/* ---- cameras ---- */

#define CAMERA "cameras: [{name: door, address: 10.0.0.9}]\n"

static const struct nw_camera *stream(struct nf *n, const char *mac)
{
	uint8_t addr[16];

	if (mac) {
		nw_feed_fact(n->feed, "neigh.4026531840.2.10.0.0.9", mac);
	}
	for (unsigned i = 1; i < 20; i++) {
		nf_bin(n, (struct nf_contact){ .cookie = 700,
					       .to = "10.0.0.9",
					       .port = 554,
					       .tx = i * 100,
					       .rx = i * 500000,
					       .birth_ns = n->feed->now_ns });
		nf_tick(n, SEC);
	}
	nw_feed_addr(addr, "10.0.0.9");
	return nw_camera_find(n->feed->state, addr);
}

static void test_camera_since(void **state)
{
	struct nw_box *box = calloc(1, sizeof(*box));
	struct nf *n = session("none", CAMERA, 1000 * SEC, NULL, box);
	const struct nw_camera *c;
	uint64_t first;

	(void)state;
	assert_non_null(box);
	begin(n);
	c = stream(n, NULL);
	assert_non_null(c);
	first = c ? c->first_ns : 0;
	assert_true(first >= 1000 * SEC && first < 1010 * SEC);
	end(n);
	n = session("none", CAMERA, 5000 * SEC, box, NULL);
	begin(n);
	(void)nw_box_row(box, "camera", "10.0.0.9"); /* a row makes no camera */
	assert_null(nw_camera_next(n->feed->state, NULL));
	c = stream(n, NULL);
	assert_non_null(c);
	assert_int_equal(c ? c->first_ns : 0, first);
	nf_free(n);
	nw_box_row(box, "camera", "10.0.0.9")->n[0] += (int64_t)(90000 * SEC); /* in the future */
	n = session("none", CAMERA, 5000 * SEC, box, NULL);
	begin(n);
	c = stream(n, NULL);
	assert_non_null(c);
	assert_true(c && c->first_ns >= 5000 * SEC && c->first_ns < 5050 * SEC);
	nf_free(n);
	free(box);
}

/* ---- rows that lie ---- */

static void test_hostile_rows(void **state)
{
	static const char *const kinds[] = { "first-contact.known",
					     "first-contact.program",
					     "new-listener",
					     "new-listener.seen",
					     "unexpected-child",
					     "unexpected-child.pair",
					     "bulk-upload",
					     "finding",
					     "finding.sequence",
					     "camera",
					     "coverage",
					     "nobody's" };
	static const char *const values[] = {
		"",
		"\t",
		"\t\t",
		"1",
		"1 2 3 4 5 6 7 8 9\t\t",
		"-9223372036854775807 -1 -1 -1 -1 -1 -1 -1 -1\t|\tx y",
		"9223372036854775807 9223372036854775807 9223372036854775807 9223372036854775807 1\t|\tx y",
		"900000000000000000 900000000000000000 99 900000000000000000 1\ta|b\tx y",
		"1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\t\tx",
		"1  2\t\tx",
		"0x1 2 3 4 5\t\tx",
		"1 2 3 4 5\t\tffffffffffffffff ffffffffffffffff 99",
		"1 2 3 4 5\t\tffffffffffffffff ffffffffffffffff 3",
	};
	struct nf *n = session("none", RECORDER, 1000 * SEC, NULL, NULL);

	(void)state;
	for (size_t k = 0; k < NW_ARRAY_SIZE(kinds); k++) {
		for (size_t v = 0; v < NW_ARRAY_SIZE(values); v++) {
			char key[64];

			snprintf(key, sizeof(key), NW_KEPT_FRONT "%s", kinds[k]);
			nw_feed_fact(n->feed, key, values[v]);
		}
	}
	recorder(n, 1);
	listens(n, 80, NW_SOCK_FOUND);
	begin(n);
	shell(n, "/usr/bin/dash");
	visit(n, "203.0.113.7");
	(void)stream(n, NULL);
	ticks(n, 4000);
	assert_null(nw_fact_find(n->feed->state, "kept.nobody's"));
	nf_free(n);
}

NW_TESTS(user_ongoing, cmocka_unit_test(test_findings_go_on),
	 cmocka_unit_test(test_finding_of_other_boot), cmocka_unit_test(test_camera_since),
	 cmocka_unit_test(test_hostile_rows));
