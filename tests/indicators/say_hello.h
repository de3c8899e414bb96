/* SPDX-License-Identifier: Apache-2.0 */
/* What a TLS client says first, on a flow of net_feed.h. */
#pragma once

#include "indicators/net_feed.h"

static inline size_t put_extension(uint8_t *p, unsigned type, const char *text, bool is_name)
{
	size_t len = strlen(text);
	uint8_t *start = p;

	p += nf_put16(p, type);
	p += nf_put16(p, (unsigned)len + (is_name ? 5 : 3));
	p += nf_put16(p, (unsigned)len + (is_name ? 3 : 1));
	if (is_name) {
		*p++ = 0;
		p += nf_put16(p, (unsigned)len);
	} else {
		*p++ = (uint8_t)len;
	}
	memcpy(p, text, len);
	for (size_t i = 0; i < len && !is_name; i++) { /* "h2,http/1.1": two are offered */
		if (text[i] == ',') {
			p[-1] = (uint8_t)i;
			p[i] = (uint8_t)(len - i - 1);
		}
	}
	return (size_t)(p + len - start);
}

/* A ClientHello of TLS 1.2's form, RFC 5246 7.4.1.2; sni and alpn may be NULL. */
static inline void say_hello(struct nf *n, const struct nw_ev_sock *s, const char *sni,
			     const char *alpn)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)] = { 0 };
	struct nw_ev_head *e = (struct nw_ev_head *)(void *)buf;
	uint8_t *m = e->data;
	uint8_t *p = m + 9;
	uint8_t *extensions;

	p += nf_put16(p, 0x0303);
	memset(p, 7, 32);
	p += 32;
	*p++ = 0;
	p += nf_put16(p, 2);
	p += nf_put16(p, 0xc02f);
	*p++ = 1;
	*p++ = 0;
	extensions = p;
	p += 2;
	p += sni ? put_extension(p, 0, sni, true) : 0;
	p += alpn ? put_extension(p, 16, alpn, false) : 0;
	nf_put16(extensions, (unsigned)(p - extensions - 2));
	m[0] = 22;
	nf_put16(m + 1, 0x0301);
	nf_put16(m + 3, (unsigned)(p - m - 5));
	m[5] = 1;
	nf_put16(m + 7, (unsigned)(p - m - 9));
	e->len = (uint16_t)(p - m);
	e->ev = nw_feed_head(n->feed, sizeof(*e) + e->len, NW_SHAPE_HEAD, NW_HEAD_TX);
	e->cookie = s->cookie;
	e->slot = s->slot;
	e->owner = s->owner;
	memcpy(e->laddr, s->laddr, 16);
	memcpy(e->raddr, s->raddr, 16);
	e->lport_be = s->lport_be;
	e->rport_be = s->rport_be;
	e->proto = s->proto;
	e->wire_len = e->len;
	e->flags = NW_HEAD_END;
	e->netns = NW_FEED_NETNS;
	nw_feed_event(n->feed, &e->ev);
	nf_take(n);
}
