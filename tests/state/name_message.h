/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of DNS as a decoder makes them, and a table of names to send them to. For test files. */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "state/name.h"

enum {
	CAPACITY = 64,
	TYPE_A = 1,
	TYPE_CNAME = 5
};
#define SEC NW_NSEC_PER_SEC

static const struct nw_proc_id curl = { .tgid = 100, .start_ns = 1 };
static const struct nw_proc_id ffmpeg = { .tgid = 200, .start_ns = 2 };

static struct nw_names *names;
static struct nw_dns_record last;

static inline int set_up(void **state)
{
	(void)state;
	return nw_names_new(CAPACITY, &names);
}

static inline int tear_down(void **state)
{
	(void)state;
	nw_names_free(names);
	return 0;
}

struct packet {
	const char *question; /* NULL: none */
	const struct nw_proc_id *owner;
	const char *client;
	const char *server;
	uint64_t at_ns;
	uint16_t id;
	uint16_t client_port;
	uint16_t server_port;
	uint16_t proto;
	uint16_t rcode;
	uint16_t qtype;
	uint8_t opcode;
	uint32_t netns;
	bool is_server_side;
};

static struct nw_dns dns;

static inline uint16_t text(const char *name)
{
	uint16_t at = dns.text_len;

	memcpy(dns.text + at, name, strlen(name) + 1);
	dns.text_len = (uint16_t)(at + strlen(name) + 1);
	return at;
}

static inline void begin(const struct packet *p, bool is_response)
{
	memset(&dns, 0xa5, sizeof(dns));
	dns.text[0] = '\0';
	dns.text_len = 1;
	dns.id = p->id;
	dns.qtype = p->qtype ? p->qtype : TYPE_A;
	dns.qclass = 1;
	dns.flags = is_response ? 0x8180 : 0x0100;
	dns.rcode = p->rcode;
	dns.opcode = p->opcode;
	dns.is_response = is_response;
	dns.is_truncated = false;
	dns.is_cut = false;
	dns.answers_len = 0;
	dns.answers_total = 0;
	dns.question = p->question ? text(p->question) : 0;
}

static inline void to_addr(const char *from, uint8_t ret[16])
{
	memset(ret, 0, 16);
	if (strchr(from, ':')) {
		assert_int_equal(inet_pton(AF_INET6, from, ret), 1);
	} else {
		ret[10] = 0xff;
		ret[11] = 0xff;
		assert_int_equal(inet_pton(AF_INET, from, ret + 12), 1);
	}
}

static inline struct nw_dns_answer *answer(const char *name, uint16_t type, uint32_t ttl)
{
	struct nw_dns_answer *a = &dns.answer[dns.answers_len++];

	a->name = text(name);
	a->type = type;
	a->ttl = ttl;
	a->data = 0;
	a->is_addr = false;
	return a;
}

static inline void answer_addr(const char *name, uint32_t ttl, const char *to)
{
	struct nw_dns_answer *a = answer(name, TYPE_A, ttl);

	a->is_addr = true;
	to_addr(to, a->addr);
}

static inline void answer_name(const char *name, const char *data)
{
	answer(name, TYPE_CNAME, 1)->data = text(data);
}

static inline bool send_message(const struct packet *p)
{
	static struct nw_ev_head head;
	const char *client = p->client ? p->client : "192.0.2.1";
	const char *server = p->server ? p->server : "192.0.2.53";
	uint16_t client_port = p->client_port ? p->client_port : 40000;
	uint16_t server_port = p->server_port ? p->server_port : 53;
	bool is_here = !p->is_server_side;

	head = (struct nw_ev_head){ .proto = p->proto ? p->proto : IPPROTO_UDP };
	head.ev.ts_ns = p->at_ns;
	head.ev.what = is_here == dns.is_response ? NW_HEAD_RX : NW_HEAD_TX;
	head.netns = p->netns;
	head.owner = p->owner ? *p->owner : curl;
	to_addr(is_here ? client : server, head.laddr);
	to_addr(is_here ? server : client, head.raddr);
	head.lport_be = htons(is_here ? client_port : server_port);
	head.rport_be = htons(is_here ? server_port : client_port);
	return nw_names_message(names, &head, &dns, &last);
}

static inline bool ask(struct packet p)
{
	begin(&p, false);
	return send_message(&p);
}

/* One address for the question, valid for a minute; with NULL: no answer in it. */
static inline bool reply(struct packet p, const char *with)
{
	begin(&p, true);
	if (with) {
		answer_addr(p.question, 60, with);
	}
	return send_message(&p);
}

#define ASK(...)	 ask((struct packet){ __VA_ARGS__ })
#define REPLY(addr, ...) reply((struct packet){ __VA_ARGS__ }, addr)

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
