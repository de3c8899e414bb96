/* SPDX-License-Identifier: Apache-2.0 */
/* DNS transactions, odd and huge ones too. */
#include "ecs_lines.h"

static void test_dns(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_DNS, NW_ACTION_UPDATE, &r->asked);

	NW_LINE_HAS(o, { "event.category", "[\"network\"]" }, { "event.type", "[\"protocol\"]" },
		    { "event.action", "\"answered\"" }, { "event.outcome", "\"success\"" },
		    { "event.duration", "12000000" }, { "source.ip", "\"10.0.0.5\"" },
		    { "source.port", "40000" }, { "destination.ip", "\"10.0.0.1\"" },
		    { "destination.port", "53" }, { "network.protocol", "\"dns\"" },
		    { "dns.type", "\"answer\"" }, { "dns.id", "\"4660\"" },
		    { "dns.op_code", "\"QUERY\"" }, { "dns.header_flags", "[\"RD\",\"RA\"]" },
		    { "dns.question",
		      "{\"name\":\"cdn.example.org\",\"type\":\"A\",\"class\":\"IN\"}" },
		    { "dns.response_code", "\"NOERROR\"" },
		    { "dns.resolved_ip", "[\"203.0.113.7\",\"2001:db8::7\"]" },
		    { "nvrwatch.dns", "{\"answers_total\":4,\"cut\":true}" },
		    { "process.pid", "1234" });
	assert_string_equal(json_object_to_json_string_ext(
				    json_object_array_get_idx(nw_line_get(o, "dns.answers"), 0),
				    JSON_C_TO_STRING_PLAIN),
			    "{\"name\":\"cdn.example.org\",\"type\":\"CNAME\",\"ttl\":300,"
			    "\"data\":\"edge.example.net\"}");
	assert_int_equal(json_object_array_length(nw_line_get(o, "dns.answers")), 3);
	json_object_put(o);
}

static void test_dns_odd(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->dns.rcode = 3;
	o = nw_line(r, NW_DATASET_DNS, NW_ACTION_UPDATE, &r->asked);
	NW_LINE_HAS(o, { "event.outcome", "\"failure\"" }, { "dns.response_code", "\"NXDOMAIN\"" });
	json_object_put(o);
	r->dns.is_response = r->dns.is_cut = false;
	r->dns.qtype = 65280;
	r->dns.qclass = 77;
	r->dns.rcode = r->dns.answers_len = 0;
	r->asked.is_answered = false;
	r->asked.asker = NULL;
	r->asked.query_ns = 0;
	o = nw_line(r, NW_DATASET_DNS, NW_ACTION_UPDATE, &r->asked);
	NW_LINE_HAS(o, { "event.action", "\"unanswered\"" }, { "event.outcome", "\"unknown\"" },
		    { "event.start", NULL }, { "dns.type", "\"query\"" },
		    { "dns.question.type", "\"TYPE65280\"" },
		    { "dns.question.class", "\"CLASS77\"" }, { "dns.response_code", NULL },
		    { "dns.answers", NULL }, { "process.pid", "1234" }, { "process.name", NULL },
		    { "nvrwatch.dns", "{}" });
	json_object_put(o);
}

/* The largest message there can be, each character of which must be escaped, is still told. */
static void test_dns_huge(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;
	char name[NW_DNS_NAME_MAX];
	uint16_t at;

	memset(name, '\\', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	r->dns.text_len = r->dns.answers_len = 0;
	at = nw_records_text(&r->dns, name);
	r->dns.question = at;
	for (int i = 0; i < NW_DNS_ANSWERS_MAX; i++) {
		r->dns.answer[i] = (struct nw_dns_answer){ .name = at, .data = at, .type = 5 };
		r->dns.answers_len++;
	}
	r->dns.is_cut = false;
	o = nw_line(r, NW_DATASET_DNS, NW_ACTION_UPDATE, &r->asked);
	assert_true(json_object_array_length(nw_line_get(o, "dns.answers")) >= 3);
	nw_line_assert(o, "nvrwatch.dns.cut", "true");
	assert_int_equal(json_object_get_string_len(nw_line_get(o, "dns.question.name")),
			 sizeof(name) - 1);
	nw_line_assert(o, "host.name", "\"nvr-1\"");
	json_object_put(o);
}

NW_TESTS(user_ecs_dns, NW_LINES_TEST(test_dns), NW_LINES_TEST(test_dns_odd),
	 NW_LINES_TEST(test_dns_huge));
