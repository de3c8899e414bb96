/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as DNS messages, one after the other through the decoder and the table of names. What
 * was decoded is text inside its pool, and names are found only when somebody asked.
 * Input: for each message a byte of flags, two of length, and its bytes.
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "fuzz.h"
#include "state/name.h"

extern const struct nw_decoder nw_decoder_dns;

static struct nw_facts facts;

static void check_text(const struct nw_dns *dns, uint16_t at)
{
	size_t len;

	must(at < dns->text_len);
	len = strnlen(dns->text + at, (size_t)dns->text_len - at);
	must(len < (size_t)dns->text_len - at && len < NW_DNS_NAME_MAX);
	for (size_t i = 0; i < len; i++) {
		must(dns->text[at + i] > ' ' && dns->text[at + i] < 0x7f);
	}
}

static void check_message(const struct nw_dns *dns)
{
	must(dns->text_len <= NW_DNS_TEXT_MAX && dns->answers_len <= NW_DNS_ANSWERS_MAX);
	check_text(dns, dns->question);
	for (unsigned i = 0; i < dns->answers_len; i++) {
		check_text(dns, dns->answer[i].name);
		check_text(dns, dns->answer[i].data);
	}
}

static void on_unanswered(void *ctx, const struct nw_dns_record *record)
{
	(void)ctx;
	must(!record->is_answered && record->query_ns);
	check_text(record->msg, record->msg->question);
	touch(record->server, 16);
	touch(record->client, 16);
}

static void send_message(struct nw_names *names, struct nw_span *s, uint64_t now_ns)
{
	static const uint16_t ports[] = { 53, 5353, 5355, 5300 };
	uint8_t flags = take_u8(s);
	size_t len = take_u8(s) | (size_t)take_u8(s) << 8;
	struct nw_dns_record record;
	struct nw_ev_head *head;
	struct nw_span bytes;

	len = len < nw_span_left(s) ? len : nw_span_left(s);
	len = len < NW_HEAD_TLS_MAX ? len : NW_HEAD_TLS_MAX;
	(void)nw_span_cut(s, len, &bytes);
	head = calloc(1, sizeof(*head) + len);
	must(head != NULL);
	head->ev.ts_ns = now_ns;
	head->ev.what = flags & 1;
	head->proto = flags & 2 ? IPPROTO_TCP : IPPROTO_UDP;
	head->len = (uint16_t)len;
	head->wire_len = (uint32_t)(flags & 4 ? len + 100 : len);
	head->rport_be = htons(ports[flags >> 3 & 3]);
	head->lport_be = htons(flags & 32 ? ports[flags >> 3 & 3] : 40000);
	head->laddr[15] = flags >> 6 & 1;
	head->raddr[15] = flags >> 7 & 1;
	memcpy(head->data, bytes.p, len);
	(void)nw_decoder_claims(&nw_decoder_dns, head);
	memset(&facts, 0xa5, sizeof(facts));
	facts.is_cut = false;
	facts.attrs = 0;
	facts.scratch_len = 0;
	if (nw_decoder_dns.decode(head, &facts) == 0) {
		must(facts.has_dns);
		check_message(&facts.dns);
		if (nw_names_message(names, head, &facts.dns, &record)) {
			must(record.is_answered && record.msg == &facts.dns);
			for (unsigned i = 0; i < facts.dns.answers_len; i++) {
				const char *name =
					nw_names_of(names, facts.dns.answer[i].addr, NULL, now_ns);

				must(!name || strlen(name) < NW_NAME_MAX);
			}
		}
	}
	free(head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nw_span s = nw_span_of(data, size);
	struct nw_names *names;
	uint64_t now_ns = 1;

	must(nw_names_new(16, &names) == 0);
	while (nw_span_left(&s)) {
		send_message(names, &s, now_ns);
		now_ns += NW_NSEC_PER_SEC;
		nw_names_tick(names, now_ns, on_unanswered, NULL);
	}
	nw_names_tick(names, now_ns + 10 * NW_NSEC_PER_SEC, on_unanswered, NULL);
	must(nw_names_used(names) <= 16);
	nw_names_free(names);
	return 0;
}
