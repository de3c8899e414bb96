/* SPDX-License-Identifier: Apache-2.0 */
/* covert-socket: who has a socket that others do not see, and what it does, against those who need one. */
#include <sys/socket.h>

#include "indicators/net_feed.h"

#define SEC   NW_FEED_SEC
#define KIB   1024ULL
#define INODE 9001
#define DHCP  0x800U
#define PTY   (NW_STDIO_PTY << NW_PROC_STDIO_SHIFT)

enum {
	PARENT = 200,
	HOLDER = 201,
	SHELL_INO = 4711,
};

/* A program, its socket, what it sends by it in an hour, and what by others. */
struct scene {
	const char *what;
	const char *unit;
	bool has_terminal, is_recorder, is_scripted, is_dhcp;
	uint8_t family; /* AF_*, 0 = packet */
	uint16_t proto;
	bool is_found, is_uncounted;
	uint64_t frames, outside;
	uint64_t frame;	  /* bytes of one; 0 = of any size */
	uint64_t held;	  /* s, of one socket; 0 = a minute */
	unsigned sockets; /* one after the other; 0 = 1 */
	const char *to;	  /* of outside; NULL = 203.0.113.7 */
	uint8_t at_least, at_most;
};

static const struct scene rows[] = {
	{ "a script captures", .proto = 3, .at_least = 60, .at_most = 60 },
	{ "it hears IPv4", .proto = 0x800, .at_least = 60, .at_most = 60 },
	{ "it hears IPv6", .proto = 0x86dd, .at_least = 60, .at_most = 60 },
	{ "… since before the start", .proto = 3, .is_found = true, .at_least = 45, .at_most = 45 },
	{ "a capture that leaves", .proto = 3, .outside = 2000, .at_least = 80, .at_most = 80 },
	{ "… to the inside", .proto = 3, .outside = 2000, .to = "10.0.0.9", .at_least = 60,
	  .at_most = 60 },
	{ "frames by hand", .frames = 64 * KIB, .at_least = 75, .at_most = 75 },
	{ "a recorder's", .is_recorder = true, .proto = 3, .at_least = 75, .at_most = 75 },
	{ "a recorder seeks cameras by a protocol of Ethernet", .is_recorder = true,
	  .proto = 0x8033, .at_least = 40, .at_most = 40 },
	{ "a recorder's leaves", .is_recorder = true, .proto = 3, .outside = 2000, .at_least = 85,
	  .at_most = 85 },
	{ "nobody counts it", .proto = 3, .is_uncounted = true, .at_least = 75, .at_most = 75 },
	{ "XDP", .family = AF_XDP, .is_uncounted = true, .at_least = 75, .at_most = 75 },
	{ "nobody counts a service's", "x.service", .proto = 0x800, .is_uncounted = true,
	  .is_found = true, .at_least = 60, .at_most = 60 },
	{ "a timer's script captures", "cron.service", .is_scripted = true, .proto = 3,
	  .at_least = 50, .at_most = 50 },
	{ "a service sends what it hears", "x.service", .proto = 3, .outside = 100 * KIB,
	  .at_least = 65, .at_most = 65 },
	{ "a service floods", "x.service", .frames = 300 * KIB, .at_least = 60, .at_most = 60 },
	{ "a capture at a terminal leaves", "session-3.scope", .has_terminal = true, .proto = 3,
	  .outside = 100 * KIB, .at_least = 60, .at_most = 60 },
	/* those who need one */
	{ "somebody captures at a terminal", "session-3.scope", .has_terminal = true, .proto = 3,
	  .at_least = 30, .at_most = 30 },
	{ "… and looks up a name", "session-3.scope", .has_terminal = true, .proto = 3,
	  .outside = 2000, .at_least = 30, .at_most = 30 },
	{ "a client of DHCP", "net.service", .proto = DHCP, .frames = 40 * KIB, .at_most = 35 },
	{ "… that was there", "net.service", .proto = DHCP, .is_found = true, .frames = 1 * KIB,
	  .at_most = 20 },
	{ "… of a script", "net.service", .is_scripted = true, .is_dhcp = true, .proto = 3,
	  .at_most = 35 },
	{ "a network manager looks whether it is online", "net.service", .proto = DHCP,
	  .outside = 1 * KIB, .at_most = 35 },
	{ "LLDP", "lldp.service", .proto = 0x88cc, .frames = 36 * KIB },
	{ "802.1X", "wpa.service", .proto = 0x888e, .frames = 10 * KIB },
	{ "ARP of a cluster", "ha.service", .proto = 0x806, .frames = 60 * KIB },
	{ "a socket for its ioctl", .proto = 0 },
	{ "a look at the neighbours", .proto = 3, .frames = 84, .frame = 42, .held = 2,
	  .at_least = 40, .at_most = 40 },
	{ "a recorder's", .is_recorder = true, .proto = 3, .held = 2, .at_least = 40,
	  .at_most = 40 },
	{ "… in pieces", .proto = 3, .held = 2, .sockets = 4, .at_least = 60, .at_most = 60 },
	{ "… and what it sends meanwhile", .proto = 3, .held = 2, .outside = 2000, .at_least = 80,
	  .at_most = 80 },
	{ "it seeks an address", .proto = 0x800, .frames = 5 * 342, .frame = 342, .at_least = 40,
	  .at_most = 40 },
	{ "… and hears all", .proto = 3, .frames = 5 * 342, .frame = 342, .at_least = 60,
	  .at_most = 60 },
	{ "… and asks without end", .proto = 0x800, .frames = 60 * 342, .frame = 342,
	  .at_least = 60, .at_most = 60 },
	{ "… in large pieces", .proto = 0x800, .frames = 3 * 1400, .frame = 1400, .at_least = 60,
	  .at_most = 60 },
	{ "… in small pieces", .proto = 0x800, .frames = 3 * 60, .frame = 60, .at_least = 60,
	  .at_most = 60 },
	{ "it has an address: its port", .is_dhcp = true, .proto = 3, .at_least = 40,
	  .at_most = 40 },
};

static void packet(struct nf *n, const struct scene *s, enum nw_sock_what what, uint64_t tx)
{
	struct nw_ev_sock e = nw_feed_sock(n->feed, what, NW_COOKIE_INODE | INODE, HOLDER);

	memset(e.laddr, 0, sizeof(e.laddr));
	memset(e.raddr, 0, sizeof(e.raddr));
	e.lport_be = e.rport_be = 0;
	e.family = NW_FAMILY_OTHER | (s->family ? s->family : AF_PACKET);
	e.state = SOCK_RAW;
	e.proto = s->proto;
	e.slot = what == NW_SOCK_CLOSE ? NW_SLOT_ALL : NW_SLOT_NONE;
	e.flags = (s->is_found ? NW_SOCK_FOUND : 0) | (s->is_uncounted ? NW_SOCK_UNCOUNTED : 0);
	nw_feed_bytes(&e, tx, 0);
	e.tx_packets = s->frame ? tx / s->frame : e.tx_packets;
	nw_feed_event(n->feed, &e.ev);
	nf_take(n);
}

static void people(struct nf *n, const struct scene *s)
{
	nw_feed_fact(n->feed, "program.0.4711", "shell /bin/sh");
	nw_feed_proc(n->feed, (struct nw_feed_exec){ .pid = PARENT,
						     .exe = s->is_scripted ? "/bin/sh" : "/bin/par",
						     .exe_ino = SHELL_INO + !s->is_scripted,
						     .flags = s->has_terminal ? PTY : 0,
						     .cgroup = s->unit });
	nw_feed_proc(n->feed,
		     (struct nw_feed_exec){ .pid = HOLDER,
					    .parent = PARENT,
					    .exe = s->is_recorder ? "/opt/rec" : "/opt/holder",
					    .exe_ino = 77,
					    .cgroup = s->unit });
	if (s->is_dhcp) {
		struct nw_ev_sock e = nw_feed_sock(n->feed, NW_SOCK_LISTEN, 555, HOLDER);

		e.proto = IPPROTO_UDP;
		e.lport_be = htons(68);
		e.rport_be = 0;
		memset(e.raddr, 0, sizeof(e.raddr));
		nw_feed_event(n->feed, &e.ev);
	}
	nf_take(n);
}

static void play(struct nf *n, const struct scene *s)
{
	unsigned steps = s->frame ? (unsigned)(s->frames / s->frame) : 10;

	people(n, s);
	for (unsigned k = 0; k < NW_MAX(s->sockets, 1U); k++) {
		packet(n, s, NW_SOCK_OPEN, 0);
		for (unsigned i = 1; s->frames && i <= steps; i++) {
			packet(n, s, NW_SOCK_BIN, s->frames * i / steps);
			nf_tick(n, SEC / (s->held ? steps : 1));
		}
		if (s->outside) {
			nf_bin(n,
			       (struct nf_contact){ .pid = HOLDER, .to = s->to, .tx = s->outside });
		}
		for (unsigned i = 0; i < (s->held ? s->held : 60); i++) {
			nf_tick(n, SEC);
		}
		if (s->held) {
			packet(n, s, NW_SOCK_CLOSE, s->frames);
			nf_tick(n, 20 * SEC);
		}
	}
}

static void who_has_it_and_what_it_does(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nf *n =
			nf_new("covert-socket", "recorders:\n  - { name: rec, exe: [/opt/rec] }\n");

		play(n, &rows[i]);
		if (n->best < rows[i].at_least || n->best > rows[i].at_most) {
			print_message("%s: score %u\n", rows[i].what, n->best);
			wrong++;
		}
		nf_free(n);
	}
	assert_int_equal(wrong, 0);
}

/* ---- protocols that hosts do not speak ------------------------------------------------------- */

struct raw {
	const char *what;
	uint8_t proto;
	const char *to;
	uint64_t bytes;
	uint32_t flags;
	uint8_t at_least, at_most;
	const char *yaml;
};

static const struct raw raws[] = {
	{ "a word", 253, NULL, 60, 0, 55, 56, "" },
	{ "GRE from a program", 47, NULL, 1000000, 0, 85, 85, "" },
	{ "headers by hand", 255, NULL, 100000, 0, 75, 75, "" },
	{ "SCTP", 132, NULL, 10000, 0, 65, 65, "" },
	{ "inside", 253, "10.0.0.9", 1000000, 0, 40, 40, "" },
	{ "a word inside", 253, "10.0.0.9", 1000, 0, 0, 0, "" },
	{ "VRRP, OSPF, PIM: to a group", 112, "224.0.0.18", 1000000, 0, 0, 0, "" },
	{ "ping", 1, NULL, 1000000, 0, 0, 0, "" },
	{ "UDP", 17, NULL, 1000000, 0, 0, 0, "" },
	{ "another's, forwarded", 47, NULL, 1000000, NW_SOCK_FORWARDED, 0, 0, "" },
	{ "on this host", 253, "127.0.0.1", 1000000, NW_SOCK_LOOPBACK, 0, 0, "" },
	{ "a tunnel that is declared", 47, NULL, 1000000, 0, 0, 0,
	  "allowed:\n  - { to: 203.0.113.7, why: tunnel to the office }\n" },
};

static void protocols_that_hosts_do_not_speak(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(raws); i++) {
		const struct raw *r = &raws[i];
		struct nf *n = nf_new("covert-socket", r->yaml);

		nf_bin(n, (struct nf_contact){ .proto = r->proto,
					       .to = r->to,
					       .tx = r->bytes,
					       .slot = 1,
					       .flags = r->flags });
		nf_tick(n, 6 * SEC);
		if (n->best < r->at_least || n->best > r->at_most) {
			print_message("%s: score %u\n", r->what, n->best);
			wrong++;
		}
		nf_free(n);
	}
	assert_int_equal(wrong, 0);
}

/* As the second look at open files shows it. */
static void hold(struct nf *n, uint32_t pid, uint16_t family, uint16_t type, uint16_t proto)
{
	struct nw_ev_fd end = { .ev = nw_feed_head(n->feed, sizeof(end), NW_SHAPE_FD, NW_FD_END),
				.scan_ns = 1 };
	struct nw_ev_fd e = { .ev = nw_feed_head(n->feed, sizeof(e), NW_SHAPE_FD, NW_FD_SOCKET),
			      .scan_ns = 2,
			      .self = nw_feed_pid(pid),
			      .inode = INODE,
			      .netns = NW_FEED_NETNS,
			      .family = family,
			      .type = type,
			      .proto = proto };

	nw_feed_event(n->feed, &end.ev);
	nw_feed_event(n->feed, &e.ev);
	nf_take(n);
}

/* What only the open files tell: vsock and raw sockets. */
static void sockets_among_open_files(void **state)
{
	static const struct {
		uint16_t family, type, proto;
		uint8_t score;
	} row[] = { { AF_VSOCK, SOCK_STREAM, 0, 60 },	    { AF_INET, SOCK_RAW, IPPROTO_TCP, 55 },
		    { AF_INET, SOCK_RAW, IPPROTO_ICMP, 0 }, { AF_INET6, SOCK_RAW, 58, 0 },
		    { AF_INET, SOCK_RAW, 255, 0 },	    { AF_INET, SOCK_STREAM, 6, 0 },
		    { AF_UNIX, SOCK_STREAM, 0, 0 } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		struct nf *n = nf_new("covert-socket", "");
		people(n, &rows[0]);
		hold(n, HOLDER, row[i].family, row[i].type, row[i].proto);
		nf_tick(n, 6 * SEC);
		assert_int_equal(n->best, row[i].score);
		nf_free(n);
	}
}

/* ---- traces ----------------------------------------------------------------------------------- */

struct tracing {
	const char *what;
	unsigned seconds;
	uint64_t probes, answers, bytes; /* in a second; bytes of one */
	uint8_t by;			 /* protocol */
	bool is_next_one_silent;	 /* another process of the program, which nobody answers */
	bool has_raw_udp;		 /* it has such a socket besides */
	uint8_t at_least, at_most;
};

static const struct tracing tracings[] = {
	{ "mtr", 60, 3, 3, 44, 255, false, false, 40, 40 },
	{ "… with other raw sockets", 60, 3, 3, 44, 255, false, true, 40, 40 },
	{ "another's, unanswered", 60, 3, 0, 44, 1, false, true, 80, 80 },
	{ "large packets", 60, 3, 3, 1380, 255, false, false, 40, 40 },
	{ "half of the way is silent", 60, 10, 5, 44, 255, false, false, 40, 40 },
	{ "nobody answers", 60, 3, 0, 44, 255, false, false, 55, 65 },
	{ "a packet", 1, 1, 0, 44, 255, false, false, 55, 55 },
	{ "few answer", 60, 10, 2, 44, 255, false, false, 55, 75 },
	{ "far more answers", 60, 3, 30, 44, 255, false, false, 55, 65 },
	{ "another protocol, answered", 60, 3, 3, 44, 253, false, false, 55, 65 },
	{ "another run of it, unanswered", 20, 3, 3, 44, 255, true, false, 55, 65 },
	{ "the whole day", 900, 3, 3, 44, 255, false, false, 55, 75 },
};

static void trace(struct nf *n, const struct tracing *t, uint32_t pid, uint64_t answers)
{
	uint64_t cookie = 7000 + pid;
	uint64_t birth = n->feed->now_ns;

	for (uint64_t s = 1; s <= t->seconds; s++) {
		nf_bin(n, (struct nf_contact){ .pid = pid,
					       .proto = t->by,
					       .slot = 1,
					       .cookie = cookie,
					       .birth_ns = birth,
					       .tx = s * t->probes * t->bytes,
					       .tx_packets = s * t->probes });
		if (answers) {
			nf_bin(n, (struct nf_contact){ .pid = pid,
						       .to = "198.51.100.1",
						       .proto = IPPROTO_ICMP,
						       .slot = 1,
						       .cookie = cookie + 1000,
						       .birth_ns = birth,
						       .rx = s * answers * 72,
						       .rx_packets = s * answers });
		}
		nf_tick(n, SEC);
	}
	nf_tick(n, 6 * SEC);
}

/* Probes made by hand, answered by ICMP to the same process. */
static void who_traces_a_way(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(tracings); i++) {
		const struct tracing *t = &tracings[i];
		struct nf *n = nf_new("covert-socket", "");

		nw_feed_proc(n->feed, (struct nw_feed_exec){ .pid = 300, .exe = "/opt/trace" });
		nw_feed_proc(n->feed, (struct nw_feed_exec){ .pid = 301, .exe = "/opt/trace" });
		if (t->has_raw_udp) {
			hold(n, 300, AF_INET6, SOCK_RAW, IPPROTO_UDP);
		}
		trace(n, t, 300, t->answers);
		if (t->is_next_one_silent) {
			trace(n, t, 301, 0);
		}
		if (n->best < t->at_least || n->best > t->at_most) {
			print_message("%s: score %u\n", t->what, n->best);
			wrong++;
		}
		nf_free(n);
	}
	assert_int_equal(wrong, 0);
}

/* Told once however often it is seen, open while the socket is, closed five minutes after. */
static void it_is_told_once_and_closed_when_it_is_gone(void **state)
{
	struct nf *n = nf_new("covert-socket", "");

	(void)state;
	play(n, &rows[0]);
	assert_string_equal(n->key[0], "socket 17 /opt/holder");
	assert_string_equal(n->finding[0].technique[0], "T1040");
	for (unsigned i = 0; i < 20; i++) {
		packet(n, &rows[0], NW_SOCK_OPEN, 0);
		nf_tick(n, 60 * SEC);
	}
	for (unsigned i = 0; i < 20; i++) {
		nf_tick(n, 60 * SEC);
	}
	assert_int_equal(n->all, 2); /* 40, then 60 */
	packet(n, &rows[0], NW_SOCK_CLOSE, 0);
	for (unsigned i = 0; i < 10; i++) {
		nf_tick(n, 60 * SEC);
	}
	assert_int_equal(n->all, 3);
	assert_int_equal(n->finding[2].action, NW_FINDING_CLOSED);
	nf_free(n);
}

/* A program that was harmless is not for ever. */
static void it_rises_with_what_it_does(void **state)
{
	struct nf *n = nf_new("covert-socket", "");

	(void)state;
	play(n, &rows[0]);
	nf_bin(n, (struct nf_contact){ .pid = HOLDER, .tx = 500 });
	assert_int_equal(n->best, 60);
	nf_bin(n, (struct nf_contact){ .pid = HOLDER, .tx = 600 });
	assert_int_equal(n->best, 80);
	assert_int_equal(nf_evidence(&n->finding[n->n - 1], "outside_bytes"), 1100);
	nf_free(n);
}

static void hostile_figures(void **state)
{
	struct nf *n = nf_new("covert-socket", "");

	(void)state;
	play(n, &rows[0]);
	for (unsigned i = 0; i < 2000; i++) { /* more far ends than the table has, absurd sums */
		char to[32];

		snprintf(to, sizeof(to), "198.18.%u.%u", i / 250, i % 250 + 1);
		nf_bin(n, (struct nf_contact){ .pid = i % 2 ? HOLDER : 100,
					       .to = to,
					       .proto = (uint8_t)i,
					       .slot = i + 1,
					       .tx = UINT64_MAX });
		packet(n, &rows[0], NW_SOCK_BIN, UINT64_MAX - i);
	}
	nf_free(n);
}

NW_TESTS(indicators_covert_socket, cmocka_unit_test(who_has_it_and_what_it_does),
	 cmocka_unit_test(protocols_that_hosts_do_not_speak),
	 cmocka_unit_test(sockets_among_open_files), cmocka_unit_test(who_traces_a_way),
	 cmocka_unit_test(it_is_told_once_and_closed_when_it_is_gone),
	 cmocka_unit_test(it_rises_with_what_it_does), cmocka_unit_test(hostile_figures));
