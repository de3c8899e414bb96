/* SPDX-License-Identifier: Apache-2.0 */
/* loopback-relay: what comes over loopback, a pipe or a Unix socket, and leaves again. */
#include "indicators/door.h"

#define ID "loopback-relay"

/* Both ends of a session on 127.0.0.1: the other's, and who it is with. */
#define INNER(id, who, my_port, peer_port, out, in)                                    \
	{                                                                              \
		.cookie = (id), .pid = (who), .from = "127.0.0.1", .to = "127.0.0.1",  \
		.port = (my_port), .to_port = (peer_port),                             \
		.flags = NW_SOCK_CONNECTED | NW_SOCK_LOOPBACK, .tx = (out), .rx = (in) \
	}
#define FROM_RECORDER(bytes) \
	INNER(40, OTHER, 46000, 8554, 50, bytes), INNER(41, RECORDER, 8554, 46000, bytes, 50)
#define FROM_THIRD(bytes) \
	INNER(40, OTHER, 46000, 8554, 50, bytes), INNER(41, 300, 8554, 46000, bytes, 50)

static const struct sight sights[] = {
	{ .what = "through a proxy",
	  .exe = "/usr/bin/ssh",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.tx = 63900) },
	  .seconds = 60,
	  80,
	  80 },
	{ .what = "in base64",
	  .exe = "/usr/bin/socat",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.tx = 84000) },
	  .seconds = 60,
	  80,
	  80 },
	{ .what = "in pieces of four seconds",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.tx = 250000, .every = 4) },
	  .seconds = 100,
	  80,
	  80 },
	{ .what = "on two ways to the outside",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.tx = 32000),
		   TO_OUTSIDE(.cookie = 21, .to = "198.51.100.9", .port = 45001, .tx = 32000) },
	  .seconds = 60,
	  80,
	  80 },
	{ .what = "through a pipe, at the camera's rate",
	  .is_piped = true,
	  .leg = { TO_OUTSIDE(.tx = 64000) },
	  .seconds = 60,
	  70,
	  70 },
	{ .what = "into a tunnel",
	  .leg = { FROM_RECORDER(62500),
		   TO_OUTSIDE(.to = "10.9.0.2", .ifindex = WG_IFINDEX, .tx = 63900) },
	  .seconds = 60,
	  80,
	  80 },
	{ .what = "of somebody who has nothing to do with cameras",
	  .leg = { FROM_THIRD(62500), TO_OUTSIDE(.tx = 62900) },
	  .seconds = 60,
	  30,
	  30 },
	{ .what = "allowed",
	  .yaml = "allowed: [{to: 203.0.113.7, why: wall}]",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.tx = 63900) },
	  .seconds = 60,
	  20,
	  20 },

	{ .what = "a server before the recorder",
	  .exe = "/usr/sbin/nginx",
	  .leg = { FROM_RECORDER(62500), FROM_OUTSIDE(.tx = 63900) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "a little: names, metrics, logs, mail",
	  .leg = { FROM_RECORDER(3000), TO_OUTSIDE(.tx = 3200) },
	  .seconds = 120,
	  0,
	  0 },
	{ .what = "much more goes out than came in",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.tx = 400000) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "much less goes out",
	  .leg = { FROM_RECORDER(625000), TO_OUTSIDE(.tx = 60000) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "for twenty seconds",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.tx = 63900) },
	  .seconds = 20,
	  0,
	  0 },
	{ .what = "to somebody inside",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.to = "10.0.0.50", .tx = 63900) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "a pipe, but another rate",
	  .is_piped = true,
	  .leg = { TO_OUTSIDE(.tx = 300000) },
	  .seconds = 60,
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
	assert_int_equal(last->proc->id.tgid, OTHER);
	assert_in_range(evidence(last, "out_of_in_percent"), 95, 106);
	assert_int_equal(evidence(last, "from_port"), 8554);
	assert_int_equal(evidence(last, "cameras"), 1);
	run_legs(f, NULL, 0, 310);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

NW_TESTS(indicators_loopback_relay, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(evidence_and_end));
