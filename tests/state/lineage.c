/* SPDX-License-Identifier: Apache-2.0 */
/* Whose pictures a flow can carry: by its process, by its chain, and of whom not. */
#include "state/lineage.h"
#include "state/camera_feed.h"

static const char cameras[] =
	"cameras: [{name: a, address: 10.0.0.9}, {name: b, address: 10.0.0.10}]";
static const struct volume some = { 50000, 100, 3 };

static const struct talk to_camera = { .proto = IPPROTO_TCP, .port = 554, .pid = 100 };
static const struct talk out = { .proto = IPPROTO_TCP, .port = 1935, .pid = 100 };

static struct nw_lineage of(const struct nw_feed *f, uint64_t cookie)
{
	struct nw_lineage l;

	nw_lineage_of(f->state, nw_flow_find(f->state, cookie, 0), &l);
	return l;
}

static void by_process(void **state)
{
	struct nw_feed *f = nw_feed_new(cameras, NW_FEED_SEC);
	struct talk other = out;
	struct nw_lineage l;

	(void)state;
	other.pid = 200;
	camera_talk(f, &to_camera, 1, "10.0.0.9", some);
	camera_talk(f, &out, 2, "203.0.113.7", some);
	camera_talk(f, &other, 3, "203.0.113.7", some);
	l = of(f, 2);
	assert_int_equal(l.len, 1);
	assert_int_equal(l.from[0].basis, NW_LINEAGE_PROCESS);
	assert_ptr_equal(l.from[0].ingest, nw_flow_find(f->state, 1, 0));
	assert_int_equal(of(f, 3).len, 0); /* reads no camera */
	assert_int_equal(of(f, 1).len, 0); /* the camera's own */
	camera_talk(f, &to_camera, 4, "10.0.0.9",
		    (struct volume){ 90000, 9, 3 }); /* its main stream */
	camera_talk(f, &to_camera, 5, "10.0.0.10", some);
	l = of(f, 2);
	assert_int_equal(l.len, 2); /* each camera once */
	for (unsigned i = 0; i < l.len; i++) {
		assert_int_equal(l.from[i].ingest->cookie, l.from[i].camera->addr[15] == 9 ? 4 : 5);
	}
	nw_feed_free(f);
}

static void hold(struct nw_feed *f, uint32_t pid, uint64_t ino, uint16_t mode)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_PIPE),
			      .scan_ns = f->now_ns,
			      .self = nw_feed_pid(pid),
			      .inode = ino,
			      .flags = mode };

	nw_feed_event(f, &e.ev);
}

static void by_chain(void **state)
{
	struct nw_feed *f = nw_feed_new(cameras, NW_FEED_SEC);
	struct talk sends = out;
	struct nw_lineage l;

	(void)state;
	sends.pid = 200;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 100, .comm = "ffmpeg" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 200, .comm = "nc" });
	camera_talk(f, &to_camera, 1, "10.0.0.9", some);
	hold(f, 100, 77, NW_FD_WRITE);
	hold(f, 200, 77, NW_FD_READ);
	camera_talk(f, &sends, 2, "203.0.113.7", some);
	l = of(f, 2);
	assert_int_equal(l.len, 1);
	assert_int_equal(l.from[0].basis, NW_LINEAGE_CHAIN);
	assert_int_equal(l.from[0].steps, 1);
	assert_int_equal(l.from[0].reader->id.tgid, 100);
	nw_feed_free(f);
}

/* Nothing that does not leave the host, also before its other end is known. */
static void not_what_stays_here(void **state)
{
	struct nw_feed *f = nw_feed_new(cameras, NW_FEED_SEC);
	static const char *const here[] = { "127.0.0.1", "127.8.0.1" };
	struct nw_flow *flow;

	(void)state;
	camera_talk(f, &to_camera, 1, "10.0.0.9", some);
	for (uint64_t i = 0; i < NW_ARRAY_SIZE(here); i++) {
		camera_talk(f, &out, 2 + i, here[i], some);
		flow = nw_flow_find(f->state, 2 + i, 0);
		assert_null(flow->peer);
		assert_true(nw_flow_stays_here(flow));
		assert_int_equal(of(f, 2 + i).len, 0);
	}
	camera_talk(f, &out, 9, "10.0.0.1", some);
	flow = nw_flow_find(f->state, 9, 0);
	assert_int_equal(of(f, 9).len, 1);
	memcpy(flow->laddr, flow->raddr, sizeof(flow->laddr)); /* an address of its own */
	assert_int_equal(of(f, 9).len, 0);
	assert_true(nw_flow_stays_here(flow));
	memset(flow->laddr, 0,
	       sizeof(flow->laddr)); /* :: at both ends: of nobody anything is known */
	memset(flow->raddr, 0, sizeof(flow->raddr));
	assert_false(nw_flow_stays_here(flow));
	memset(flow->laddr + 10, 0xff, 2); /* and 0.0.0.0 */
	memset(flow->raddr + 10, 0xff, 2);
	assert_false(nw_flow_stays_here(flow));
	nw_feed_free(f);
}

/* One who reads more cameras than are named: of the others it is told how many there are, whatever comes of each. */
static void more_than_are_named(void **state)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);
	struct talk reads = to_camera;
	struct nw_lineage l;
	char address[32];

	(void)state;
	reads.sent = (struct bytes)BYTES("OPTIONS rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n");
	reads.heard = (struct bytes)BYTES("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
	camera_talk(f, &out, 1000, "203.0.113.7", some);
	for (unsigned i = 0; i < 2 * (NW_LINEAGE_MAX + 3); i++) { /* two streams of each */
		snprintf(address, sizeof(address), "10.0.1.%u", i / 2 + 1);
		camera_talk(f, &reads, i + 1, address, some);
		if (i + 1 == 2 * NW_LINEAGE_MAX) {
			l = of(f, 1000);
			assert_int_equal(l.len, NW_LINEAGE_MAX);
			assert_int_equal(l.missed, 0);
		}
	}
	l = of(f, 1000);
	assert_int_equal(l.len, NW_LINEAGE_MAX);
	assert_int_equal(l.missed, 3);
	nw_feed_free(f);
}

NW_TESTS(state_lineage, cmocka_unit_test(not_what_stays_here), cmocka_unit_test(by_process),
	 cmocka_unit_test(by_chain), cmocka_unit_test(more_than_are_named));
