/* SPDX-License-Identifier: Apache-2.0 */
/* remote-viewer: who gets media-like volume from outside, by which door, and what only looks like it. */
#include "indicators/door.h"

#define ID "remote-viewer"

static const struct sight sights[] = {
	{ .what = "the recorder serves a stream",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 64000, .rx = 60) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "of another rate than the camera's",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 30000, .rx = 60) },
	  .seconds = 60,
	  80,
	  80 },
	{ .what = "in segments, on connections of their own",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 384000, .rx = 400, .every = 6,
				.is_new_each = true) },
	  .seconds = 120,
	  80,
	  85 },
	{ .what = "in long segments",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 600000, .rx = 400, .every = 10) },
	  .seconds = 120,
	  80,
	  85 },
	{ .what = "RTP beside a session that is small",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .port = 554, .tx = 90, .rx = 90, .every = 10),
		   TO_OUTSIDE(.cookie = 31, .pid = RECORDER, .proto = IPPROTO_UDP, .to_port = 50124,
			      .tx = 64000) },
	  .seconds = 60,
	  80,
	  85 },
	{ .what = "QUIC",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .proto = IPPROTO_UDP, .flags = NW_SOCK_TX_CHANGED,
				.tx = 64000, .rx = 600) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "a private address behind a tunnel",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .to = "10.9.0.2", .ifindex = WG_IFINDEX,
				.tx = 64000, .rx = 60) },
	  .seconds = 60,
	  90,
	  90 },
	{ .what = "a server that the recorder's data can come to",
	  .exe = "/usr/sbin/nginx",
	  .is_piped = true,
	  .leg = { FROM_OUTSIDE(.tx = 64000, .rx = 60) },
	  .seconds = 60,
	  80,
	  85 },
	{ .what = "somebody of the recorder's unit",
	  .cgroup = "vms.service",
	  .leg = { FROM_OUTSIDE(.tx = 64000, .rx = 60) },
	  .seconds = 60,
	  70,
	  70 },
	{ .what = "declared, from everywhere",
	  .yaml = "listeners: [{port: 8443}]",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 64000, .rx = 60) },
	  .seconds = 60,
	  55,
	  55 },
	{ .what = "declared, from everywhere, of a program of which nothing is known",
	  .yaml = "listeners: [{port: 8443}]",
	  .exe = "/usr/sbin/nginx",
	  .leg = { FROM_OUTSIDE(.tx = 64000, .rx = 60) },
	  .seconds = 60,
	  20,
	  20 },
	{ .what = "for half a minute",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 64000, .vary = 9000, .rx = 60) },
	  .seconds = 24,
	  80,
	  85 },
	{ .what = "in segments of two seconds, on one connection",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 80000, .vary = 20000, .rx = 150,
				.every = 2) },
	  .seconds = 16,
	  80,
	  85 },
	{ .what = "single pictures, asked for one by one",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 60000, .vary = 2000, .rx = 300, .every = 3,
				.is_new_each = true) },
	  .seconds = 22,
	  80,
	  85 },
	{ .what = "FTP: what is asked for goes on a connection of ours",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .port = 21, .tx = 90, .rx = 30, .every = 5),
		   TO_OUTSIDE(.cookie = 31, .pid = RECORDER, .to_port = 50124, .tx = 400000) },
	  .seconds = 24,
	  80,
	  85 },
	{ .what = "datagrams of a server's own port",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .proto = IPPROTO_UDP, .port = 8555,
				.flags = NW_SOCK_TX_CHANGED, .tx = 64000, .rx = 300) },
	  .seconds = 24,
	  80,
	  85 },
	{ .what = "datagrams through a hole",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .proto = IPPROTO_UDP, .port = 50555,
				.flags = NW_SOCK_TX_CHANGED, .tx = 64000, .rx = 300) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "pages, one after the other",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 90000, .vary = 80000, .rx = 900, .every = 7,
				.is_new_each = true),
		   FROM_OUTSIDE(.cookie = 31, .pid = RECORDER, .tx = 150000, .rx = 900, .every = 11,
				.is_new_each = true) },
	  .seconds = 40,
	  0,
	  0 },
	{ .what = "an interface's questions each second, behind its first page",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 5000, .rx = 700),
		   FROM_OUTSIDE(.cookie = 31, .pid = RECORDER, .tx = 2000000, .rx = 4000,
				.every = 1000) },
	  .seconds = 120,
	  0,
	  0 },
	{ .what = "measures that are fetched each 15 seconds",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 90000, .vary = 500, .rx = 200, .every = 15,
				.is_new_each = true) },
	  .seconds = 300,
	  0,
	  0 },
	{ .what = "a backup of the configuration",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 900000, .rx = 90) },
	  .seconds = 12,
	  0,
	  0 },
	{ .what = "declared, from there",
	  .yaml = "listeners: [{port: 8443, from: 203.0.113.0/24}]",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 64000, .rx = 60) },
	  .seconds = 60,
	  20,
	  20 },
	{ .what = "declared, from elsewhere",
	  .yaml = "listeners: [{port: 8443, from: 198.51.100.0/24}]",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 64000, .rx = 60) },
	  .seconds = 60,
	  85,
	  85 },
	{ .what = "by the declared door and by another one",
	  .yaml = "listeners: [{port: 8443}]",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 64000, .rx = 60),
		   FROM_OUTSIDE(.cookie = 31, .pid = RECORDER, .port = 9443, .tx = 900, .rx = 60) },
	  .seconds = 60,
	  20,
	  85 },

	{ .what = "a file is fetched over SSH",
	  .exe = "/usr/sbin/sshd",
	  .cgroup = "ssh.service",
	  .leg = { FROM_OUTSIDE(.port = 22, .tx = 900000, .rx = 900) },
	  .seconds = 90,
	  30,
	  30 },
	{ .what = "a mirror of software",
	  .exe = "/usr/sbin/nginx",
	  .leg = { FROM_OUTSIDE(.tx = 900000, .rx = 900) },
	  .seconds = 90,
	  30,
	  30 },
	{ .what = "pages",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 400000, .rx = 4000, .every = 25) },
	  .seconds = 200,
	  0,
	  0 },
	{ .what = "a download of twenty seconds",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 400000, .rx = 40) },
	  .seconds = 19,
	  0,
	  0 },
	{ .what = "this host itself, by an address of its own outside, its other end not known",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .from = OUTSIDE, .tx = 64000, .rx = 60) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "somebody inside",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .to = "10.0.0.50", .tx = 64000, .rx = 60) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "an upload to this host",
	  .leg = { FROM_OUTSIDE(.pid = RECORDER, .tx = 20000, .rx = 640000) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "a session that this host began",
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 64000, .rx = 60) },
	  .seconds = 60,
	  0,
	  0 },
	{ .what = "a shell",
	  .exe = "/usr/sbin/sshd",
	  .leg = { FROM_OUTSIDE(.port = 22, .tx = 2000, .rx = 200) },
	  .seconds = 300,
	  0,
	  0 },
};

static void what_is_told_and_what_not(void **state)
{
	(void)state;
	look_at_all(ID, sights, NW_ARRAY_SIZE(sights));
}

/* Files that a program opened and sends: of what size each, how many bytes it sends for one, to whom. */
static unsigned fetched(unsigned files, uint64_t size, uint64_t sent, bool is_backlog, bool is_read)
{
	struct nw_feed *f = look_at(&(struct sight){
		.what = "nothing", .fact = "files.0", .value = "/srv/rec\nopened, position" });
	struct leg leg = FROM_OUTSIDE(.tx = sent, .rx = 90);
	struct leg camera = RECORDER_LEG(1, RECORDER);
	unsigned top;

	camera.rx_sum = 91 * camera.rx; /* as far as it came before */

	if (!is_read) {
		leg.pid = RECORDER;
	}
	for (unsigned i = 0; i < files; i++) {
		struct nw_ev_sock e;

		leg_piece(f, &camera);
		leg.tx_sum += sent;
		e = leg_sock(f, &leg, NW_SOCK_BIN);
		e.unsent = is_backlog ? 60000 : 0;
		nw_feed_event(f, &e.ev);
		if (is_read) {
			nw_feed_file(f, (struct nw_feed_file){ .what = NW_FILE_USED,
							       .pid = OTHER,
							       .flags = NW_FILE_OPENED |
									NW_FILE_CLOSED_READ,
							       .inode = 50 + i,
							       .age_s = 600,
							       .size = size });
		}
		nw_feed_tick(f, NW_FEED_SEC);
	}
	top = top_score(f, ID);
	nw_feed_free(f);
	return top;
}

/* A recording is fetched in seconds, whatever the protocol: as much as was read says what it is. A file
 * of the recorder's own, as fast as the line goes, is nothing that cameras sent. */
static void recordings_and_other_files(void **state)
{
	(void)state;
	assert_int_equal(fetched(4, 500000, 505000, true, true), 75);
	assert_int_equal(fetched(4, 500000, 200000, true, true), 0); /* another file */
	assert_int_equal(fetched(4, 100000, 101000, true, true), 0); /* too little */
	assert_int_equal(fetched(30, 100000, 101000, true, true), 75);
	assert_int_equal(fetched(30, 0, 900000, true, false), 45);
	assert_int_equal(fetched(30, 0, 900000, false, false), 80); /* nothing waits: paced */
	assert_true(fetched(30, 0, 64000, true, false) >= 80);	    /* live, over a slow line */
}

static void evidence_and_end(void **state)
{
	struct nw_feed *f = look_at(&sights[0]);
	const struct nw_finding *last = last_found(f, ID);

	(void)state;
	assert_int_equal(last->action, NW_FINDING_OPENED);
	assert_int_equal(last->proc->id.tgid, RECORDER);
	assert_non_null(last->camera);
	assert_int_equal(evidence(last, "listener_port"), 8443);
	assert_in_range(evidence(last, "bytes_per_s"), 60000, 70000);
	assert_in_range(evidence(last, "camera_bytes_per_s"), 60000, 65000);
	run_legs(f, NULL, 0, 310);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

/* A client of IPv6 has as many addresses as it likes. */
static void addresses_of_one_client(void **state)
{
	struct nw_feed *f = look_at(&(struct sight){ .what = "nothing" });

	(void)state;
	for (unsigned t = 0; t < 100; t++) {
		struct leg l = FROM_OUTSIDE(.cookie = 500 + t, .pid = RECORDER, .tx_sum = 64000,
					    .rx_sum = 90);
		struct nw_ev_sock e = leg_sock(f, &l, NW_SOCK_CLOSE);

		memset(e.raddr, 0, 16);
		memcpy(e.raddr, "\x20\x01\x0d\xb8", 4);
		e.raddr[15] = (uint8_t)t;
		e.family = 6;
		nw_feed_event(f, &e.ev);
		nw_feed_tick(f, NW_FEED_SEC);
	}
	assert_true(top_score(f, ID) >= 80);
	nw_feed_free(f);
}

NW_TESTS(indicators_remote_viewer, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(recordings_and_other_files), cmocka_unit_test(evidence_and_end),
	 cmocka_unit_test(addresses_of_one_client));
