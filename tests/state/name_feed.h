/* SPDX-License-Identifier: Apache-2.0 */
/* A process of a fed host resolves a name, and a flow's end says something. For test files. */
#pragma once

#include "feed.h"
#include "state/internal.h"

static inline void nw_feed_resolve(const struct nw_feed *f, const char *name, const char *addr,
				   uint32_t pid)
{
	static uint16_t id;
	static struct nw_dns dns;
	struct nw_state *st = (struct nw_state *)(uintptr_t)f->state;
	struct nw_dns_record record;
	struct nw_ev_head head = { .ev = { .what = NW_HEAD_TX, .ts_ns = f->now_ns },
				   .proto = IPPROTO_UDP,
				   .owner = nw_feed_pid(pid),
				   .rport_be = htons(53) };

	nw_feed_addr(head.laddr, "10.0.0.5");
	nw_feed_addr(head.raddr, "10.0.0.53");
	memset(&dns, 0, sizeof(dns));
	dns.id = ++id;
	dns.qtype = dns.qclass = 1;
	dns.question = 1;
	strcpy(dns.text + 1, name);
	dns.text_len = (uint16_t)(strlen(name) + 2);
	assert_false(nw_names_message(st->names, &head, &dns, &record));
	dns.is_response = true;
	dns.answers_len = 1;
	dns.answer[0] = (struct nw_dns_answer){ .name = 1, .type = 1, .is_addr = true, .ttl = 60 };
	nw_feed_addr(dns.answer[0].addr, addr);
	head.ev.what = NW_HEAD_RX;
	assert_true(nw_names_message(st->names, &head, &dns, &record));
}

/* As the pipeline does it, but with facts that no decoder made. */
static inline void nw_feed_say(const struct nw_feed *f, uint64_t cookie, enum nw_attr key,
			       const char *text)
{
	const struct nw_ev_head head = {
		.ev = { .size = sizeof(head), .shape = NW_SHAPE_HEAD, .ts_ns = f->now_ns },
		.cookie = cookie,
	};
	struct nw_facts facts = { .protocol = "tls", .basis = NW_BASIS_CONTENT };

	nw_facts_add_text(&facts, key, text, strlen(text));
	nw_state_event((struct nw_state *)(uintptr_t)f->state, &head.ev, &facts);
}
