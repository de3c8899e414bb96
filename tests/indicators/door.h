/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small worlds for indicators that watch the doors of a recording server: programs, and connections
 * that carry so much a second for so long. What is said on the wire are bytes that decoders read.
 */
#pragma once

#include "feed.h"

/* Legs begin as the usual one, and a test says what is different. */
#pragma GCC diagnostic ignored "-Woverride-init"

#define CAMERA	"10.0.0.9"
#define CAMERA2 "10.0.0.10"
#define OUTSIDE "203.0.113.7"
#define DOOR_CAMERAS \
	"cameras: [{name: door, address: 10.0.0.9}, {name: yard, address: 10.0.0.10}]\n"

struct leg {
	uint64_t cookie;
	uint32_t pid;
	const char *to;		       /* "" = OUTSIDE */
	uint16_t to_port;	       /* 0 = 443 */
	const char *from;	       /* NULL = 10.0.0.5 */
	uint16_t port;		       /* 0 = 40000 */
	uint16_t proto;		       /* 0 = TCP */
	uint32_t flags;		       /* NW_SOCK_*; 0 = connected */
	uint32_t slot, ifindex, every; /* seconds between two pieces, 0 = 1 */
	uint32_t after;		       /* it begins so many seconds later */
	uint64_t tx, rx;	       /* bytes of a piece */
	uint64_t vary;		       /* it has up to so many more */
	bool is_new_each;	       /* each piece is a connection of its own */
	const char *sends, *gets;      /* what is said at its beginning */
	size_t sends_len, gets_len;    /* 0 = up to the first NUL */
	uint64_t tx_sum, rx_sum;
	uint64_t birth_ns; /* 0 = now; set with the first piece */
	unsigned pieces;
};

static inline struct nw_ev_sock leg_sock(const struct nw_feed *f, const struct leg *l,
					 enum nw_sock_what what)
{
	struct nw_ev_sock e = nw_feed_sock(f, what, l->cookie, l->pid);

	e.birth_ns = l->flags & NW_SOCK_PRESTART ? 0 : l->birth_ns ? l->birth_ns : f->now_ns;
	e.slot = l->slot;
	e.ifindex = l->ifindex;
	e.proto = l->proto ? l->proto : IPPROTO_TCP;
	e.flags = l->flags ? l->flags
			   : (uint32_t)(e.proto == IPPROTO_TCP ? NW_SOCK_CONNECTED
							       : NW_SOCK_TX_FIRST);
	e.lport_be = htons(l->port ? l->port : 40000);
	e.rport_be = htons(l->to_port ? l->to_port : 443);
	if (l->to && l->to[0]) {
		nw_feed_addr(e.raddr, l->to);
	}
	if (l->from) {
		nw_feed_addr(e.laddr, l->from);
	}
	nw_feed_bytes(&e, l->tx_sum, l->rx_sum);
	return e;
}

static inline void leg_say(struct nw_feed *f, const struct leg *l, enum nw_head_what way,
			   const char *text, size_t len)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)] = { 0 };
	struct nw_ev_head *h = (struct nw_ev_head *)(void *)buf;
	struct nw_ev_sock e = leg_sock(f, l, NW_SOCK_BIN);

	if (!text) {
		return;
	}
	h->len = (uint16_t)(len ? len : strlen(text));
	h->wire_len = h->len;
	h->cookie = e.cookie;
	h->slot = e.slot;
	h->owner = e.owner;
	memcpy(h->laddr, e.laddr, 16);
	memcpy(h->raddr, e.raddr, 16);
	h->lport_be = e.lport_be;
	h->rport_be = e.rport_be;
	h->proto = e.proto;
	h->netns = e.netns;
	h->flags = NW_HEAD_END;
	memcpy(h->data, text, h->len);
	h->ev = nw_feed_head(f, sizeof(*h) + h->len, NW_SHAPE_HEAD, way);
	nw_feed_event(f, &h->ev);
}

static inline void leg_piece(struct nw_feed *f, struct leg *l)
{
	bool is_first = l->tx_sum + l->rx_sum == 0;
	struct nw_ev_sock e;

	if (is_first) {
		l->birth_ns = f->now_ns;
	}
	l->tx_sum += l->tx + l->vary * (l->pieces++ * 37 % 101) / 100;
	l->rx_sum += l->rx;
	e = leg_sock(f, l, l->is_new_each ? NW_SOCK_CLOSE : NW_SOCK_BIN);
	if (is_first) {
		leg_say(f, l, NW_HEAD_TX, l->sends, l->sends_len);
		leg_say(f, l, NW_HEAD_RX, l->gets, l->gets_len);
	}
	nw_feed_event(f, &e.ev);
	if (l->is_new_each) {
		l->cookie += 1000;
		l->port = (uint16_t)((l->port ? l->port : 40000) + 1);
		l->tx_sum = l->rx_sum = 0;
	}
}

static inline void run_legs(struct nw_feed *f, struct leg *legs, size_t n, unsigned seconds)
{
	for (unsigned t = 0; t < seconds; t++) {
		for (size_t i = 0; i < n; i++) {
			struct leg *l = &legs[i];

			if (l->cookie && t >= l->after &&
			    (t - l->after) % (l->every ? l->every : 1) == 0) {
				leg_piece(f, l);
			}
		}
		nw_feed_tick(f, NW_FEED_SEC);
	}
}

static inline void program(struct nw_feed *f, uint32_t pid, uint32_t parent, const char *exe,
			   const char *cgroup)
{
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC,
					       .pid = pid,
					       .parent = parent,
					       .exe = exe,
					       .cgroup = cgroup });
}

static inline unsigned found(const struct nw_feed *f, const char *rule)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->told_count; i++) {
		n += f->told[i].dataset == NW_DATASET_FINDING &&
		     strcmp(f->told[i].finding.rule_id, rule) == 0;
	}
	return n;
}

/* The last finding of a rule; there must be one. */
static inline const struct nw_finding *last_found(const struct nw_feed *f, const char *rule)
{
	const struct nw_finding *last = NULL;

	for (unsigned i = 0; i < f->told_count; i++) {
		if (f->told[i].dataset == NW_DATASET_FINDING &&
		    strcmp(f->told[i].finding.rule_id, rule) == 0) {
			last = &f->told[i].finding;
		}
	}
	if (!last) {
		fail_msg("%s found nothing", rule);
		abort();
	}
	return last;
}

static inline unsigned top_score(const struct nw_feed *f, const char *rule)
{
	unsigned best = 0;

	for (unsigned i = 0; i < f->told_count; i++) {
		if (f->told[i].dataset == NW_DATASET_FINDING &&
		    strcmp(f->told[i].finding.rule_id, rule) == 0) {
			best = NW_MAX(best, f->told[i].finding.score);
		}
	}
	return best;
}

static inline uint64_t evidence(const struct nw_finding *f, const char *key)
{
	for (unsigned i = 0; i < f->evidence_len; i++) {
		if (strcmp(f->evidence[i].key, key) == 0) {
			return f->evidence[i].number;
		}
	}
	return UINT64_MAX;
}

/* The recorder's stream from CAMERA, 500 kbit/s. */
#define RECORDER_LEG(id, who)                                                              \
	{                                                                                  \
		.cookie = (id), .pid = (who), .to = CAMERA, .to_port = 554, .port = 41000, \
		.tx = 100, .rx = 62500,                                                    \
	}

/* ---- sights: what happens beside a recorder, and the score that it gets ---------------------- */

#define RECORDER   100 /* /opt/vms/bin/vms in vms.service; reads CAMERA */
#define OTHER	   200
#define LEGS	   4
#define WG_IFINDEX 7 /* a tunnel */

#define TO_OUTSIDE(...)                                                \
	{                                                              \
		.cookie = 20, .pid = OTHER, .port = 45000, __VA_ARGS__ \
	}
#define FROM_OUTSIDE(...)                                                            \
	{                                                                            \
		.cookie = 30, .pid = OTHER, .flags = NW_SOCK_ACCEPTED, .port = 8443, \
		.to_port = 50123, __VA_ARGS__                                        \
	}

struct sight {
	const char *what;
	const char *yaml;
	const char *fact, *value;
	const char *exe, *cgroup; /* of the other */
	bool is_piped;		  /* it can read what the recorder writes */
	struct leg leg[LEGS];
	unsigned seconds;
	unsigned low, high; /* the best score; 0, 0 = silent */
};

static inline void pipe_between(struct nw_feed *f, uint32_t writer, uint32_t reader)
{
	for (unsigned i = 0; i < 2; i++) {
		struct nw_ev_fd e = {
			.ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_PIPE),
			.scan_ns = f->now_ns,
			.self = nw_feed_pid(i ? reader : writer),
			.inode = 4711,
			.flags = i ? NW_FD_READ : NW_FD_WRITE,
		};

		nw_feed_event(f, &e.ev);
	}
}

static inline struct nw_feed *look_at(const struct sight *s)
{
	struct leg legs[1 + LEGS] = { RECORDER_LEG(1, RECORDER) };
	struct nw_feed *f;
	char yaml[512];

	(void)snprintf(yaml, sizeof(yaml), DOOR_CAMERAS "%s", s->yaml ? s->yaml : "");
	f = nw_feed_new(yaml, 60 * NW_FEED_SEC);
	nw_feed_fact(f, "iface.4026531840.7", "wireguard wg0");
	if (s->fact) {
		nw_feed_fact(f, s->fact, s->value);
	}
	program(f, RECORDER, 1, "/opt/vms/bin/vms", "vms.service");
	program(f, OTHER, 1, s->exe ? s->exe : "/usr/bin/other", s->cgroup);
	run_legs(f, legs, 1, 90);
	if (s->is_piped) {
		pipe_between(f, RECORDER, OTHER);
	}
	memcpy(legs + 1, s->leg, sizeof(s->leg));
	run_legs(f, legs, 1 + LEGS, s->seconds);
	return f;
}

/* Is the best score of what was fed out of its range? Then that is said. Frees f. */
static inline bool is_off(struct nw_feed *f, const char *rule, const char *what, unsigned low,
			  unsigned high)
{
	unsigned top = top_score(f, rule);
	bool is = top < low || top > high;

	if (is) {
		print_error("%s: %s: score %u\n", rule, what, top);
	}
	nw_feed_free(f);
	return is;
}

static inline void look_at_all(const char *rule, const struct sight *sights, size_t n)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < n; i++) {
		const struct sight *s = &sights[i];

		wrong += is_off(look_at(s), rule, s->what, s->low, s->high);
	}
	assert_int_equal(wrong, 0);
}
