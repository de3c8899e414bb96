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
	{ .what = "with parity that mends losses, which is two thirds more",
	  .exe = "/usr/bin/kcptun-client",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.proto = IPPROTO_UDP, .tx = 104000) },
	  .seconds = 60,
	  80,
	  80 },
	{ .what = "two thirds more, of somebody who has nothing to do with cameras",
	  .leg = { FROM_THIRD(62500), TO_OUTSIDE(.tx = 104000) },
	  .seconds = 60,
	  0,
	  0 },
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
	{ .what = "a datagram came first to a hole that was punched",
	  .leg = { FROM_RECORDER(62500),
		   TO_OUTSIDE(.proto = IPPROTO_UDP, .flags = NW_SOCK_OWNER_READ, .tx = 63900) },
	  .seconds = 60,
	  80,
	  80 },
	{ .what = "to a maker's service: vendor-cloud says it",
	  .fact = "vendor.1",
	  .value = "203.0.113.0/24 maker cloud",
	  .leg = { FROM_RECORDER(62500), TO_OUTSIDE(.tx = 63900) },
	  .seconds = 60,
	  45,
	  45 },
	{ .what = "through a pipe, at the camera's rate: live-relay says it",
	  .is_piped = true,
	  .leg = { TO_OUTSIDE(.tx = 64000) },
	  .seconds = 60,
	  0,
	  0 },
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

/* ---- who gets it and who sends it are two ----------------------------------------------------- */

#define FETCHER 300

/* What joins `from` to `to`; of a Unix socket both ends. */
static void join(struct nw_feed *f, uint32_t from, uint32_t to, bool is_unix)
{
	for (unsigned i = 0; i < 2; i++) {
		struct nw_ev_fd e = {
			.ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD,
					   is_unix ? NW_FD_SOCKET : NW_FD_PIPE),
			.scan_ns = f->now_ns,
			.self = nw_feed_pid(i ? to : from),
			.fd = 9,
			.inode = is_unix ? 8000 + i : 4712,
			.peer_inode = is_unix ? 8001 - i : 0,
			.family = is_unix ? 1 : 0,
			.flags = is_unix ? NW_FD_READ | NW_FD_WRITE
				 : i	 ? NW_FD_READ
					 : NW_FD_WRITE,
		};

		nw_feed_event(f, &e.ev);
	}
}

struct pair {
	const char *what;
	uint64_t in, out;  /* a second; in 0: nothing over loopback */
	uint32_t from, to; /* who is joined */
	bool is_unix;
	bool has_second; /* the recorder reads another camera, too */
	unsigned score;
};

static const struct pair pairs[] = {
	{ "a fetcher of the recorder's stream, into a pipe", 62500, 63900, FETCHER, OTHER,
	  .score = 80 },
	{ "an MJPEG that is larger than the camera's stream", 400000, 402000, FETCHER, OTHER,
	  .score = 80 },
	{ "into a Unix socket", 62500, 63900, FETCHER, OTHER, .is_unix = true, .score = 80 },
	{ "a Unix socket of the recorder", 0, 63900, RECORDER, OTHER, .is_unix = true,
	  .score = 70 },
	{ "one of two cameras over a Unix socket", 0, 63900, RECORDER, OTHER, .is_unix = true,
	  .has_second = true, .score = 70 },
	{ "both of them", 0, 265000, RECORDER, OTHER, .is_unix = true, .has_second = true,
	  .score = 70 },
	{ "neither", 0, 130000, RECORDER, OTHER, .is_unix = true, .has_second = true },
	{ "the fetcher's data goes to somebody else", 62500, 63900, FETCHER, 301, .score = 0 },
	{ "much less than was fetched", 400000, 20000, FETCHER, OTHER, .score = 0 },
	{ "much more than was fetched", 62500, 300000, FETCHER, OTHER, .score = 0 },
};

static struct nw_feed *look_at_pair(const struct pair *p)
{
	struct leg legs[] = { RECORDER_LEG(1, RECORDER),
			      { .cookie = p->has_second ? 2 : 0,
				.pid = RECORDER,
				.to = CAMERA2,
				.to_port = 554,
				.port = 41001,
				.tx = 100,
				.rx = 200000 },
			      INNER(p->in ? 40 : 0, FETCHER, 46000, 8081, 50, p->in),
			      INNER(p->in ? 41 : 0, RECORDER, 8081, 46000, p->in, 50),
			      TO_OUTSIDE(.tx = p->out) };
	struct nw_feed *f = nw_feed_new(DOOR_CAMERAS, 60 * NW_FEED_SEC);

	nw_feed_pick(f, ID);
	program(f, RECORDER, 1, "/opt/vms/bin/vms", "vms.service");
	program(f, FETCHER, 1, "/usr/bin/fetcher", NULL);
	program(f, 301, 1, "/usr/bin/third", NULL);
	program(f, OTHER, 1, "/usr/bin/other", NULL);
	run_legs(f, legs, 2, 90);
	join(f, p->from, p->to, p->is_unix);
	run_legs(f, legs, NW_ARRAY_SIZE(legs), 70);
	return f;
}

static void one_gets_and_another_sends(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(pairs); i++) {
		struct nw_feed *f = look_at_pair(&pairs[i]);
		unsigned top = top_score(f, ID);

		if (top != pairs[i].score) {
			print_error("%s: %s: score %u\n", ID, pairs[i].what, top);
			wrong++;
		} else if (top) {
			assert_int_equal(last_found(f, ID)->proc->id.tgid, OTHER);
		}
		nw_feed_free(f);
	}
	assert_int_equal(wrong, 0);
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
	 cmocka_unit_test(one_gets_and_another_sends), cmocka_unit_test(evidence_and_end));
