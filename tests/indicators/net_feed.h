/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contacts, names and hours for tests of indicators about destinations: the pipeline of feed.h with
 * the ledger's own 200 ms, and the findings of one rule kept.
 */
#pragma once

#include <stdio.h>

#include "feed.h"

#define NF_FINDINGS 512
#define NF_BIN	    (200 * NW_NSEC_PER_MSEC)
#define NF_HOUR	    (3600 * NW_FEED_SEC)

struct nf {
	struct nw_feed *feed;
	const char *rule; /* only its findings are kept */
	uint64_t cookie;
	uint64_t seed;
	int64_t wall_off_ns; /* of the wall clock, as in feed.h */
	unsigned n;	     /* findings kept, and how many there were */
	unsigned all;
	uint8_t best; /* highest score told, of what was not closed */
	struct nw_finding finding[NF_FINDINGS];
	char key[NF_FINDINGS][128];
};

/* What was told is gone through at once: a day of flows does not fit. */
static inline void nf_take(struct nf *n)
{
	for (unsigned i = 0; i < n->feed->told_count; i++) {
		const struct nw_told *t = &n->feed->told[i];
		unsigned at = n->n < NF_FINDINGS ? n->n : NF_FINDINGS - 1;

		if (t->dataset != NW_DATASET_FINDING || strcmp(t->finding.rule_id, n->rule) != 0) {
			continue;
		}
		n->finding[at] = t->finding;
		snprintf(n->key[at], sizeof(n->key[at]), "%s", t->finding.key);
		n->n = at + 1;
		n->all++;
		if (t->finding.action != NW_FINDING_CLOSED) {
			n->best = NW_MAX(n->best, t->finding.score);
		}
	}
	nw_feed_forget(n->feed);
}

static inline void nf_tick(struct nf *n, uint64_t after_ns)
{
	nw_feed_clock(n->feed, (struct nw_feed_time){ .after_ns = after_ns,
						      .period_ns = NF_BIN,
						      .wall_off_ns = n->wall_off_ns });
	nf_take(n);
}

static inline struct nf *nf_new(const char *rule, const char *yaml)
{
	struct nf *n = calloc(1, sizeof(*n));

	assert_non_null(n);
	n->rule = rule;
	n->seed = 20261128;
	n->cookie = 1000;
	n->feed = nw_feed_new(yaml, 60 * NW_FEED_SEC);
	nf_tick(n, NW_FEED_SEC);
	for (uint32_t pid = 100; pid < 104; pid++) {
		char exe[32];

		snprintf(exe, sizeof(exe), "/opt/p%u/bin/agent", pid);
		nw_feed_proc(n->feed, (struct nw_feed_exec){ .pid = pid, .exe = exe });
	}
	nf_take(n);
	return n;
}

static inline void nf_free(struct nf *n)
{
	nw_feed_free(n->feed);
	free(n);
}

static inline void nf_place(struct nf *n, const char *addr, const char *what)
{
	char key[64];

	snprintf(key, sizeof(key), "place.%s", addr);
	nw_feed_fact(n->feed, key, what);
}

/* 0 .. 1, the same in every run */
static inline double nf_random(struct nf *n)
{
	n->seed = n->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(n->seed >> 40) / (double)(1 << 24);
}

/* ---- flows ---------------------------------------------------------------------------------- */

struct nf_contact {
	uint32_t pid; /* 0 = 100 */
	const char *to;
	uint16_t port, lport;
	uint8_t proto; /* 0 = TCP */
	uint64_t tx, rx, tx_packets, rx_packets;
	uint64_t cookie; /* 0 = a new one */
	uint32_t slot;
	uint32_t flags;	   /* 0 = NW_SOCK_CONNECTED of TCP, NW_SOCK_TX_FIRST of the rest */
	uint64_t birth_ns; /* 0 = now */
};

static inline struct nw_ev_sock nf_sock(struct nf *n, enum nw_sock_what what, struct nf_contact c)
{
	struct nw_ev_sock e =
		nw_feed_sock(n->feed, what, c.cookie ? c.cookie : ++n->cookie, c.pid ? c.pid : 100);

	nw_feed_addr(e.raddr, c.to ? c.to : "203.0.113.7");
	e.proto = c.proto ? c.proto : IPPROTO_TCP;
	e.rport_be = htons(c.port ? c.port : 443);
	e.lport_be = htons(c.lport ? c.lport : (uint16_t)(40000 + n->cookie % 20000));
	if (e.proto != IPPROTO_TCP && e.proto != IPPROTO_UDP) {
		e.rport_be = e.lport_be = 0;
	}
	e.slot = c.slot;
	e.flags = c.flags ? c.flags : e.proto == IPPROTO_TCP ? NW_SOCK_CONNECTED : NW_SOCK_TX_FIRST;
	e.birth_ns = c.birth_ns ? c.birth_ns : n->feed->now_ns;
	nw_feed_bytes(&e, c.tx, c.rx);
	if (c.tx_packets || c.rx_packets) {
		e.tx_packets = c.tx_packets;
		e.rx_packets = c.rx_packets;
	}
	return e;
}

static inline void nf_bin(struct nf *n, struct nf_contact c)
{
	struct nw_ev_sock e = nf_sock(n, NW_SOCK_BIN, c);

	nw_feed_event(n->feed, &e.ev);
	nf_take(n);
}

/* A whole TCP connection, from birth to end within a bin. */
static inline void nf_contact(struct nf *n, struct nf_contact c)
{
	struct nw_ev_sock e = nf_sock(n, NW_SOCK_CLOSE, c);

	nw_feed_event(n->feed, &e.ev);
	nf_take(n);
}

/* A datagram socket that asks, is answered and goes. */
static inline void nf_datagrams(struct nf *n, struct nf_contact c)
{
	struct nw_ev_sock e;

	c.proto = c.proto ? c.proto : IPPROTO_UDP;
	c.slot = c.slot ? c.slot : 1;
	e = nf_sock(n, NW_SOCK_BIN, c);
	e.ev.hook = NW_HOOK_SOCK_RELEASE;
	nw_feed_event(n->feed, &e.ev);
	e.ev.what = NW_SOCK_CLOSE;
	e.slot = NW_SLOT_ALL;
	nw_feed_event(n->feed, &e.ev);
	nf_take(n);
}

/* ---- names ---------------------------------------------------------------------------------- */

struct nf_dns {
	uint32_t pid;	       /* 0 = 100 */
	const char *server;    /* NULL = 10.0.0.53 */
	uint16_t type;	       /* 0 = A */
	const char *address;   /* of an A answer */
	uint16_t answer_bytes; /* of an answer of this type that is data */
	uint16_t rcode;
	bool is_unanswered;
	uint32_t server_pid; /* the server is this process of the host: its end is heard, too */
};

static inline size_t nf_dns_name(uint8_t *p, const char *name)
{
	uint8_t *start = p;

	while (*name) {
		size_t len = strcspn(name, ".");

		*p++ = (uint8_t)len;
		memcpy(p, name, len);
		p += len;
		name += len + (name[len] == '.' ? 1 : 0);
	}
	*p++ = 0;
	return (size_t)(p - start);
}

static inline size_t nf_put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return 2;
}

static inline size_t nf_dns_answer(uint8_t *p, const struct nf_dns *d, uint16_t type)
{
	uint8_t *start = p;
	uint8_t addr[16];
	unsigned left = d->answer_bytes;

	p += nf_put16(p, 0xc00c);
	p += nf_put16(p, type);
	p += nf_put16(p, 1);
	p += nf_put16(p, 0);
	p += nf_put16(p, 60);
	if (d->address) {
		nw_feed_addr(addr, d->address);
		p += nf_put16(p, 4);
		memcpy(p, addr + 12, 4);
		return (size_t)(p + 4 - start);
	}
	if (type != 16) {
		p += nf_put16(p, left);
		memset(p, 'x', left);
		return (size_t)(p + left - start);
	}
	p += nf_put16(p, left + (left + 254) / 255);
	while (left > 0) { /* character strings */
		unsigned part = NW_MIN(left, 255U);

		*p++ = (uint8_t)part;
		memset(p, 'x', part);
		p += part;
		left -= part;
	}
	return (size_t)(p - start);
}

static inline void nf_dns_head(struct nf *n, const struct nf_dns *d, enum nw_head_what what,
			       const uint8_t *msg, size_t len, uint16_t lport)
{
	bool is_server = d->server_pid && what == NW_HEAD_RX && !(msg[2] & 0x80);
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)] = { 0 };
	struct nw_ev_head *e = (struct nw_ev_head *)(void *)buf;

	e->ev = nw_feed_head(n->feed, sizeof(*e) + len, NW_SHAPE_HEAD, what);
	e->cookie = 900000 + (d->pid ? d->pid : 100);
	e->slot = 1;
	e->owner = nw_feed_pid(d->pid ? d->pid : 100);
	nw_feed_addr(e->laddr, "10.0.0.5");
	nw_feed_addr(e->raddr, d->server ? d->server : "10.0.0.53");
	e->lport_be = htons(lport);
	e->rport_be = htons(53);
	e->proto = IPPROTO_UDP;
	e->wire_len = (uint32_t)len;
	e->len = (uint16_t)len;
	e->netns = NW_FEED_NETNS;
	memcpy(e->data, msg, len);
	if (is_server) {
		uint8_t client[16];

		memcpy(client, e->laddr, sizeof(client));
		memcpy(e->laddr, e->raddr, sizeof(client));
		memcpy(e->raddr, client, sizeof(client));
		e->lport_be = htons(53);
		e->rport_be = htons(lport);
		e->owner = nw_feed_pid(d->server_pid);
		e->cookie = 900000 + d->server_pid;
	}
	nw_feed_event(n->feed, &e->ev);
	nf_take(n);
}

static inline void nf_ask(struct nf *n, const char *name, struct nf_dns d)
{
	uint8_t msg[1500] = { 0 };
	uint16_t type = d.type ? d.type : 1;
	uint16_t id = (uint16_t)++n->cookie;
	uint16_t lport = (uint16_t)(30000 + id % 9000);
	size_t at = 12;

	nf_put16(msg, id);
	nf_put16(msg + 2, 0x0100);
	nf_put16(msg + 4, 1);
	at += nf_dns_name(msg + at, name);
	at += nf_put16(msg + at, type);
	at += nf_put16(msg + at, 1);
	nf_dns_head(n, &d, NW_HEAD_TX, msg, at, lport);
	if (d.server_pid) {
		nf_dns_head(n, &d, NW_HEAD_RX, msg, at, lport);
	}
	if (d.is_unanswered) {
		return;
	}
	nf_put16(msg + 2, 0x8180U | d.rcode);
	if (d.address || d.answer_bytes) {
		nf_put16(msg + 6, 1);
		at += nf_dns_answer(msg + at, &d, type);
	}
	nf_dns_head(n, &d, NW_HEAD_RX, msg, at, lport);
}

/* from is connected to a Unix socket that `to` has at a name. */
static inline void nf_unix(struct nf *n, uint32_t from, uint32_t to)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(n->feed, sizeof(e), NW_SHAPE_FD, NW_FD_SOCKET),
			      .scan_ns = n->feed->now_ns,
			      .self = nw_feed_pid(to),
			      .inode = 7000 + to * 100 + from,
			      .peer_inode = 6000 + from,
			      .fd = 9,
			      .family = 1, /* AF_UNIX */
			      .flags = NW_FD_READ | NW_FD_WRITE | NW_FD_NAMED };

	nw_feed_event(n->feed, &e.ev);
	e.self = nw_feed_pid(from);
	e.peer_inode = e.inode;
	e.inode = 6000 + from;
	e.flags = NW_FD_READ | NW_FD_WRITE;
	nw_feed_event(n->feed, &e.ev);
	nf_take(n);
}

static inline uint64_t nf_evidence(const struct nw_finding *f, const char *key)
{
	for (unsigned i = 0; i < f->evidence_len; i++) {
		if (strcmp(f->evidence[i].key, key) == 0) {
			return f->evidence[i].number;
		}
	}
	fail_msg("no evidence '%s'", key);
	return 0;
}
