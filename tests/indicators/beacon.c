/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beacon: regular contacts outside are found after ten and over hours; what is regular by its nature,
 * declared, inside or irregular is not. How much jitter hides it is measured and printed.
 */
#include "indicators/net_feed.h"

#define SEC    NW_FEED_SEC
#define TRIALS 200

/* Ticks of a second between contacts. */
static void wait_ns(struct nf *n, uint64_t ns)
{
	uint64_t end = n->feed->now_ns + ns;

	while (n->feed->now_ns < end) {
		nf_tick(n, NW_MIN(end - n->feed->now_ns, 20 * SEC));
	}
}

static uint64_t jittered(struct nf *n, double period_s, double jitter)
{
	return (uint64_t)(period_s * (1 + jitter * (2 * nf_random(n) - 1)) * (double)SEC);
}

static void ten_contacts_are_enough(void **state)
{
	struct nf *n = nf_new("beacon", "");
	const struct nw_finding *f;

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		nf_contact(n, (struct nf_contact){ .tx = 700, .rx = 300 });
		wait_ns(n, 30 * SEC);
	}
	assert_int_equal(n->all, 0);
	nf_contact(n, (struct nf_contact){ .tx = 700, .rx = 300 });
	assert_int_equal(n->all, 1);
	f = &n->finding[0];
	assert_int_equal(f->action, NW_FINDING_OPENED);
	assert_true(f->score >= NW_ALERT_SCORE && f->score <= 65);
	assert_string_equal(n->key[0], "203.0.113.7 /opt/p100/bin/agent");
	assert_non_null(f->flow); /* though it ends with this event */
	assert_non_null(f->proc);
	assert_int_equal(nf_evidence(f, "contacts"), 10);
	assert_int_equal(nf_evidence(f, "interval_median_ms"), 30000);
	assert_int_equal(nf_evidence(f, "interval_mad_ms"), 0);
	assert_int_equal(nf_evidence(f, "sent_median_bytes"), 700);
	assert_int_equal(f->first_ns, NW_FEED_START + SEC);
	nf_free(n);
}

static void hours_raise_it_and_a_quiet_day_closes_it(void **state)
{
	struct nf *n = nf_new("beacon", "");

	(void)state;
	for (unsigned i = 0; i < 12 * 30; i++) { /* 13 hours, every 2 minutes */
		nf_contact(n, (struct nf_contact){ .tx = 700, .rx = 300 });
		wait_ns(n, 120 * SEC);
	}
	assert_true(n->best >= 70);
	assert_true(nf_evidence(&n->finding[n->n - 1], "rita_permille") >= 900);
	assert_int_equal(n->finding[n->n - 1].action, NW_FINDING_UPDATED);
	wait_ns(n, 24 * NF_HOUR + 60 * SEC);
	assert_int_equal(n->finding[n->n - 1].action, NW_FINDING_CLOSED);
	nf_free(n);
}

/* One connection that stays: each burst is a contact. */
static void bursts_in_one_connection(void **state)
{
	struct nf *n = nf_new("beacon", "");
	uint64_t birth = n->feed->now_ns;

	(void)state;
	for (unsigned i = 1; i <= 12; i++) {
		nf_bin(n, (struct nf_contact){
				  .cookie = 7, .birth_ns = birth, .tx = 90 * i, .rx = 40 * i });
		nf_tick(n, NF_BIN); /* the burst's second bin */
		nf_bin(n, (struct nf_contact){
				  .cookie = 7, .birth_ns = birth, .tx = 95 * i, .rx = 40 * i });
		wait_ns(n, 45 * SEC);
	}
	assert_true(n->best >= NW_ALERT_SCORE);
	assert_true(nf_evidence(&n->finding[0], "contacts") <= 11);
	nf_free(n);
}

static void datagrams_too(void **state)
{
	struct nf *n = nf_new("beacon", "");

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		nf_datagrams(n, (struct nf_contact){ .tx = 120, .rx = 80, .port = 8800 });
		wait_ns(n, 20 * SEC);
	}
	assert_true(n->best >= NW_ALERT_SCORE);
	nf_free(n);
}

/* Uploads and downloads in regular pieces, whether a limit on their rate makes them or a program,
 * and contacts that say as much in more time. One large order among short ones hides nothing. */
static void transfers_are_no_contacts(void **state)
{
	static const struct {
		const char *what;
		unsigned sent, every_ms;
		bool is_alert;
		unsigned got, got_once;
	} rows[] = {
		{ "held to 40 kB/s in pieces of 64 kB", 65536, 1613, false, 0, 0 },
		{ "held to 5 kB/s", 16384, 3200, false, 0, 0 },
		{ "segments", 90000, 2000, false, 0, 0 },
		{ "pieces of 200 kB, one each second", 200139, 1026, false, 0, 0 },
		{ "a list of processes every ten seconds", 20000, 10000, true, 0, 0 },
		{ "a screen once a minute", 150000, 60000, true, 0, 0 },
		{ "a TLS handshake every two seconds", 2100, 2000, true, 0, 0 },
		{ "one package after the other", 190, 1700, false, 130000, 0 },
		{ "a chain of certificates each second", 1900, 1000, true, 6000, 0 },
		{ "a page of 20 kB every ten seconds", 400, 10000, true, 20000, 0 },
		{ "short orders, and a tool of 8 MB once", 400, 2000, true, 0, 8000000 },
	};

	(void)state;
	for (size_t k = 0; k < NW_ARRAY_SIZE(rows); k++) {
		struct nf *n = nf_new("beacon", "");

		for (unsigned i = 0; i < 40; i++) {
			unsigned got = rows[k].got ? rows[k].got : 200;

			nf_contact(n, (struct nf_contact){ .tx = rows[k].sent,
							   .rx = i == 3 && rows[k].got_once
									 ? rows[k].got_once
									 : got });
			wait_ns(n, rows[k].every_ms * NW_NSEC_PER_MSEC);
		}
		if ((n->best >= NW_ALERT_SCORE) != rows[k].is_alert) {
			fail_msg("%s: score %u", rows[k].what, n->best);
		}
		nf_free(n);
	}
}

/* Nobody answers: the attempts are as regular. */
static void a_dead_server_is_called_too(void **state)
{
	struct nf *n = nf_new("beacon", "");

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		nf_contact(n, (struct nf_contact){ .tx = 0, .tx_packets = 3 });
		wait_ns(n, 60 * SEC);
	}
	assert_true(n->best >= NW_ALERT_SCORE);
	nf_free(n);
}

/* Addresses that change under one name are one destination. */
static void a_name_holds_rotating_addresses_together(void **state)
{
	struct nf *n = nf_new("beacon", "");

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		char to[32];

		snprintf(to, sizeof(to), "198.51.100.%u", 10 + i * 7);
		nf_ask(n, "cdn.example.org", (struct nf_dns){ .address = to });
		nf_contact(n, (struct nf_contact){ .to = to, .tx = 700, .rx = 300 });
		wait_ns(n, 60 * SEC);
	}
	assert_true(n->best >= NW_ALERT_SCORE);
	assert_string_equal(n->key[0], "cdn.example.org /opt/p100/bin/agent");
	nf_free(n);
}

/* ---- near misses ---- */

struct near_miss {
	const char *what;
	const char *yaml;
	struct nf_contact c;
	bool is_datagram;
};

static const struct near_miss near_misses[] = {
	{ "NTP, nobody declared it",
	  "",
	  { .port = 123, .tx = 48, .rx = 48, .tx_packets = 1, .rx_packets = 1 },
	  true },
	{ "declared NTP", "ntp: [ 203.0.113.7 ]\n", { .port = 4460, .tx = 700, .rx = 900 }, false },
	{ "DNS", "", { .port = 53, .tx = 40, .rx = 90 }, true },
	{ "declared resolver",
	  "resolvers: [ 203.0.113.7 ]\n",
	  { .port = 853, .tx = 400, .rx = 900 },
	  false },
	{ "DHCP", "", { .port = 67, .lport = 68, .tx = 300, .rx = 300 }, true },
	{ "declared",
	  "allowed:\n  - { to: 203.0.113.0/24, port: 443, why: monitoring }\n",
	  { .tx = 700 },
	  false },
	{ "declared camera outside",
	  "cameras:\n  - { name: gate, address: 203.0.113.7 }\n",
	  { .port = 554, .tx = 150, .rx = 90 },
	  false },
	{ "a camera inside", "", { .to = "10.0.3.9", .port = 554, .tx = 150, .rx = 90 }, false },
	{ "a monitored machine inside",
	  "",
	  { .to = "10.0.0.9", .port = 161, .tx = 80, .rx = 90 },
	  true },
	{ "polled from outside", "", { .tx = 80, .rx = 90, .flags = NW_SOCK_ACCEPTED }, false },
	{ "a multicast group", "", { .to = "239.255.255.250", .port = 1900, .tx = 100 }, true },
};

static void regular_by_nature_is_silent(void **state)
{
	(void)state;
	for (size_t m = 0; m < NW_ARRAY_SIZE(near_misses); m++) {
		struct nf *n = nf_new("beacon", near_misses[m].yaml);

		for (unsigned i = 0; i < 30; i++) {
			if (near_misses[m].is_datagram) {
				nf_datagrams(n, near_misses[m].c);
			} else {
				nf_contact(n, near_misses[m].c);
			}
			wait_ns(n, 60 * SEC);
		}
		if (n->all) {
			fail_msg("%s: found", near_misses[m].what);
		}
		nf_free(n);
	}
}

/* What uses the port of time and is none. */
static void data_on_ntps_port_is_found(void **state)
{
	struct nf *n = nf_new("beacon", "");

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		nf_datagrams(n, (struct nf_contact){ .port = 123,
						     .tx = 300,
						     .rx = 48,
						     .tx_packets = 1,
						     .rx_packets = 1 });
		wait_ns(n, 64 * SEC);
	}
	assert_true(n->best >= NW_ALERT_SCORE);
	nf_free(n);
}

static void keep_alives_of_tcp_carry_nothing(void **state)
{
	struct nf *n = nf_new("beacon", "");
	uint64_t birth = n->feed->now_ns;

	(void)state;
	for (unsigned i = 1; i <= 40; i++) {
		nf_bin(n, (struct nf_contact){ .cookie = 7,
					       .birth_ns = birth,
					       .tx = 500,
					       .rx = 500,
					       .tx_packets = i,
					       .rx_packets = i });
		wait_ns(n, 75 * SEC);
	}
	assert_int_equal(n->all, 0);
	nf_free(n);
}

/* A stream has a bin every 200 ms, or every five seconds on a slow ledger: no contacts, one. */
static void a_stream_is_one_contact(void **state)
{
	static const uint64_t period[] = { NF_BIN, 5 * SEC };

	(void)state;
	for (unsigned p = 0; p < 2; p++) {
		struct nf *n = nf_new("beacon", "");
		uint64_t birth = n->feed->now_ns;

		for (unsigned i = 1; i <= 400; i++) {
			nw_feed_clock(n->feed, (struct nw_feed_time){ .after_ns = period[p],
								      .period_ns = period[p] });
			nf_bin(n, (struct nf_contact){ .cookie = 7,
						       .birth_ns = birth,
						       .tx = 90000 * i,
						       .rx = 400 * i });
		}
		assert_int_equal(n->all, 0);
		nf_free(n);
	}
}

static void updates_twice_a_day_are_too_few(void **state)
{
	struct nf *n = nf_new("beacon", "");

	(void)state;
	for (unsigned i = 0; i < 6; i++) { /* three days */
		nf_contact(n, (struct nf_contact){ .tx = 900, .rx = 200000 });
		wait_ns(n, 12 * NF_HOUR);
	}
	assert_int_equal(n->all, 0);
	nf_free(n);
}

/* ---- chance, and jitter ---- */

/* -ln(1 - u) without a library: the exponential of arrivals by chance. */
static double chance(struct nf *n)
{
	double u = nf_random(n);
	double sum = 0;
	double power = 1;

	for (unsigned k = 1; k < 400; k++) {
		power *= u;
		sum += power / k;
	}
	return sum;
}

struct trial {
	double jitter;
	unsigned contacts;
	bool is_chance, is_any_size;
};

/* How many of so many pairs were found, each with times of its own. */
static unsigned found_of(unsigned trials, struct trial t)
{
	struct nf *n = nf_new("beacon", "");
	unsigned found = 0;

	for (unsigned i = 0; i < trials; i++) {
		char to[32];

		snprintf(to, sizeof(to), "198.18.%u.%u", i / 250, i % 250 + 1);
		n->best = 0;
		for (unsigned k = 0; k < t.contacts; k++) {
			uint64_t tx = t.is_any_size ? 300 + (uint64_t)(nf_random(n) * 4000) : 700;

			nf_contact(n, (struct nf_contact){ .to = to, .tx = tx, .rx = 300 });
			nf_tick(n, t.is_chance ? SEC + (uint64_t)(chance(n) * 60 * (double)SEC)
					       : jittered(n, 60, t.jitter));
		}
		found += n->best >= NW_ALERT_SCORE;
	}
	nf_free(n);
	return found;
}

static void jitter_that_hides_it(void **state)
{
	static const struct {
		double jitter;
		unsigned at_least, at_most; /* found of 200 after ten contacts */
	} row[] = { { 0, 200, 200 },   { 0.05, 200, 200 }, { 0.1, 195, 200 },
		    { 0.2, 190, 200 }, { 0.3, 80, 180 },   { 0.5, 0, 70 } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		unsigned found =
			found_of(TRIALS, (struct trial){ row[i].jitter, 10, false, false });

		print_message("jitter %2.0f %%: found %u of %u after ten contacts\n",
			      row[i].jitter * 100, found, TRIALS);
		assert_in_range(found, row[i].at_least, row[i].at_most);
	}
}

static void chance_is_seldom_regular(void **state)
{
	unsigned same = found_of(TRIALS, (struct trial){ 0, 30, true, false });
	unsigned other = found_of(TRIALS, (struct trial){ 0, 30, true, true });

	(void)state;
	print_message("by chance, 30 contacts: found %u of %u of one size, %u of any size\n", same,
		      TRIALS, other);
	assert_in_range(same, 0, 4);
	assert_in_range(other, 0, 4);
}

/* Ten hours: RITA's score, and how regular it must be besides. */
static void hours_of_jitter(void **state)
{
	static const struct {
		double jitter;
		unsigned at_least, at_most;
	} row[] = { { 0.3, 20, 20 }, { 0.5, 20, 20 }, { 0.75, 0, 20 }, { 0.95, 0, 10 } };
	unsigned found;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		found = found_of(20, (struct trial){ row[i].jitter, 600, false, false });
		print_message("jitter %2.0f %%: found %u of 20 after ten hours\n",
			      row[i].jitter * 100, found);
		assert_in_range(found, row[i].at_least, row[i].at_most);
	}
	found = found_of(20, (struct trial){ 0, 600, true, true });
	print_message("by chance: found %u of 20 after ten hours\n", found);
	assert_in_range(found, 0, 2);
}

/* Times that go back, births in the future, sizes that overflow: counted, never a crash. */
static void hostile_figures(void **state)
{
	struct nf *n = nf_new("beacon", "");

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		nf_contact(n, (struct nf_contact){ .tx = UINT64_MAX - i,
						   .birth_ns = i % 3 ? UINT64_MAX : 1 });
		nf_tick(n, SEC * (i % 7));
	}
	for (unsigned i = 0; i < 6000; i++) { /* more pairs than the table has */
		char to[32];

		snprintf(to, sizeof(to), "198.18.%u.%u", i / 250, i % 250 + 1);
		nf_contact(n, (struct nf_contact){ .to = to, .tx = 1 });
	}
	nf_free(n);
}

NW_TESTS(indicators_beacon, cmocka_unit_test(ten_contacts_are_enough),
	 cmocka_unit_test(hours_raise_it_and_a_quiet_day_closes_it),
	 cmocka_unit_test(bursts_in_one_connection), cmocka_unit_test(datagrams_too),
	 cmocka_unit_test(a_dead_server_is_called_too), cmocka_unit_test(transfers_are_no_contacts),
	 cmocka_unit_test(a_name_holds_rotating_addresses_together),
	 cmocka_unit_test(regular_by_nature_is_silent),
	 cmocka_unit_test(data_on_ntps_port_is_found),
	 cmocka_unit_test(keep_alives_of_tcp_carry_nothing),
	 cmocka_unit_test(a_stream_is_one_contact),
	 cmocka_unit_test(updates_twice_a_day_are_too_few), cmocka_unit_test(jitter_that_hides_it),
	 cmocka_unit_test(chance_is_seldom_regular), cmocka_unit_test(hours_of_jitter),
	 cmocka_unit_test(hostile_figures));
