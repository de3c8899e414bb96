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

NW_TESTS(indicators_p2p_hole_punch, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(both_ends_open_at_once), cmocka_unit_test(evidence_and_end));
