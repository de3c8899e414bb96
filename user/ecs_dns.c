/* SPDX-License-Identifier: Apache-2.0 */
/* DNS transactions: who asked whom for what, and what the answer said. */
#include <arpa/nameser.h>

#include "ecs_put.h"

/* What the writer asks for before one more answer with two names of the greatest length. Answers
 * stop before a line is full, so that no message can hide itself by its size. */
#define ANSWER_ROOM (2 * 6 * NW_DNS_NAME_MAX + 256)

/* Behind the answers: addresses, and what belongs to this dataset. */
#define BEHIND_ROOM (NW_DNS_ANSWERS_MAX * (NW_ADDR_TEXT + 3) + 512)

/* The IANA's word, or front and number ("TYPE65280", RFC 3597). */
static void put_word(struct nw_json *j, const char *key, const char *word, const char *front,
		     uint16_t number)
{
	char text[16];
	size_t n = strlen(front);

	if (word) {
		nw_json_word(j, key, word);
		return;
	}
	memcpy(text, front, n);
	n += nw_text_u64(text + n, number);
	nw_json_wordn(j, key, text, n);
}

static void put_type(struct nw_json *j, uint16_t type)
{
	put_word(j, "type", nw_dns_type_name(type), "TYPE", type);
}

static void put_flags(struct nw_json *j, uint16_t flags)
{
	static const struct {
		uint16_t bit;
		const char *word;
	} bits[] = { { 0x0400, "AA" }, { 0x0200, "TC" }, { 0x0100, "RD" },
		     { 0x0080, "RA" }, { 0x0020, "AD" }, { 0x0010, "CD" } };

	nw_json_array(j, "header_flags");
	for (size_t i = 0; i < NW_ARRAY_SIZE(bits); i++) {
		if (flags & bits[i].bit) {
			nw_json_word(j, NULL, bits[i].word);
		}
	}
	nw_json_array_end(j);
}

static void put_question(struct nw_json *j, const struct nw_dns *dns)
{
	const char *name = nw_dns_text(dns, dns->question);

	if (!*name) {
		return;
	}
	nw_json_open(j, "question");
	nw_json_str(j, "name", name);
	put_type(j, dns->qtype);
	put_word(j, "class", nw_dns_class_name(dns->qclass), "CLASS", dns->qclass);
	nw_json_close(j);
}

static void put_answer(struct nw_json *j, const struct nw_dns *dns, const struct nw_dns_answer *a)
{
	nw_json_open(j, NULL);
	nw_json_str(j, "name", nw_dns_text(dns, a->name));
	put_type(j, a->type);
	nw_json_u64(j, "ttl", a->ttl);
	if (a->is_addr) {
		nw_json_ip(j, "data", a->addr);
	} else {
		nw_json_str(j, "data", nw_dns_text(dns, a->data));
	}
	nw_json_close(j);
}

/* How many found room. */
static unsigned put_answers(struct nw_json *j, const struct nw_dns *dns, size_t spare)
{
	bool has_addr = false;
	unsigned put = 0;

	if (!dns->answers_len) {
		return 0;
	}
	nw_json_array(j, "answers");
	while (put < NW_MIN(dns->answers_len, NW_DNS_ANSWERS_MAX) &&
	       (size_t)(j->end - j->p) >= spare + ANSWER_ROOM) {
		put_answer(j, dns, &dns->answer[put]);
		has_addr = has_addr || dns->answer[put].is_addr;
		put++;
	}
	nw_json_array_end(j);
	if (!has_addr) {
		return put;
	}
	nw_json_array(j, "resolved_ip");
	for (unsigned i = 0; i < put; i++) {
		if (dns->answer[i].is_addr) {
			nw_json_ip(j, NULL, dns->answer[i].addr);
		}
	}
	nw_json_array_end(j);
	return put;
}

static void put_event(struct nw_ecs_line *l, const struct nw_dns_record *r)
{
	NW_ECS_OPEN_EVENT(l,
			  "\"kind\":\"event\",\"module\":\"nvrwatch\",\"dataset\":"
			  "\"nvrwatch.dns\",\"category\":[\"network\"],\"type\":[\"protocol\"],");
	if (!r->is_answered) {
		NW_ECS_RAW(l, "\"action\":\"unanswered\",\"outcome\":\"unknown\",");
	} else if (r->msg->rcode == ns_r_noerror) {
		NW_ECS_RAW(l, "\"action\":\"answered\",\"outcome\":\"success\",");
	} else {
		NW_ECS_RAW(l, "\"action\":\"answered\",\"outcome\":\"failure\",");
	}
	if (r->query_ns) {
		uint64_t now = l->out->ts_ns;

		nw_ecs_put_time(l, "start", r->query_ns);
		nw_ecs_put_time(l, "end", now);
		nw_json_u64(&l->j, "duration", now > r->query_ns ? now - r->query_ns : 0);
	}
	nw_json_close(&l->j);
}

static void put_asker(struct nw_ecs_line *l, const struct nw_dns_record *r)
{
	if (r->asker) {
		nw_ecs_put_process(l, r->asker);
	} else if (r->asker_id.tgid) {
		nw_json_open(&l->j, "process");
		nw_ecs_put_proc_id(l, &r->asker_id);
		nw_json_close(&l->j);
	}
}

static void put_ends(struct nw_ecs_line *l, const struct nw_dns_record *r)
{
	struct nw_json *j = &l->j;

	nw_json_open(j, "source");
	nw_json_ip(j, "ip", r->client);
	nw_json_u64(j, "port", r->client_port);
	nw_json_close(j);
	nw_json_open(j, "destination");
	nw_json_ip(j, "ip", r->server);
	nw_json_u64(j, "port", r->server_port);
	nw_json_close(j);
	nw_ecs_open_network(l, r->proto, nw_addr_is_v4(r->server));
	NW_ECS_RAW(l, "\"protocol\":\"dns\",");
	nw_json_close(j);
}

static void put_own(struct nw_ecs_line *l, const struct nw_dns_record *r, bool is_cut)
{
	struct nw_json *j = &l->j;

	nw_json_open(j, "nvrwatch");
	nw_ecs_put_unit(l, r->asker);
	nw_ecs_put_asker(l, &r->waiting, r->waiting_proc);
	nw_ecs_put_vendor_of_name(l, nw_dns_text(r->msg, r->msg->question));
	nw_json_open(j, "dns");
	if (r->is_answered) {
		nw_json_u64(j, "answers_total", r->msg->answers_total);
	}
	if (is_cut) {
		nw_json_bool(j, "cut", true);
	}
	nw_json_close(j);
	nw_json_close(j);
}

void nw_ecs_dns(struct nw_ecs_line *l)
{
	const struct nw_dns_record *r = l->out->dns;
	const struct nw_dns *dns = r->msg;
	size_t behind = l->ecs->host_len + l->ecs->observer_len + BEHIND_ROOM;
	struct nw_json *j = &l->j;
	unsigned put;

	put_event(l, r);
	put_asker(l, r);
	put_ends(l, r);
	nw_json_open(j, "dns");
	if (dns->is_response) {
		NW_ECS_RAW(l, "\"type\":\"answer\",");
	} else {
		NW_ECS_RAW(l, "\"type\":\"query\",");
	}
	nw_json_u64_word(j, "id", dns->id);
	put_word(j, "op_code", nw_dns_opcode_name(dns->opcode), "OPCODE", dns->opcode);
	put_flags(j, dns->flags);
	put_question(j, dns);
	if (r->is_answered) {
		put_word(j, "response_code", nw_dns_rcode_name(dns->rcode), "RCODE", dns->rcode);
	}
	put = put_answers(j, dns, behind);
	nw_json_close(j);
	put_own(l, r, dns->is_cut || put < dns->answers_len);
}
