/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The balance, through the real pipeline: what the kernel is said to have counted beside what flows
 * moved, in octets of IP.
 */
#include "flow_feed.h"

#define TS NW_SOCK_TIMESTAMPS

static struct nw_feed *begin(void)
{
	struct nw_feed *f = start();

	nw_feed_fact(f, "host.netns", "4026531840");
	nw_feed_fact(f, "scope", "host");
	return f;
}

struct reading {
	uint64_t in, in_packets, out, out_packets;
	const char *more;
};

static void read_kernel(struct nw_feed *f, struct reading r)
{
	char text[512];

	snprintf(text, sizeof(text), "in4=%ju out4=%ju in4_packets=%ju out4_packets=%ju%s%s",
		 (uintmax_t)r.in, (uintmax_t)r.out, (uintmax_t)r.in_packets,
		 (uintmax_t)r.out_packets, r.more ? " " : "", r.more ? r.more : "");
	f->now_ns += 10 * SECOND;
	nw_feed_fact(f, "net.counters", text);
}

static const struct nw_balance_side *side(const struct nw_feed *f, enum nw_way way)
{
	assert_non_null(nw_balance_of(f->state));
	return &nw_balance_of(f->state)->all.side[way];
}

static void assert_side(const struct nw_feed *f, enum nw_way way, uint64_t kernel,
			uint64_t explained)
{
	assert_int_equal(side(f, way)->kernel, kernel);
	assert_int_equal(side(f, way)->explained, explained);
}

static struct nw_ev_sock tcp_counts(const struct nw_feed *f, enum nw_sock_what what, uint64_t tx,
				    uint64_t tx_packets, uint64_t rx, uint64_t rx_packets)
{
	struct nw_ev_sock e = tcp(f, what, tx, rx);

	e.tx_packets = tx_packets;
	e.rx_packets = rx_packets;
	e.flags |= TS;
	return e;
}

static void one_reading_is_no_balance(void **state)
{
	struct nw_feed *f = begin();

	(void)state;
	assert_null(nw_balance_of(f->state));
	read_kernel(f, (struct reading){ .in = 5 });
	assert_null(nw_balance_of(f->state));
	nw_feed_free(f);
}

/* Header by header, where each segment is a packet. */
static void segments_are_packets(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e;

	(void)state;
	read_kernel(f, (struct reading){ .in = 7777, .out = 8888 });
	e = tcp_counts(f, NW_SOCK_BIN, 1000, 10, 200000, 150);
	feed(f, &e);
	read_kernel(f, (struct reading){ .in = 7777 + 200000 + 150 * 52,
					 .in_packets = 150,
					 .out = 8888 + 1000 + 10 * 52,
					 .out_packets = 10 });
	assert_side(f, NW_WAY_IN, 200000 + 150 * 52, 200000 + 150 * 52);
	assert_side(f, NW_WAY_OUT, 1000 + 10 * 52, 1000 + 10 * 52);
	nw_feed_free(f);
}

/* GRO: 150 segments passed IP as 5 packets, and a datagram was among them. */
static void many_segments_are_one_packet(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e;

	(void)state;
	read_kernel(f, (struct reading){ 0 });
	e = tcp_counts(f, NW_SOCK_BIN, 0, 0, 200000, 150);
	feed(f, &e);
	e = udp(f, 9, 0, 300);
	e.rx_packets = 1;
	e.cookie++;
	feed(f, &e);
	read_kernel(f, (struct reading){ .in = 200000 + 5 * 52 + 328, .in_packets = 6 });
	assert_side(f, NW_WAY_IN, 200000 + 5 * 52 + 328, 200000 + 5 * 52 + 328);
	nw_feed_free(f);
}

/* Of an AF_INET6 socket, one peer each way of writing; without timestamps. */
static void families_are_those_of_the_wire(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e;

	(void)state;
	read_kernel(f, (struct reading){ .more = "in6=0 in6_packets=0" });
	e = tcp_counts(f, NW_SOCK_BIN, 0, 0, 1000, 1);
	e.family = 6; /* and a v4-mapped peer */
	e.flags &= ~TS;
	feed(f, &e);
	e = tcp_counts(f, NW_SOCK_BIN, 0, 0, 2000, 2);
	e.cookie++;
	e.family = 6;
	e.flags &= ~TS;
	e.raddr[0] = 0xfd;
	feed(f, &e);
	read_kernel(f, (struct reading){
			       .in = 1040, .in_packets = 1, .more = "in6=2120 in6_packets=2" });
	assert_side(f, NW_WAY_IN, 3160, 3160);
	nw_feed_free(f);
}

/* Only what moved since the first look, and not a byte twice over bins and the last word. */
static void it_begins_at_the_first_look(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e = tcp_counts(f, NW_SOCK_BIN, 0, 0, 1000000, 1000);

	(void)state;
	e.flags |= NW_SOCK_PRESTART;
	feed(f, &e);
	read_kernel(f, (struct reading){ .in = 99 });
	e = tcp_counts(f, NW_SOCK_BIN, 0, 0, 1000500, 1001);
	feed(f, &e);
	e = tcp_counts(f, NW_SOCK_BIN, 0, 0, 1000400, 1001); /* heals itself */
	feed(f, &e);
	e = tcp_counts(f, NW_SOCK_CLOSE, 0, 0, 1000700, 1002);
	feed(f, &e);
	read_kernel(f, (struct reading){ .in = 99 + 700 + 2 * 52, .in_packets = 2 });
	assert_side(f, NW_WAY_IN, 804, 804);
	nw_feed_free(f);
}

/* SYN, SYN-ACK and what TIME_WAIT says are no socket's; more than three a turn are nobody's. */
static void what_no_socket_counts_is_bounded(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e;

	(void)state;
	read_kernel(f, (struct reading){ 0 });
	e = tcp_counts(f, NW_SOCK_CLOSE, 100, 4, 0, 0);
	feed(f, &e);
	read_kernel(f, (struct reading){ .out = 100 + 6 * 52, .out_packets = 6 });
	assert_side(f, NW_WAY_OUT, 412, 412);
	read_kernel(f, (struct reading){ .out = 412 + 9 * 52, .out_packets = 15 });
	assert_side(f, NW_WAY_OUT, 412 + 9 * 52, 412); /* nothing ended since: 9 are nobody's */
	nw_feed_free(f);
}

static void what_was_sent_again_is_estimated(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e;

	(void)state;
	read_kernel(f, (struct reading){ .more = "again=5 first=7" });
	e = tcp_counts(f, NW_SOCK_BIN, 100000, 110, 0, 0);
	feed(f, &e);
	read_kernel(f, (struct reading){ .out = 110000 + 110 * 52,
					 .out_packets = 110,
					 .more = "again=15 first=107" });
	assert_side(f, NW_WAY_OUT, 115720, 115720);
	assert_int_equal(side(f, NW_WAY_OUT)->again, 10000);
	/* never more than is missing */
	e = tcp_counts(f, NW_SOCK_BIN, 200000, 210, 0, 0);
	feed(f, &e);
	read_kernel(f, (struct reading){ .out = 115720 + 100010 + 100 * 52,
					 .out_packets = 210,
					 .more = "again=1015 first=207" });
	assert_side(f, NW_WAY_OUT, 220930, 220930);
	assert_int_equal(side(f, NW_WAY_OUT)->again, 10010);
	nw_feed_free(f);
}

/* What its socket had no room for comes again: of mean size, and only where it is missing. */
static void what_came_again_is_estimated(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e;

	(void)state;
	read_kernel(f, (struct reading){ 0 });
	e = tcp_counts(f, NW_SOCK_BIN, 0, 0, 100000, 100);
	feed(f, &e);
	read_kernel(f, (struct reading){ .in = 104000 + 100 * 52,
					 .in_packets = 100,
					 .more = "old=1 old_gap=1 drop_backlog=1 drop_gap=1" });
	assert_side(f, NW_WAY_IN, 109200, 109200);
	assert_int_equal(side(f, NW_WAY_IN)->again, 4000);
	assert_int_equal(side(f, NW_WAY_OUT)->again, 0);
	nw_feed_free(f);
}

static void fragments_have_headers_of_their_own(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e;

	(void)state;
	read_kernel(f, (struct reading){ 0 });
	e = udp(f, 9, 0, 4000);
	e.rx_packets = 1;
	feed(f, &e);
	read_kernel(f, (struct reading){ .in = 4008 + 3 * 20,
					 .in_packets = 3,
					 .more = "pieces4=3 wholes4=1" });
	assert_side(f, NW_WAY_IN, 4068, 4068);
	nw_feed_free(f);
}

static void other_namespaces_are_not_in_it(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e;

	(void)state;
	read_kernel(f, (struct reading){ 0 });
	e = tcp_counts(f, NW_SOCK_BIN, 5000, 5, 5000, 5);
	e.netns++;
	feed(f, &e);
	read_kernel(f, (struct reading){ .in = 50, .in_packets = 1 });
	assert_side(f, NW_WAY_IN, 50, 0);
	assert_side(f, NW_WAY_OUT, 0, 0);
	nw_feed_free(f);
}

static struct nw_ev_sock forwarded(const struct nw_feed *f)
{
	struct nw_ev_sock e = udp(f, 1, 1000, 500);

	e.cookie = NW_COOKIE_FORWARD | 1;
	e.flags = NW_SOCK_FORWARDED | NW_SOCK_NO_OWNER | NW_SOCK_TX_FIRST;
	e.owner = (struct nw_proc_id){ 0 };
	e.tx_packets = e.rx_packets = 1;
	return e;
}

/* A bridge's frames pass no IP; a router's do twice, and then nothing can be said for sure. */
static void forwarded_flows_count_where_ip_forwards(void **state)
{
	struct nw_feed *f = begin();
	struct nw_ev_sock e = forwarded(f);

	(void)state;
	read_kernel(f, (struct reading){ 0 });
	feed(f, &e);
	read_kernel(f, (struct reading){ 0 });
	assert_side(f, NW_WAY_IN, 0, 0);
	assert_null(nw_balance_why_not(f->state, &nw_balance_of(f->state)->all));
	nw_feed_free(f);
	f = begin();
	read_kernel(f, (struct reading){ 0 });
	feed(f, &e);
	read_kernel(f, (struct reading){ .in = 1556,
					 .in_packets = 2,
					 .out = 1556,
					 .out_packets = 2,
					 .more = "forwarded4=2" });
	assert_side(f, NW_WAY_IN, 1556, 1556);
	assert_side(f, NW_WAY_OUT, 1556, 1556);
	assert_string_equal(nw_balance_why_not(f->state, &nw_balance_of(f->state)->all),
			    "forwards");
	nw_feed_free(f);
}

static void a_part_of_the_host_is_not_compared(void **state)
{
	struct nw_feed *f = begin();

	(void)state;
	nw_feed_fact(f, "scope", "cgroup");
	read_kernel(f, (struct reading){ 0 });
	read_kernel(f, (struct reading){ .in = 1 });
	assert_string_equal(nw_balance_why_not(f->state, &nw_balance_of(f->state)->all), "cgroup");
	nw_feed_free(f);
}

static void what_is_no_reading_is_passed_over(void **state)
{
	static const char *const bad[] = { "",	     "in4",    "in4=",	 "in4=x", "=",
					   "in4=1 ", " in4=1", "in4=-1", "in4 1" };
	struct nw_feed *f = begin();

	(void)state;
	read_kernel(f, (struct reading){ .in = 100, .in_packets = 1 });
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		nw_feed_fact(f, "net.counters", bad[i]);
	}
	assert_null(nw_balance_of(f->state));
	read_kernel(f, (struct reading){ .in = 50, .in_packets = 1 }); /* went back: begins anew */
	assert_null(nw_balance_of(f->state));
	nw_feed_fact(f, "net.counters", "in4=18446744073709551615 new_one=4 in4_packets=1");
	assert_true(side(f, NW_WAY_IN)->kernel > 0);
	nw_feed_free(f);
}

/* A window is about a minute, and what is left at the end is one too. */
static void windows_close(void **state)
{
	struct nw_feed *f = begin();

	(void)state;
	for (unsigned i = 0; i <= 6; i++) {
		read_kernel(f, (struct reading){ .in = i * 10 });
		assert_int_equal(i && nw_balance_of(f->state)->windows, i == 6);
	}
	assert_int_equal(nw_balance_of(f->state)->window.side[NW_WAY_IN].kernel, 60);
	read_kernel(f, (struct reading){ .in = 67 });
	nw_feed_fact(f, "session", "end");
	assert_int_equal(nw_balance_of(f->state)->windows, 2);
	assert_int_equal(nw_balance_of(f->state)->window.side[NW_WAY_IN].kernel, 7);
	assert_int_equal(side(f, NW_WAY_IN)->kernel, 67);
	nw_feed_free(f);
}

NW_TESTS(state_balance, cmocka_unit_test(one_reading_is_no_balance),
	 cmocka_unit_test(segments_are_packets), cmocka_unit_test(many_segments_are_one_packet),
	 cmocka_unit_test(families_are_those_of_the_wire),
	 cmocka_unit_test(it_begins_at_the_first_look),
	 cmocka_unit_test(what_no_socket_counts_is_bounded),
	 cmocka_unit_test(what_was_sent_again_is_estimated),
	 cmocka_unit_test(what_came_again_is_estimated),
	 cmocka_unit_test(fragments_have_headers_of_their_own),
	 cmocka_unit_test(other_namespaces_are_not_in_it),
	 cmocka_unit_test(forwarded_flows_count_where_ip_forwards),
	 cmocka_unit_test(a_part_of_the_host_is_not_compared),
	 cmocka_unit_test(what_is_no_reading_is_passed_over), cmocka_unit_test(windows_close));
