/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of cameras share: hosts that talk to this one, with the first bytes of both ends and volumes. */
#pragma once

#include "feed.h"

#include "state/camera.h"

struct bytes {
	const char *p;
	size_t len;
};
#define BYTES(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}

/* How much comes and goes: bytes a second, for so many bins of 200 ms. */
struct volume {
	uint32_t heard, sent;
	unsigned bins;
};

/* One flow with a far end. */
struct talk {
	const char *what;
	uint16_t proto; /* IPPROTO_* */
	uint16_t port;	/* the server's */
	bool is_inbound;
	struct bytes sent, heard; /* first bytes */
	uint32_t flags;		  /* NW_SOCK_* on top */
	uint32_t pid;		  /* 0: 100 */
	uint16_t own_port;	  /* 0: 40000 */
};

/* Hikvision's own: who it is, when it is asked. */
#define ISAPI(host, says)                                                                    \
	{                                                                                    \
		.proto = IPPROTO_TCP, .port = 80,                                            \
		.sent = BYTES("GET /ISAPI/System/deviceInfo HTTP/1.1\r\nHost: h\r\n\r\n"),   \
		.heard = BYTES("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n"    \
			       "<DeviceInfo xmlns=\"http://" host "/ver20/XMLSchema\">" says \
			       "</DeviceInfo>")                                              \
	}

static inline void camera_head(struct nw_feed *f, const struct nw_ev_sock *e,
			       enum nw_head_what what, const struct bytes *b)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)] = { 0 };
	struct nw_ev_head *h = (struct nw_ev_head *)(void *)buf;

	if (!b->len) {
		return;
	}
	h->ev = nw_feed_head(f, sizeof(*h) + b->len, NW_SHAPE_HEAD, what);
	h->cookie = e->cookie;
	memcpy(h->laddr, e->laddr, 16);
	memcpy(h->raddr, e->raddr, 16);
	h->slot = e->slot;
	h->wire_len = (uint32_t)b->len;
	h->netns = e->netns;
	h->lport_be = e->lport_be;
	h->rport_be = e->rport_be;
	h->proto = e->proto;
	h->len = (uint16_t)b->len;
	memcpy(h->data, b->p, b->len);
	nw_feed_event(f, &h->ev);
}

static inline struct nw_ev_sock camera_sock(const struct nw_feed *f, const struct talk *t,
					    uint64_t cookie, const char *address)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, cookie, t->pid ? t->pid : 100);
	uint16_t own = t->own_port ? t->own_port : 40000;

	e.birth_ns = f->now_ns;
	e.proto = t->proto;
	e.family = strchr(address, ':') ? 6 : 4;
	e.ifindex = 2;
	e.lport_be = htons(t->is_inbound ? t->port : own);
	e.rport_be = htons(t->is_inbound ? own : t->port);
	e.flags = t->flags;
	if (t->proto == IPPROTO_TCP) {
		e.flags |= t->is_inbound ? NW_SOCK_ACCEPTED : NW_SOCK_CONNECTED;
	} else if (!t->is_inbound) {
		e.flags |= NW_SOCK_TX_FIRST;
	}
	nw_feed_addr(e.raddr, address);
	return e;
}

static inline void camera_talk(struct nw_feed *f, const struct talk *t, uint64_t cookie,
			       const char *address, struct volume v)
{
	struct nw_ev_sock e = camera_sock(f, t, cookie, address);

	camera_head(f, &e, NW_HEAD_TX, &t->sent);
	camera_head(f, &e, NW_HEAD_RX, &t->heard);
	for (unsigned i = 1; i <= v.bins; i++) {
		f->now_ns += NW_FEED_SEC / 5;
		e.ev.ts_ns = f->now_ns;
		nw_feed_bytes(&e, t->sent.len + (uint64_t)v.sent * i / 5,
			      t->heard.len + (uint64_t)v.heard * i / 5);
		nw_feed_event(f, &e.ev);
	}
}

/* "00:11:32:00:00:01 - Synology": as the neighbour table and data/oui.tsv say. */
static inline void camera_mac(struct nw_feed *f, const char *address, const char *value)
{
	char key[64];

	snprintf(key, sizeof(key), "neigh.%u.2.%s", NW_FEED_NETNS, address);
	nw_feed_fact(f, key, value);
}

static inline unsigned camera_count(const struct nw_feed *f)
{
	unsigned n = 0;

	for (const struct nw_camera *c = NULL; (c = nw_camera_next(f->state, c));) {
		n++;
	}
	return n;
}
