/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p2p-hole-punch: rendezvous, probes, relays and what goes over them. The messages of STUN are what
 * coturn 4.6.1 of Debian 12 and its clients sent (see tests/decoders/stun.c).
 */
#include "indicators/door.h"

#define ID "p2p-hole-punch"

static const char bind_q[] =
	"\x00\x01\x00\x00\x21\x12\xa4\x42\x84\x9c\x90\xd4\x30\x2e\x54\x1f\x83\xb1"
	"\x7b\x03";
/* allocate, success: XOR-RELAYED-ADDRESS and XOR-MAPPED-ADDRESS */
static const char alloc_r[] =
	"\x01\x03\x00\x18\x21\x12\xa4\x42\xf3\x3d\x86\xb5\x00\xe1\x96\xb0\xe8\x2c\xbf\x14"
	"\x00\x16\x00\x08\x00\x01\xc4\xea\x5e\x12\xa4\x43\x00\x20\x00\x08\x00\x01\xbf\x43\x5e\x12"
	"\xa4\x43";

/* a hello of TLS 1.2 that asks for "stun.turn", RFC 7443 */
static const char turns_hello[] =
	"\x16\x03\x01\x00\x3f\x01\x00\x00\x3b\x03\x03"
	"0123456789abcdef0123456789abcdef"
	"\x00\x00\x02\xc0\x2f\x01\x00\x00\x10\x00\x10\x00\x0c\x00\x0a\x09stun.turn";

#define DGRAM(...) TO_OUTSIDE(.pid = RECORDER, .proto = IPPROTO_UDP, .to_port = 40000, __VA_ARGS__)
#define STUN(...)                                                                      \
	DGRAM(.cookie = 50, .to = "198.51.100.1", .to_port = 3478, .tx = 20, .rx = 60, \
	      .every = 15, .sends = bind_q, .sends_len = 20, __VA_ARGS__)
#define TURN(...)                                                                   \
	DGRAM(.cookie = 51, .to = "198.51.100.2", .to_port = 3478, .gets = alloc_r, \
	      .gets_len = 44, .sends = bind_q, .sends_len = 20, __VA_ARGS__)
/* each piece goes to another port, and so is a peer of its own */
#define PROBES_LEG(...) DGRAM(.cookie = 60, .tx = 40, .is_new_each = true, __VA_ARGS__)
/* somebody, from the socket that MEDIA(.cookie = 80) uses later */
#define MET(...)                                                                                   \
	DGRAM(.cookie = 80, .slot = 1, .to = "198.51.100.9", .to_port = 32100, .tx = 44, .rx = 60, \
	      .every = 10, __VA_ARGS__)
#define MEDIA(...) DGRAM(.cookie = 70, .slot = 5, .after = 8, .tx = 64000, .rx = 400, __VA_ARGS__)

static const struct sight sights[] = {
	{ .what = "asked, tried, used",
	  .leg = { STUN(), PROBES_LEG(.every = 2), MEDIA() },
	  .seconds = 80,
	  85,
	  85 },
	{ .what = "asked, used", .leg = { STUN(), MEDIA() }, .seconds = 80, 75, 75 },
	{ .what = "tried, used: a grammar of its own",
	  .leg = { PROBES_LEG(.every = 2), MEDIA() },
	  .seconds = 80,
	  75,
	  75 },
	{ .what = "over a relay", .leg = { TURN(.tx = 64000, .rx = 400) }, .seconds = 80, 85, 85 },
	{ .what = "over a relay, TCP",
	  .leg = { TURN(.proto = IPPROTO_TCP, .tx = 64000, .rx = 400) },
	  .seconds = 80,
	  85,
	  85 },
	{ .what = "a relay that waits",
	  .leg = { TURN(.tx = 100, .rx = 100, .every = 10) },
	  .seconds = 80,
	  55,
	  55 },
	{ .what = "registered, and waits", .leg = { STUN() }, .seconds = 80, 40, 40 },
	{ .what = "a maker's rendezvous",
	  .fact = "vendor.1",
	  .value = "198.51.100.0/24 maker p2p",
	  .leg = { DGRAM(.cookie = 52, .to = "198.51.100.3", .to_port = 8800, .tx = 90, .rx = 90),
		   MEDIA() },
	  .seconds = 80,
	  75,
	  75 },
	{ .what = "a program that the recorder's data can come to",
	  .is_piped = true,
	  .leg = { STUN(.pid = OTHER), MEDIA(.pid = OTHER) },
	  .seconds = 80,
	  75,
	  75 },
	{ .what = "a conference: the same packets, no cameras",
	  .exe = "/usr/bin/firefox",
	  .leg = { STUN(.pid = OTHER), PROBES_LEG(.pid = OTHER, .every = 2), MEDIA(.pid = OTHER) },
	  .seconds = 80,
	  55,
	  55 },
	{ .what = "a swarm of file sharers",
	  .exe = "/usr/bin/swarm",
	  .leg = { PROBES_LEG(.pid = OTHER), MEDIA(.pid = OTHER) },
	  .seconds = 80,
	  50,
	  50 },
	{ .what = "a relay in both directions, no cameras",
	  .leg = { TURN(.pid = OTHER, .tx = 9000, .rx = 9000) },
	  .seconds = 12,
	  55,
	  55 },
	{ .what = "a relay that nobody uses, no cameras",
	  .leg = { TURN(.pid = OTHER, .tx = 100, .rx = 100, .every = 10) },
	  .seconds = 80,
	  40,
	  40 },
	{ .what = "a relay inside TLS, by ALPN",
	  .leg = { TURN(.proto = IPPROTO_TCP, .to_port = 443, .gets = NULL, .sends = turns_hello,
			.sends_len = sizeof(turns_hello) - 1, .tx = 32000, .rx = 400) },
	  .seconds = 30,
	  85,
	  85 },
	{ .what = "a relay inside DTLS, by port",
	  .leg = { TURN(.to_port = 5349, .gets = NULL, .sends = NULL, .tx = 32000, .rx = 400) },
	  .seconds = 30,
	  85,
	  85 },
	{ .what = "STUN with the peer itself: soon",
	  .leg = { MEDIA(.sends = bind_q, .sends_len = 20) },
	  .seconds = 22,
	  85,
	  85 },
	{ .what = "a grammar of its own: handed over to another by whom it met first",
	  .leg = { MET(), MEDIA(.cookie = 80) },
	  .seconds = 40,
	  75,
	  75 },
	{ .what = "the same, no cameras",
	  .leg = { MET(.pid = OTHER), MEDIA(.pid = OTHER, .cookie = 80) },
	  .seconds = 40,
	  50,
	  50 },
	{ .what = "the same, and many ports were tried",
	  .leg = { MET(.pid = OTHER), PROBES_LEG(.pid = OTHER), MEDIA(.pid = OTHER, .cookie = 80) },
	  .seconds = 40,
	  55,
	  55 },
	{ .what = "the same, to another port of the same address",
	  .leg = { MET(.pid = OTHER, .to = OUTSIDE), MEDIA(.pid = OTHER, .cookie = 80) },
	  .seconds = 40,
	  50,
	  50 },
	{ .what = "whom it met first passed on a little until both had found each other",
	  .leg = { MET(.pid = OTHER, .tx = 30000, .every = 1000),
		   MEDIA(.pid = OTHER, .cookie = 80) },
	  .seconds = 40,
	  50,
	  50 },
	{ .what = "allowed",
	  .yaml = "allowed: [{to: 203.0.113.0/24, why: x}, {to: 198.51.100.0/24, why: x}]",
	  .leg = { STUN(), MEDIA() },
	  .seconds = 80,
	  15,
	  15 },

	{ .what = "a game that asks servers and gets nothing",
	  .exe = "/usr/bin/game",
	  .leg = { PROBES_LEG(.pid = OTHER) },
	  .seconds = 80,
	  0,
	  0 },
	{ .what = "a telephone: both ways, and less than any picture",
	  .exe = "/usr/bin/phone",
	  .leg = { STUN(.pid = OTHER), MEDIA(.pid = OTHER, .tx = 8600, .rx = 8600) },
	  .seconds = 80,
	  0,
	  0 },
	{ .what = "a VPN in user space, one peer",
	  .leg = { MEDIA(.pid = OTHER, .to_port = 51820) },
	  .seconds = 80,
	  0,
	  0 },
	{ .what = "two servers that get as much from one socket",
	  .leg = { MET(.tx = 30000, .rx = 300), MEDIA(.cookie = 80) },
	  .seconds = 80,
	  0,
	  0 },
	{ .what = "a server that passed on much, and moved",
	  .leg = { MET(.tx = 2000000, .every = 1000), MEDIA(.cookie = 80) },
	  .seconds = 40,
	  0,
	  0 },
	{ .what = "a conference that is looked at",
	  .exe = "/usr/bin/firefox",
	  .leg = { STUN(.pid = OTHER), MEDIA(.pid = OTHER, .tx = 400, .rx = 64000) },
	  .seconds = 80,
	  0,
	  0 },
	{ .what = "names", .leg = { PROBES_LEG(.to_port = 53) }, .seconds = 80, 0, 0 },
	{ .what = "time", .leg = { PROBES_LEG(.to_port = 123) }, .seconds = 80, 0, 0 },
	{ .what = "the Web",
	  .leg = { PROBES_LEG(.to_port = 443), MEDIA(.to_port = 443) },
	  .seconds = 80,
	  0,
	  0 },
	{ .what = "a stream without rendezvous", .leg = { MEDIA() }, .seconds = 80, 0, 0 },
	{ .what = "probes a long time apart",
	  .leg = { PROBES_LEG(.every = 40) },
	  .seconds = 400,
	  0,
	  0 },
	{ .what = "inside",
	  .leg = { STUN(.to = "10.0.0.50"), MEDIA(.to = "10.0.0.51") },
	  .seconds = 80,
	  0,
	  0 },
};

static void what_is_told_and_what_not(void **state)
{
	(void)state;
	look_at_all(ID, sights, NW_ARRAY_SIZE(sights));
}

static void evidence_and_end(void **state)
{
	struct nw_feed *f = look_at(&sights[0]);
	const struct nw_finding *last = last_found(f, ID);

	(void)state;
	assert_int_equal(last->proc->id.tgid, RECORDER);
	assert_int_equal(evidence(last, "rendezvous"), 1);
	assert_int_equal(evidence(last, "relay_allocated"), 0);
	assert_true(evidence(last, "peers_probed_in_a_minute") >= 4);
	assert_in_range(evidence(last, "media_bytes_per_s"), 60000, 70000);
	run_legs(f, NULL, 0, 610);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

/* One peer that is knocked at until it answers, and then gets volume: both ends open at once. */
static unsigned knock(uint32_t pid, unsigned knocks)
{
	struct nw_feed *f = look_at(&(struct sight){ .exe = "/usr/bin/other", .seconds = 1 });
	struct leg l = DGRAM(.pid = pid, .cookie = 90, .slot = 1);
	unsigned score;

	for (unsigned t = 0; t < 40; t++) {
		struct nw_ev_sock e = leg_sock(f, &l, NW_SOCK_BIN);

		e.tx_packets = t + 1;
		e.tx_bytes = 40 * (t + 1);
		e.rx_packets = t < knocks ? 0 : t;
		e.rx_bytes = t < knocks ? 0 : 40 * t;
		if (t > knocks) {
			e.tx_bytes += 64000 * (t - knocks);
			e.tx_packets += 60 * (t - knocks);
		}
		nw_feed_event(f, &e.ev);
		nw_feed_tick(f, NW_FEED_SEC);
	}
	score = top_score(f, ID);
	nw_feed_free(f);
	return score;
}

static void both_ends_open_at_once(void **state)
{
	(void)state;
	assert_int_equal(knock(RECORDER, 5), 75);
	assert_int_equal(knock(RECORDER, 1), 0);
	assert_int_equal(knock(OTHER, 5), 40); /* or a VPN whose peer comes up late */
}

/* Small programs: one meets somebody, another sends to somebody else. */
struct couple {
	const char *what;
	uint32_t meets_parent, sends_parent; /* 1 = the service manager */
	bool is_one_port, is_silent;	     /* the peer does not answer */
	bool is_one_server;		     /* both speak with the same */
	unsigned pause_s;		     /* from the last word to the first datagram */
	unsigned met_bytes;
	unsigned score;
};

static const struct couple couples[] = {
	{ "siblings", 200, 200, false, false, false, 2, 60, 50 },
	{ "who meets is the parent of who sends", 200, 300, false, false, false, 2, 60, 50 },
	{ "who meets was started by who sends", 301, 200, false, false, false, 2, 60, 50 },
	{ "one port, no family", 1, 1, true, false, false, 2, 60, 50 },
	{ "one port, the peer is silent", 1, 1, true, true, false, 2, 60, 50 },
	/* what is none */
	{ "services", 1, 1, false, false, false, 2, 60, 0 },
	{ "siblings, the peer is silent", 200, 200, false, true, false, 2, 60, 0 },
	{ "siblings with one server", 200, 200, false, false, true, 2, 60, 0 },
	{ "one port, one server", 1, 1, true, false, true, 2, 60, 0 },
	{ "siblings, long ago", 200, 200, false, false, false, 200, 60, 0 },
	{ "one port, long ago", 1, 1, true, false, false, 200, 60, 0 },
	{ "siblings, both carry", 200, 200, false, false, false, 2, 30000, 0 },
};

static unsigned play_couple(const struct couple *c)
{
	struct nw_feed *f = look_at(&(struct sight){ .exe = "/bin/sh", .seconds = 1 });
	struct leg legs[] = {
		DGRAM(.pid = 300, .cookie = 95, .slot = 1, .to = "198.51.100.9", .to_port = 32100,
		      .tx = c->met_bytes, .rx = 60, .port = 45001),
		DGRAM(.pid = 301, .cookie = 96, .slot = 1, .tx = 64000,
		      .rx = c->is_silent ? 0 : 400, .port = c->is_one_port ? 45001 : 45002),
	};
	unsigned score;

	if (c->is_one_server) {
		legs[0].to = OUTSIDE;
	}
	program(f, 1, 0, "/sbin/init", NULL);
	program(f, 300, c->meets_parent, "/usr/bin/meet", NULL);
	program(f, 301, c->sends_parent, "/usr/bin/send", NULL);
	run_legs(f, legs, 1, 1);
	run_legs(f, NULL, 0, c->pause_s);
	run_legs(f, legs + 1, 1, 30);
	score = top_score(f, ID);
	nw_feed_free(f);
	return score;
}

static void rendezvous_by_another_program(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(couples); i++) {
		unsigned score = play_couple(&couples[i]);

		if (score != couples[i].score) {
			print_error("%s: score %u\n", couples[i].what, score);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* More sockets than are remembered, absurd sums, nobody's flows: nothing is read out of bounds. */
static void hostile_meetings(void **state)
{
	struct nw_feed *f = look_at(&(struct sight){ .exe = "/bin/sh", .seconds = 1 });

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		struct leg l = DGRAM(.pid = i % 3 ? OTHER : 0, .cookie = 1000 + i / 2,
				     .slot = i + 1, .to_port = (uint16_t)(1000 + i),
				     .tx_sum = i % 5 ? 50 : UINT64_MAX, .rx_sum = UINT64_MAX);
		struct nw_ev_sock e = leg_sock(f, &l, i % 7 ? NW_SOCK_BIN : NW_SOCK_CLOSE);

		nw_feed_event(f, &e.ev);
		nw_feed_forget(f);
	}
	nw_feed_free(f);
}

NW_TESTS(indicators_p2p_hole_punch, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(rendezvous_by_another_program), cmocka_unit_test(hostile_meetings),
	 cmocka_unit_test(both_ends_open_at_once), cmocka_unit_test(evidence_and_end));
