/* SPDX-License-Identifier: Apache-2.0 */
/* What a flow's ends said, as objects: ours in "nvrwatch", the others at the top. */
#include "ecs_lines.h"
#include "every_said.h"

static void test_said(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	nw_every_said(&r->said);
	r->said.basis = NW_BASIS_PORT;
	r->tcp.said = &r->said;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "network.protocol", "\"tls\"" }, { "nvrwatch.protocol_basis", "\"port\"" },
		    { "http.request", "{\"method\":\"a\",\"mime_type\":\"a\"}" },
		    { "http.response", "{\"mime_type\":\"a\",\"status_code\":7}" },
		    { "http.version", "\"a\"" }, { "nvrwatch.realm", "\"a\"" },
		    { "nvrwatch.rtsp", "{\"method\":\"a\",\"status\":7}" },
		    { "nvrwatch.tls", "{\"alpn\":[\"a\",\"b\"],\"ech\":true,\"names_cut\":true}" },
		    { "nvrwatch.media.codec", "[\"a\",\"b\"]" },
		    { "tls.client", "{\"ja4\":\"a\",\"server_name\":\"a\"}" },
		    { "tls.server.x509.alternative_names", "[\"a\",\"b\"]" },
		    { "tls.server.x509.subject.common_name", "[\"a\",\"b\"]" },
		    { "user_agent.original", "\"a\"" }, { "nvrwatch.nvrwatch", NULL },
		    { "nvrwatch.url", NULL }, { "nvrwatch.unacked_bytes", "2896" });
	json_object_put(o);
}

static void test_nothing_said(void **state)
{
	struct nw_records *r = *state;
	struct nw_said nothing = { .len = 0 };
	struct json_object *o;

	r->tcp.said = &nothing;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "network.protocol", NULL }, { "nvrwatch.protocol_basis", NULL },
		    { "tls", NULL }, { "http", NULL });
	json_object_put(o);
}

static void test_hostile(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->said = (struct nw_said){ .protocol = "http", .basis = NW_BASIS_CONTENT };
	assert_int_equal(nw_said_add(&r->said, NW_ATTR_USER_AGENT, "a\"},\n\0\xff", 7), 0);
	r->tcp.said = &r->said;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	nw_line_assert(o, "user_agent.original", "\"a\\\"},\\n\\u0000\xef\xbf\xbd\"");
	json_object_put(o);
}

NW_TESTS(user_ecs_said, NW_LINES_TEST(test_said), NW_LINES_TEST(test_nothing_said),
	 NW_LINES_TEST(test_hostile));
