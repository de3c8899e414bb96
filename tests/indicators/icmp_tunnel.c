/* SPDX-License-Identifier: Apache-2.0 */
/* icmp-tunnel: echo that is not answered with its own bytes, or is large, against all kinds of pings. */
#include "indicators/net_feed.h"

#define SEC NW_FEED_SEC

struct echo {
	const char *what;
	const char *to;
	unsigned bins;				   /* with traffic */
	uint64_t every_ns;			   /* between them */
	unsigned packets;			   /* in each, sent and received */
	unsigned tx_low, tx_high, rx_low, rx_high; /* bytes of one; rx_high 0 = as sent */
	unsigned lost;				   /* of 8 bins in one, answers are missing */
	bool is_unanswered;
	unsigned at_least, at_most;
	const char *yaml;
	unsigned answers;    /* in each bin, where there are others than packets */
	unsigned extra;	     /* bytes of one answer more */
	bool is_late;	     /* they come in a bin of their own */
	unsigned lost_above; /* larger ones are not answered */
	bool is_script;	     /* an interpreter sends */
};

static const struct echo rows[] = {
	/* tunnels */
	{ "IP over echo, both ways", NULL, 300, NF_BIN, 4, 60, 1400, 60, 1400, 1, false, 60, 95,
	  .yaml = "" },
	{ "a shell that polls", NULL, 200, NF_BIN, 1, 40, 48, 40, 200, 0, false, 60, 70,
	  .yaml = "" },
	{ "a file up, the far kernel answers", NULL, 300, SEC, 2, 600, 1400, 0, 0, 1, false, 50, 80,
	  .yaml = "" },
	{ "a file up, nobody answers", NULL, 300, SEC, 2, 600, 1400, 0, 0, 0, true, 50, 80,
	  .yaml = "" },
	{ "a tunnel inside", "10.0.0.9", 300, NF_BIN, 4, 60, 1400, 60, 1400, 0, false, 45, 75,
	  .yaml = "" },
	{ "a window full, and the far kernel answers", NULL, 20, SEC, 64, 1044, 1044, 0, 0, 0,
	  false, 60, 80, .yaml = "" },
	{ "and the tunnel says what it got", NULL, 20, SEC, 64, 1044, 1044, 0, 0, 0, false, 60, 80,
	  .yaml = "", .extra = 36 },
	{ "the same without pauses", NULL, 60, NF_BIN, 64, 1044, 1044, 0, 0, 0, false, 60, 85,
	  .yaml = "", .extra = 36 },
	{ "fetched: many answers to few requests", NULL, 3, NF_BIN, 28, 1060, 1060, 1042, 1042, 0,
	  false, 50, 80, .yaml = "", .answers = 112 },
	{ "sent: words of thanks are answers", NULL, 3, NF_BIN, 300, 1490, 1490, 60, 60, 0, false,
	  60, 80, .yaml = "", .answers = 150 },
	{ "this host is asked, and answers with data", NULL, 40, SEC, 40, 1400, 1400, 36, 36, 0,
	  false, 60, 85, .yaml = "", .answers = 31 },
	{ "the same inside", "10.0.0.9", 40, SEC, 40, 1400, 1400, 36, 36, 0, false, 45, 70,
	  .yaml = "", .answers = 31 },
	{ "a shell that polls, far away", NULL, 200, SEC, 1, 40, 48, 40, 200, 0, false, 60, 70,
	  .yaml = "", .is_late = true },
	{ "a script carries a file, one size, answered alike", NULL, 60, NF_BIN, 1, 1008, 1008, 0,
	  0, 0, false, 50, 50, .yaml = "", .is_script = true },
	{ "the same by a tool", NULL, 60, NF_BIN, 1, 1008, 1008, 0, 0, 0, false, 0, 49,
	  .yaml = "" },
	/* pings */
	{ "a script looks for the MTU", NULL, 12, SEC, 1, 1000, 1500, 0, 0, 1, false, 0, 49,
	  .yaml = "", .is_script = true },
	{ "a script monitors with 100 bytes", NULL, 600, SEC, 1, 108, 108, 0, 0, 1, false, 0, 49,
	  .yaml = "", .is_script = true },
	{ "a script tests the load inside", "10.0.0.9", 600, NF_BIN, 4, 1400, 1400, 0, 0, 1, false,
	  0, 0, .yaml = "", .is_script = true },
	{ "two sizes of two programs", NULL, 600, SEC, 1, 64, 64, 64, 108, 0, false, 0, 0,
	  .yaml = "", .answers = 2, .is_late = true },
	{ "one in five is lost, far away", NULL, 600, SEC, 10, 64, 64, 64, 64, 0, false, 0, 0,
	  .yaml = "", .answers = 8, .is_late = true },
	{ "a flood of large ones outside", NULL, 300, NF_BIN, 500, 1400, 1400, 0, 0, 1, false, 0,
	  49, .yaml = "" },
	{ "two programs, large ones", NULL, 600, SEC, 1, 1400, 1400, 1400, 1400, 0, false, 0, 49,
	  .yaml = "", .answers = 2 },
	{ "half of them are lost", NULL, 600, SEC, 2, 1400, 1400, 1400, 1400, 0, false, 0, 49,
	  .yaml = "", .answers = 1 },
	{ "rounds of twenty", NULL, 100, 20 * SEC, 20, 64, 64, 0, 0, 1, false, 0, 0, .yaml = "" },
	{ "rounds of twenty large ones", NULL, 24, 150 * SEC, 20, 1008, 1008, 0, 0, 1, false, 0, 49,
	  .yaml = "" },
	{ "sizes up to where none comes back", NULL, 90, NF_BIN, 1, 64, 9000, 0, 0, 0, false, 0, 49,
	  .yaml = "", .lost_above = 1480 },
	{ "loads inside, in heaps", "10.0.0.9", 60, SEC, 64, 1400, 1400, 0, 0, 0, false, 0, 0,
	  .yaml = "" },
	{ "ping", NULL, 3600, SEC, 1, 64, 64, 0, 0, 1, false, 0, 0, .yaml = "" },
	{ "monitoring, 100 bytes of payload", NULL, 600, 10 * SEC, 1, 108, 108, 0, 0, 1, false, 0,
	  0, .yaml = "" },
	{ "a search for the MTU", NULL, 12, SEC, 1, 1000, 1500, 0, 0, 1, false, 0, 39, .yaml = "" },
	{ "large pings of one size", NULL, 600, SEC, 1, 1400, 1400, 0, 0, 1, false, 0, 49,
	  .yaml = "" },
	{ "flood of one's own network", "10.0.0.9", 600, NF_BIN, 2000, 1400, 1400, 0, 0, 1, false,
	  0, 0, .yaml = "" },
	{ "declared", NULL, 300, NF_BIN, 4, 60, 1400, 60, 1400, 0, false, 0, 0,
	  .yaml = "allowed:\n  - { to: 203.0.113.7, why: path test }\n" },
};

static unsigned between(struct nf *n, unsigned low, unsigned high)
{
	return low + (unsigned)(nf_random(n) * (double)(high - low + 1));
}

/* How many come back, with how many bytes, for what was sent. */
static void answer(struct nf *n, struct nf_contact *c, const struct echo *e)
{
	unsigned answers = e->answers ? e->answers : e->packets;

	for (unsigned k = 0; e->rx_high && k < answers; k++) {
		c->rx += between(n, e->rx_low, e->rx_high);
		c->rx_packets++;
	}
	c->rx += e->extra;
	c->rx_packets += e->extra > 0;
}

static void play(struct nf *n, const struct echo *e)
{
	struct nf_contact c = { .to = e->to,
				.proto = IPPROTO_ICMP,
				.cookie = 7,
				.slot = 1,
				.birth_ns = n->feed->now_ns };

	if (e->is_script) {
		nw_feed_fact(n->feed, "program.0.31", "interpreter /usr/bin/ruby");
		nw_feed_proc(n->feed, (struct nw_feed_exec){
					      .pid = 100, .exe = "/usr/bin/ruby", .exe_ino = 31 });
	}

	for (unsigned i = 0; i < e->bins; i++) {
		bool is_lost = e->is_unanswered || (e->lost && i % 8 == 3);

		for (unsigned k = 0; k < e->packets; k++) {
			unsigned tx = between(n, e->tx_low, e->tx_high);

			c.tx += tx;
			c.tx_packets++;
			if (!is_lost && !e->rx_high && (!e->lost_above || tx <= e->lost_above)) {
				c.rx += tx;
				c.rx_packets++;
			}
		}
		if (e->is_late) {
			nf_bin(n, c);
			nf_tick(n, NF_BIN);
		}
		if (!is_lost) {
			answer(n, &c, e);
		}
		nf_bin(n, c);
		nf_tick(n, e->every_ns);
	}
}

static void tunnels_and_pings(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nf *n = nf_new("icmp-tunnel", rows[i].yaml);

		play(n, &rows[i]);
		print_message("%-34s score %u\n", rows[i].what, n->best);
		if (n->best < rows[i].at_least || n->best > rows[i].at_most) {
			fail_msg("%s: score %u", rows[i].what, n->best);
		}
		nf_free(n);
	}
}

/* Answers a bin later than their requests, as over a slow line: nothing is odd in them. */
static void late_answers_are_honest(void **state)
{
	struct nf *n = nf_new("icmp-tunnel", "");
	struct nf_contact c = {
		.proto = IPPROTO_ICMP, .cookie = 7, .slot = 1, .birth_ns = n->feed->now_ns
	};

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		if (i % 2) {
			c.rx += 64;
			c.rx_packets++;
		} else {
			c.tx += 64;
			c.tx_packets++;
		}
		nf_bin(n, c);
		nf_tick(n, SEC / 2);
	}
	assert_int_equal(n->all, 0);
	nf_free(n);
}

/* ---- programs that are run for each packet ---------------------------------------------------- */

enum told {
	TOLD_SAME,   /* called alike each time */
	TOLD_HEX,    /* 16 bytes, as in `ping -p` */
	TOLD_TEXT,   /* words of a document */
	TOLD_NUMBER, /* a size, a counter */
	TOLD_INPUT,  /* nothing: it reads a kilobyte, and nobody answers */
};

struct runs {
	const char *what;
	const char *to;
	uint8_t proto; /* 0 = ICMP */
	enum told told;
	unsigned runs;
	uint64_t every_ns;
	unsigned usual; /* of three, so many are called alike */
	unsigned at_least, at_most;
};

static const struct runs runs[] = {
	{ "a secret as patterns", NULL, 0, TOLD_HEX, 20, SEC, 0, 55, 55 },
	{ "slowly", NULL, 0, TOLD_HEX, 20, 50 * SEC, 0, 55, 55 },
	{ "beside a monitor", NULL, 0, TOLD_HEX, 40, 5 * SEC, 1, 55, 55 },
	{ "text, packets made by hand", NULL, IPPROTO_RAW, TOLD_TEXT, 20, SEC, 0, 55, 55 },
	{ "inside", "10.0.0.9", 0, TOLD_HEX, 20, SEC, 0, 40, 40 },
	{ "what they read", NULL, 0, TOLD_INPUT, 60, SEC, 0, 55, 55 },
	{ "fewer of them", NULL, 0, TOLD_INPUT, 38, SEC, 0, 0, 45 },
	{ "what they read, to one inside", "10.0.0.9", 0, TOLD_INPUT, 60, SEC, 0, 0, 0 },
	{ "a large ping now and then, to who is off", NULL, 0, TOLD_INPUT, 60, 30 * SEC, 0, 0, 45 },
	{ "a monitor", NULL, 0, TOLD_SAME, 200, 5 * SEC, 0, 0, 0 },
	{ "sizes and counters", NULL, 0, TOLD_NUMBER, 200, 5 * SEC, 0, 0, 0 },
	{ "an attempt or two", NULL, 0, TOLD_HEX, 6, SEC, 0, 0, 0 },
	{ "one of many", NULL, 0, TOLD_HEX, 40, 5 * SEC, 2, 0, 0 },
};

static void run_once(struct nf *n, const struct runs *r, unsigned i)
{
	static const char *const word[] = { "recorder", "password", "gateway", "keypad",
					    "backdoor", "corridor", "shelter", "archive" };
	bool is_fed = r->told == TOLD_INPUT;
	bool is_heard = !r->proto && !is_fed;
	char what[64];
	char args[128];
	int len;

	switch (i % 3 < r->usual ? TOLD_SAME : r->told) {
	case TOLD_HEX:
		for (unsigned c = 0; c < 32; c += 4) {
			snprintf(what + c, 5, "%04x", between(n, 0, 0xffff));
		}
		break;
	case TOLD_TEXT:
		snprintf(what, sizeof(what), "the %s of %s %u", word[i % 8], word[i / 8 % 8], i);
		break;
	case TOLD_NUMBER:
		snprintf(what, sizeof(what), "%u", 56 + i);
		break;
	default:
		snprintf(what, sizeof(what), "1");
	}
	len = snprintf(args, sizeof(args), "send%c-n%c1%c-x%c%s%c203.0.113.7", 0, 0, 0, 0, what, 0);
	nw_feed_proc(n->feed, (struct nw_feed_exec){ .pid = 1000 + i,
						     .parent = 101,
						     .exe = "/usr/bin/send",
						     .args = args,
						     .args_len = (size_t)len });
	nf_bin(n, (struct nf_contact){ .pid = 1000 + i,
				       .to = r->to,
				       .proto = r->proto ? r->proto : IPPROTO_ICMP,
				       .slot = 1,
				       .tx = is_fed ? 1472 : 64,
				       .rx = is_heard ? 64 : 0,
				       .tx_packets = 1,
				       .rx_packets = is_heard });
	nf_tick(n, r->every_ns);
}

static void programs_run_for_each_packet(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(runs); i++) {
		struct nf *n = nf_new("icmp-tunnel", "");

		for (unsigned k = 0; k < runs[i].runs; k++) {
			run_once(n, &runs[i], k);
		}
		print_message("%-34s score %u\n", runs[i].what, n->best);
		if (n->best < runs[i].at_least || n->best > runs[i].at_most) {
			fail_msg("%s: score %u", runs[i].what, n->best);
		}
		if (n->n && runs[i].told != TOLD_INPUT) {
			assert_true(nf_evidence(&n->finding[0], "called_otherwise") >= 8);
			assert_true(nf_evidence(&n->finding[0], "bytes_of_arguments") >= 40);
		}
		nf_free(n);
	}
}

/* Packets of which the program makes IP's header too; a probe listens for answers beside it. */
static unsigned by_hand(const char *to, unsigned packets, unsigned bytes, bool is_answered)
{
	struct nf *n = nf_new("icmp-tunnel", "");
	uint64_t birth_ns = n->feed->now_ns;
	unsigned best;

	for (unsigned i = 1; i <= packets; i++) {
		nf_bin(n, (struct nf_contact){ .to = to,
					       .proto = IPPROTO_RAW,
					       .cookie = 7,
					       .slot = 1,
					       .birth_ns = birth_ns,
					       .tx = (uint64_t)bytes * i,
					       .tx_packets = i });
		if (is_answered) {
			nf_bin(n, (struct nf_contact){ .to = to,
						       .proto = IPPROTO_ICMP,
						       .cookie = 8,
						       .slot = 1,
						       .birth_ns = birth_ns,
						       .rx = (uint64_t)bytes * i,
						       .rx_packets = i });
		}
		nf_tick(n, SEC);
	}
	best = n->best;
	nf_free(n);
	return best;
}

static void packets_made_by_hand(void **state)
{
	(void)state;
	assert_int_equal(by_hand(NULL, 40, 208, false), 55);
	assert_int_equal(by_hand(NULL, 12, 1008, false), 55);
	assert_int_equal(by_hand(NULL, 600, 64, false), 0);	    /* a scan, a trace */
	assert_int_equal(by_hand(NULL, 5, 1008, false), 0);	    /* a test */
	assert_in_range(by_hand(NULL, 60, 208, true), 0, 39);	    /* a trace with large packets */
	assert_int_equal(by_hand("10.0.0.9", 600, 1400, false), 0); /* a load test */
}

static void it_closes_and_says_what_it_saw(void **state)
{
	struct nf *n = nf_new("icmp-tunnel", "");
	const struct nw_finding *f;

	(void)state;
	play(n, &rows[0]);
	f = &n->finding[0];
	assert_string_equal(n->key[0], "203.0.113.7 /opt/p100/bin/agent");
	assert_true(nf_evidence(f, "packets_answered_otherwise") >= 20);
	assert_int_equal(nf_evidence(f, "window_s"), 600);
	for (unsigned i = 0; i < 40; i++) {
		nf_tick(n, 60 * SEC);
	}
	assert_int_equal(n->finding[n->n - 1].action, NW_FINDING_CLOSED);
	nf_free(n);
}

static void hostile_figures(void **state)
{
	struct nf *n = nf_new("icmp-tunnel", "");

	(void)state;
	for (unsigned i = 0; i < 3000; i++) { /* more peers than the table has, absurd sums */
		char to[32];

		snprintf(to, sizeof(to), "198.18.%u.%u", i / 250, i % 250 + 1);
		nf_bin(n, (struct nf_contact){ .to = to,
					       .proto = IPPROTO_ICMP,
					       .slot = i + 1,
					       .tx = UINT64_MAX,
					       .rx = UINT64_MAX / 2,
					       .tx_packets = i % 3 ? 1 : UINT64_MAX,
					       .rx_packets = 1 });
	}
	nf_free(n);
}

NW_TESTS(indicators_icmp_tunnel, cmocka_unit_test(tunnels_and_pings),
	 cmocka_unit_test(late_answers_are_honest), cmocka_unit_test(programs_run_for_each_packet),
	 cmocka_unit_test(packets_made_by_hand), cmocka_unit_test(it_closes_and_says_what_it_saw),
	 cmocka_unit_test(hostile_figures));
