/* SPDX-License-Identifier: Apache-2.0 */
/* Packet sockets and their like: when they are told, whose they are, when they are gone. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "feed.h"

#define SECOND NW_FEED_SEC

enum {
	OWNER = 100,
	INODE = 9001,
};

static struct nw_feed *start(const char *yaml)
{
	struct nw_feed *f = nw_feed_new(yaml, 10 * SECOND);

	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OWNER, .exe = "/bin/owner" });
	nw_feed_forget(f);
	return f;
}

static struct nw_ev_sock packet(const struct nw_feed *f, enum nw_sock_what what, uint64_t inode,
				uint32_t pid)
{
	struct nw_ev_sock e = nw_feed_sock(f, what, NW_COOKIE_INODE | inode, pid);

	memset(e.laddr, 0, sizeof(e.laddr));
	memset(e.raddr, 0, sizeof(e.raddr));
	e.lport_be = e.rport_be = 0;
	e.family = NW_FAMILY_OTHER | AF_PACKET;
	e.state = SOCK_RAW;
	e.proto = 3;
	e.slot = what == NW_SOCK_CLOSE ? NW_SLOT_ALL : NW_SLOT_NONE;
	return e;
}

static struct nw_ev_fd held(const struct nw_feed *f, uint64_t scan_ns, uint16_t family,
			    uint16_t type, uint64_t inode)
{
	return (struct nw_ev_fd){ .ev = nw_feed_head(f, sizeof(struct nw_ev_fd), NW_SHAPE_FD,
						     NW_FD_SOCKET),
				  .scan_ns = scan_ns,
				  .self = nw_feed_pid(OWNER),
				  .inode = inode,
				  .netns = NW_FEED_NETNS,
				  .family = family,
				  .type = type,
				  .proto = 7 };
}

static void scan_ends(struct nw_feed *f, uint64_t scan_ns, uint32_t lost)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_END),
			      .scan_ns = scan_ns,
			      .lost = lost };

	nw_feed_event(f, &e.ev);
}

static const struct nw_told *only(const struct nw_feed *f)
{
	return nw_feed_only(f, NW_DATASET_LISTENER);
}

static uint32_t refs(const struct nw_feed *f)
{
	struct nw_proc_id id = nw_feed_pid(OWNER);

	return nw_proc_find(f->state, &id)->refs;
}

static void it_is_told_when_it_appears_and_when_it_is_gone(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e = packet(f, NW_SOCK_OPEN, INODE, 0);

	(void)state;
	nw_feed_event(f, &e.ev);
	assert_int_equal(only(f)->action, NW_ACTION_START);
	assert_int_equal(only(f)->owner, 0);
	assert_int_equal(only(f)->covert.family, AF_PACKET);
	assert_int_equal(only(f)->covert.type, SOCK_RAW);
	assert_int_equal(only(f)->covert.proto, 3);
	assert_non_null(nw_covert_find(f->state, INODE));
	assert_int_equal(nw_feed_count(f, NW_DATASET_FLOW), 0);
	nw_feed_forget(f);
	nw_feed_tick(f, SECOND);
	e = packet(f, NW_SOCK_CLOSE, INODE, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(only(f)->action, NW_ACTION_END);
	assert_int_equal(only(f)->covert.end_ns, f->now_ns);
	assert_null(nw_covert_find(f->state, INODE));
	nw_feed_free(f);
}

/* Told at once; whose it is when somebody knows, and only then again. */
static void the_process_is_told_when_it_is_known(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e = packet(f, NW_SOCK_OPEN, INODE, 0);
	struct nw_ev_fd fd = held(f, 1, AF_PACKET, SOCK_RAW, INODE);

	(void)state;
	nw_feed_event(f, &e.ev);
	nw_feed_forget(f);
	nw_feed_event(f, &fd.ev);
	assert_int_equal(only(f)->action, NW_ACTION_UPDATE);
	assert_int_equal(only(f)->owner, OWNER);
	assert_int_equal(refs(f), 1);
	nw_feed_forget(f);
	nw_feed_event(f, &fd.ev);
	assert_int_equal(f->told_count, 0);
	scan_ends(f, 2, 0); /* no file table has it: net_scan still sees it */
	assert_int_equal(f->told_count, 0);
	e = packet(f, NW_SOCK_CLOSE, INODE, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(only(f)->owner, OWNER);
	assert_int_equal(refs(f), 0);
	nw_feed_free(f);
}

/* The first frame says it too, and its bytes are a flow. */
static void a_frame_names_its_sender(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e = packet(f, NW_SOCK_OPEN, INODE, 0);

	(void)state;
	nw_feed_event(f, &e.ev);
	nw_feed_forget(f);
	e = packet(f, NW_SOCK_BIN, INODE, OWNER);
	e.flags = NW_SOCK_TX_FIRST;
	nw_feed_bytes(&e, 5000, 0);
	nw_feed_event(f, &e.ev);
	assert_int_equal(only(f)->owner, OWNER);
	assert_int_equal(nw_feed_only(f, NW_DATASET_FLOW)->tx, 5000);
	assert_int_equal(nw_feed_only(f, NW_DATASET_FLOW)->owner, OWNER);
	nw_feed_forget(f);
	nw_feed_tick(f, 100 * SECOND); /* silence is not its end */
	assert_int_equal(nw_feed_count(f, NW_DATASET_FLOW), 0);
	e = packet(f, NW_SOCK_CLOSE, INODE, OWNER);
	nw_feed_event(f, &e.ev);
	assert_int_equal(nw_feed_only(f, NW_DATASET_FLOW)->action, NW_ACTION_END);
	nw_feed_free(f);
}

static void what_is_not_counted_is_said(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_sock e = packet(f, NW_SOCK_OPEN, INODE, OWNER);

	(void)state;
	nw_feed_event(f, &e.ev);
	assert_false(only(f)->covert.is_uncounted);
	nw_feed_forget(f);
	e.flags |= NW_SOCK_UNCOUNTED;
	nw_feed_event(f, &e.ev);
	assert_int_equal(only(f)->action, NW_ACTION_UPDATE);
	assert_true(only(f)->covert.is_uncounted);
	nw_feed_free(f);
}

/* Families that only the scan of open files knows: the first scan finds, later ones see what is new. */
static void a_scan_tells_the_other_families(void **state)
{
	struct nw_feed *f = start("");
	struct nw_ev_fd fd = held(f, 1, AF_VSOCK, SOCK_STREAM, INODE);

	(void)state;
	nw_feed_event(f, &fd.ev);
	assert_int_equal(only(f)->action, NW_ACTION_FOUND);
	assert_int_equal(only(f)->owner, OWNER);
	assert_int_equal(only(f)->covert.family, AF_VSOCK);
	assert_true(only(f)->covert.is_uncounted);
	scan_ends(f, 1, 0);
	nw_feed_forget(f);
	fd.scan_ns = 2;
	nw_feed_event(f, &fd.ev);
	assert_int_equal(f->told_count, 0);
	fd = held(f, 2, AF_INET, SOCK_RAW, INODE + 1);
	nw_feed_event(f, &fd.ev);
	assert_int_equal(only(f)->action, NW_ACTION_START);
	assert_false(only(f)->covert.is_uncounted);
	scan_ends(f, 2, 0);
	nw_feed_forget(f);
	scan_ends(f, 3, 1); /* it lost something: what it lacks may be there */
	assert_int_equal(f->told_count, 0);
	scan_ends(f, 4, 0);
	assert_int_equal(nw_feed_count(f, NW_DATASET_LISTENER), 2);
	assert_int_equal(nw_feed_told(f, NW_DATASET_LISTENER, 0)->action, NW_ACTION_END);
	assert_int_equal(nw_feed_told(f, NW_DATASET_LISTENER, 1)->action, NW_ACTION_END);
	assert_int_equal(refs(f), 0);
	nw_feed_free(f);
}

static void others_are_not_covert(void **state)
{
	static const uint16_t row[][3] = { { AF_UNIX, SOCK_STREAM },
					   { AF_INET, SOCK_STREAM, IPPROTO_TCP },
					   { AF_INET6, SOCK_STREAM, IPPROTO_MPTCP },
					   { AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
					   { AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE },
					   { AF_INET, SOCK_DGRAM, IPPROTO_ICMP },
					   { AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6 },
					   { AF_NETLINK, SOCK_RAW },
					   { AF_ALG, SOCK_SEQPACKET },
					   { AF_KEY, SOCK_RAW },
					   { AF_PACKET, SOCK_RAW } /* net_scan's to tell */ };
	struct nw_feed *f = start("");

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		struct nw_ev_fd fd = held(f, 1, row[i][0], row[i][1], INODE + i);

		fd.proto = row[i][2];
		nw_feed_event(f, &fd.ev);
		assert_int_equal(f->told_count, 0);
	}
	nw_feed_free(f);
}

/* Internet sockets that are neither TCP nor UDP, raw ones of TCP's number too. */
static void rarer_protocols_are(void **state)
{
	static const uint16_t row[][3] = {
		{ AF_INET, SOCK_STREAM, IPPROTO_SCTP }, { AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP },
		{ AF_INET, SOCK_DCCP, IPPROTO_DCCP },	{ AF_INET, SOCK_DGRAM, 115 }, /* L2TP */
		{ AF_INET6, SOCK_RAW, IPPROTO_TCP },	{ AF_INET, SOCK_RAW, IPPROTO_UDP }
	};
	struct nw_feed *f = start("");

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		struct nw_ev_fd fd = held(f, 1, row[i][0], row[i][1], INODE + i);

		fd.proto = row[i][2];
		nw_feed_forget(f);
		nw_feed_event(f, &fd.ev);
		assert_int_equal(only(f)->covert.proto, row[i][2]);
		assert_int_equal(only(f)->covert.type, row[i][1]);
		assert_false(only(f)->covert.is_uncounted);
	}
	nw_feed_free(f);
}

static void a_full_table_is_counted(void **state)
{
	struct nw_feed *f = start("limits: { listeners: 64 }\n");

	(void)state;
	for (uint64_t i = 0; i < 64; i++) {
		struct nw_ev_sock e = packet(f, NW_SOCK_OPEN, INODE + i, OWNER);

		nw_feed_event(f, &e.ev);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_COVERT_EVICTED), 0);
	for (uint64_t i = 64; i < 67; i++) {
		struct nw_ev_sock e = packet(f, NW_SOCK_OPEN, INODE + i, OWNER);

		nw_feed_event(f, &e.ev);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_COVERT_EVICTED), 3);
	assert_null(nw_covert_find(f->state, INODE + 2));
	assert_non_null(nw_covert_find(f->state, INODE + 3));
	assert_int_equal(refs(f), 64);
	nw_feed_free(f);
}

NW_TESTS(state_covert, cmocka_unit_test(it_is_told_when_it_appears_and_when_it_is_gone),
	 cmocka_unit_test(the_process_is_told_when_it_is_known),
	 cmocka_unit_test(a_frame_names_its_sender), cmocka_unit_test(what_is_not_counted_is_said),
	 cmocka_unit_test(a_scan_tells_the_other_families), cmocka_unit_test(others_are_not_covert),
	 cmocka_unit_test(rarer_protocols_are), cmocka_unit_test(a_full_table_is_counted));
