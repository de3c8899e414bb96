/* SPDX-License-Identifier: Apache-2.0 */
/* blind-spot: one finding for each cause of loss, from the first loss to five quiet minutes. */
#include "feed.h"

#define SECOND NW_FEED_SEC

static const struct nw_told *only_finding(const struct nw_feed *f)
{
	return nw_feed_only(f, NW_DATASET_FINDING);
}

static void ticks(struct nw_feed *f, unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		nw_feed_tick(f, SECOND);
	}
}

static struct nw_feed *start(void)
{
	struct nw_feed *f = nw_feed_new("", 60 * SECOND);

	nw_feed_tick(f, SECOND);
	return f;
}

static void nothing_lost_is_nothing_found(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	ticks(f, 400);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	nw_feed_free(f);
}

static void the_first_loss_opens(void **state)
{
	struct nw_feed *f = start();
	const struct nw_finding *found;

	(void)state;
	nw_feed_loss(f, NW_LOSS_RING_FULL, 12);
	nw_feed_tick(f, SECOND);
	found = &only_finding(f)->finding;
	assert_string_equal(found->rule_id, "blind-spot");
	assert_string_equal(found->key, nw_loss_name(NW_LOSS_RING_FULL));
	assert_string_equal(found->question, "trust");
	assert_int_equal(found->action, NW_FINDING_OPENED);
	assert_int_equal(found->outcome, NW_OUTCOME_MATCH);
	assert_int_equal(found->count, 12);
	assert_int_equal(found->first_ns, f->now_ns);
	assert_int_equal(found->evidence_len, 2);
	assert_string_equal(found->evidence[0].text, nw_loss_name(NW_LOSS_RING_FULL));
	assert_int_equal(found->evidence[1].number, 12);
	nw_feed_free(f);
}

static void it_is_updated_once_a_minute(void **state)
{
	struct nw_feed *f = start();
	uint64_t opened;

	(void)state;
	nw_feed_loss(f, NW_LOSS_RING_FULL, 1);
	nw_feed_tick(f, SECOND);
	opened = f->now_ns;
	nw_feed_forget(f);
	for (unsigned i = 2; i <= 60; i++) { /* 59 seconds with a loss in each */
		nw_feed_loss(f, NW_LOSS_RING_FULL, i);
		nw_feed_tick(f, SECOND);
	}
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	nw_feed_tick(f, SECOND);
	assert_int_equal(only_finding(f)->finding.action, NW_FINDING_UPDATED);
	assert_int_equal(only_finding(f)->finding.count, 60);
	assert_int_equal(only_finding(f)->finding.first_ns, opened);
	assert_int_equal(only_finding(f)->ts_ns, opened + 60 * SECOND);
	nw_feed_forget(f);
	ticks(f, 120); /* nothing new: nothing to say */
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	nw_feed_free(f);
}

static void five_quiet_minutes_close(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_loss(f, NW_LOSS_HEAD, 3);
	nw_feed_tick(f, SECOND);
	nw_feed_loss(f, NW_LOSS_HEAD, 5);
	nw_feed_tick(f, SECOND); /* the last loss is seen here */
	nw_feed_forget(f);
	ticks(f, 299);
	assert_int_equal(only_finding(f)->finding.action, NW_FINDING_UPDATED);
	nw_feed_forget(f);
	nw_feed_tick(f, SECOND);
	assert_int_equal(only_finding(f)->finding.action, NW_FINDING_CLOSED);
	assert_int_equal(only_finding(f)->finding.count, 5);
	assert_int_equal(only_finding(f)->finding.last_ns, f->now_ns - 300 * SECOND);
	nw_feed_forget(f);
	ticks(f, 301);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	nw_feed_free(f);
}

/* What a closed finding counted is not told again. */
static void a_later_loss_opens_anew(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_loss(f, NW_LOSS_STORAGE, 7);
	nw_feed_tick(f, SECOND);
	ticks(f, 300);
	nw_feed_forget(f);
	nw_feed_loss(f, NW_LOSS_STORAGE, 9);
	nw_feed_tick(f, SECOND);
	assert_int_equal(only_finding(f)->finding.action, NW_FINDING_OPENED);
	assert_int_equal(only_finding(f)->finding.count, 2);
	assert_int_equal(only_finding(f)->finding.first_ns, f->now_ns);
	nw_feed_free(f);
}

static void each_cause_is_a_finding_of_its_own(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_loss(f, NW_LOSS_RING_FULL, 1);
	nw_feed_loss(f, NW_LOSS_DECODE, 4);
	nw_feed_tick(f, SECOND);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 2);
	assert_string_equal(nw_feed_told(f, NW_DATASET_FINDING, 0)->finding.key,
			    nw_loss_name(NW_LOSS_RING_FULL));
	assert_string_equal(nw_feed_told(f, NW_DATASET_FINDING, 1)->finding.key,
			    nw_loss_name(NW_LOSS_DECODE));
	nw_feed_forget(f);
	ticks(f, 30);
	nw_feed_loss(f, NW_LOSS_DECODE, 5);
	ticks(f, 31); /* a minute after it opened, only the one that went on is told */
	assert_string_equal(only_finding(f)->finding.key, nw_loss_name(NW_LOSS_DECODE));
	nw_feed_free(f);
}

/* An alert is for what may have hidden anything; the rest hides one thing or was told before. */
static bool hides_anything(enum nw_loss cause)
{
	return cause == NW_LOSS_RING_FULL || cause == NW_LOSS_STORAGE ||
	       cause == NW_LOSS_UNMEASURED || cause == NW_LOSS_REJECTED || cause == NW_LOSS_SKIPPED;
}

/* State counts some causes by itself; those can't be set from outside. */
static bool is_fed(enum nw_loss cause)
{
	return cause < _NW_LOSS_KERNEL_MAX || cause == NW_LOSS_REJECTED ||
	       cause == NW_LOSS_HEAD_EVICTED || cause == NW_LOSS_DECODE || cause == NW_LOSS_SINK ||
	       cause == NW_LOSS_RECORD || cause == NW_LOSS_HOST || cause == NW_LOSS_FILE ||
	       cause == NW_LOSS_CHANGE || cause == NW_LOSS_READ || cause == NW_LOSS_SKIPPED;
}

static void score_follows_what_is_hidden(void **state)
{
	(void)state;
	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		enum nw_loss cause = (enum nw_loss)i;
		struct nw_feed *f;

		if (!is_fed(cause)) {
			continue;
		}
		f = start();
		nw_feed_loss(f, cause, 1);
		nw_feed_tick(f, SECOND);
		assert_string_equal(only_finding(f)->finding.key, nw_loss_name(cause));
		assert_int_equal(only_finding(f)->finding.score >= NW_ALERT_SCORE,
				 hides_anything(cause));
		assert_in_range(only_finding(f)->finding.severity, 1, 5);
		nw_feed_free(f);
	}
}

/* A cause that no event carries: the process table is full and a living one goes. */
static void an_eviction_is_found(void **state)
{
	struct nw_feed *f = nw_feed_new("limits: { processes: 64 }\n", 60 * SECOND);

	(void)state;
	for (uint32_t pid = 1; pid <= 65; pid++) {
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = pid, .exe = "/bin/true" });
	}
	nw_feed_tick(f, SECOND);
	assert_string_equal(only_finding(f)->finding.key, nw_loss_name(NW_LOSS_PROC_EVICTED));
	assert_int_equal(only_finding(f)->finding.count, 1);
	assert_true(only_finding(f)->finding.score < NW_ALERT_SCORE);
	nw_feed_free(f);
}

/* ---- the balance: what the kernel counted and no flow explains ---- */

static void read_kernel(struct nw_feed *f, uint64_t in, uint64_t out)
{
	char text[128];

	snprintf(text, sizeof(text), "in4=%ju out4=%ju in4_packets=0 out4_packets=0", (uintmax_t)in,
		 (uintmax_t)out);
	ticks(f, 10);
	nw_feed_fact(f, "net.counters", text);
}

/* A minute in which the kernel counts so much more in and out than before. */
static void minute(struct nw_feed *f, uint64_t in, uint64_t out)
{
	static uint64_t total_in, total_out;

	total_in += in;
	total_out += out;
	for (unsigned i = 0; i < 6; i++) {
		read_kernel(f, total_in, total_out);
	}
}

static struct nw_feed *start_balance(const char *scope)
{
	struct nw_feed *f = start();

	nw_feed_fact(f, "host.netns", "4026531840");
	nw_feed_fact(f, "scope", scope);
	minute(f, 0, 0);
	return f;
}

static void what_no_flow_explains_is_found(void **state)
{
	struct nw_feed *f = start_balance("host");
	const struct nw_finding *found;

	(void)state;
	minute(f, 3000000, 0);
	minute(f, 0, 2000000);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 2);
	found = &nw_feed_told(f, NW_DATASET_FINDING, 0)->finding;
	assert_string_equal(found->key, "balance");
	assert_int_equal(found->action, NW_FINDING_OPENED);
	assert_int_equal(found->score, 60);
	assert_string_equal(found->evidence[2].key, "in_bytes_missed");
	assert_int_equal(found->evidence[2].number, 3000000);
	found = &nw_feed_told(f, NW_DATASET_FINDING, 1)->finding;
	assert_int_equal(found->action, NW_FINDING_UPDATED);
	assert_int_equal(found->count, 2);
	assert_string_equal(found->evidence[5].key, "out_bytes_missed");
	assert_int_equal(found->evidence[5].number, 2000000);
	nw_feed_forget(f);
	for (unsigned i = 0; i < 6; i++) {
		minute(f, 1000, 1000);
	}
	assert_int_equal(only_finding(f)->finding.action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

static void a_little_is_not_found(void **state)
{
	struct nw_feed *f = start_balance("host");

	(void)state;
	minute(f, 1024 * 1024, 1024 * 1024);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	nw_feed_free(f);
}

/* Of four gigabytes, 3 MB are less than a thousandth and 5 MB more. */
static void a_share_is_needed_too(void **state)
{
	struct nw_feed *f = start_balance("host");
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 77, 0);

	(void)state;
	e.rx_bytes = 4000000000;
	nw_feed_event(f, &e.ev);
	minute(f, 4003000000, 0);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	e.rx_bytes = 8000000000;
	nw_feed_event(f, &e.ev);
	minute(f, 4005000000, 0);
	assert_int_equal(only_finding(f)->finding.action, NW_FINDING_OPENED);
	assert_true(only_finding(f)->finding.score < NW_ALERT_SCORE);
	nw_feed_free(f);
}

static void too_much_explained_is_found(void **state)
{
	struct nw_feed *f = start_balance("host");
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 77, 0);

	(void)state;
	e.tx_bytes = 4000000;
	nw_feed_event(f, &e.ev);
	minute(f, 0, 1000000);
	assert_string_equal(only_finding(f)->finding.evidence[6].key, "out_bytes_surplus");
	assert_int_equal(only_finding(f)->finding.evidence[6].number, 3000000);
	nw_feed_free(f);
}

static void a_part_of_the_host_has_no_balance(void **state)
{
	struct nw_feed *f = start_balance("cgroup");

	(void)state;
	minute(f, 3000000, 0);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	nw_feed_free(f);
}

NW_TESTS(indicators_blind_spot, cmocka_unit_test(nothing_lost_is_nothing_found),
	 cmocka_unit_test(the_first_loss_opens), cmocka_unit_test(it_is_updated_once_a_minute),
	 cmocka_unit_test(five_quiet_minutes_close), cmocka_unit_test(a_later_loss_opens_anew),
	 cmocka_unit_test(each_cause_is_a_finding_of_its_own),
	 cmocka_unit_test(score_follows_what_is_hidden), cmocka_unit_test(an_eviction_is_found),
	 cmocka_unit_test(what_no_flow_explains_is_found), cmocka_unit_test(a_little_is_not_found),
	 cmocka_unit_test(a_share_is_needed_too), cmocka_unit_test(too_much_explained_is_found),
	 cmocka_unit_test(a_part_of_the_host_has_no_balance));
