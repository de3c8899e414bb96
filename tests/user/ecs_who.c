/* SPDX-License-Identifier: Apache-2.0 */
/* Who stands behind a flow: roles in a line, and no word of them where the owner did it all. */
#include "ecs_lines.h"

static void test_roles(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;
	char want[512];

	r->tcp.flags = NW_SOCK_CONNECTED;
	r->tcp.role[0] = (struct nw_role){ &r->sender, NW_ROLE_SENT | NW_ROLE_HOLDS, false };
	r->tcp.roles = 1;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	snprintf(want, sizeof(want),
		 "[{\"process\":{\"pid\":1234,\"entity_id\":%s,\"name\":\"ffmpeg\"},"
		 "\"role\":[\"created\",\"connected\"],\"assumed\":false},"
		 "{\"process\":{\"pid\":1240,\"entity_id\":%s,\"name\":\"sh\"},"
		 "\"role\":[\"sent\",\"holds\"],\"assumed\":false},"
		 "{\"process\":{\"pid\":1234,\"entity_id\":%s,\"name\":\"ffmpeg\"},"
		 "\"role\":[\"received\"],\"assumed\":true}]",
		 json_object_to_json_string(nw_line_get(o, "process.entity_id")),
		 json_object_to_json_string(nw_line_get(o, "nvrwatch.sender.entity_id")),
		 json_object_to_json_string(nw_line_get(o, "process.entity_id")));
	nw_line_assert(o, "nvrwatch.roles", want);
	nw_line_assert(o, "nvrwatch.roles_missed", NULL);
	json_object_put(o);
}

static void test_chain(void **state)
{
	struct nw_records *r = *state;
	struct nw_chain chain = { .len = 3,
				  .link = { { &r->proc, 0 },
					    { &r->sender, NW_VIA_LOOPBACK },
					    { &r->unknown, NW_VIA_SHM } } };
	struct json_object *o;

	r->tcp.chain = &chain;
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	assert_string_equal(
		json_object_get_string(json_object_object_get(
			json_object_array_get_idx(nw_line_get(o, "nvrwatch.chain"), 0), "via")),
		"shm");
	assert_string_equal(
		json_object_get_string(json_object_object_get(
			json_object_array_get_idx(nw_line_get(o, "nvrwatch.chain"), 1), "via")),
		"loopback");
	assert_null(json_object_object_get(
		json_object_array_get_idx(nw_line_get(o, "nvrwatch.chain"), 2), "via"));
	assert_int_equal(json_object_array_length(nw_line_get(o, "nvrwatch.chain")), 3);
	nw_line_assert(o, "nvrwatch.chain_others", NULL);
	json_object_put(o);
}

static void test_no_roles(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);

	nw_line_assert(o, "nvrwatch.roles", NULL);
	nw_line_assert(o, "nvrwatch.chain", NULL);
	json_object_put(o);
}

NW_TESTS(user_ecs_who, NW_LINES_TEST(test_roles), NW_LINES_TEST(test_chain),
	 NW_LINES_TEST(test_no_roles));
