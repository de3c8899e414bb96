/* SPDX-License-Identifier: Apache-2.0 */
/* Which DNS transactions are told, each once, and with whose query. */
#include "state/name_message.h"

enum {
	TOLD_MAX = 8
};

struct told {
	char question[TOLD_MAX][64];
	struct nw_proc_id asker[TOLD_MAX];
	uint16_t server_port[TOLD_MAX];
	uint8_t server[TOLD_MAX][16];
	unsigned count;
};

static void on_unanswered(void *ctx, const struct nw_dns_record *r)
{
	struct told *t = ctx;

	assert_false(r->is_answered);
	assert_false(r->msg->is_response);
	assert_int_equal(r->msg->answers_len, 0);
	assert_true(r->query_ns != 0);
	assert_true(t->count < TOLD_MAX);
	(void)snprintf(t->question[t->count], sizeof(t->question[0]), "%s",
		       nw_dns_text(r->msg, r->msg->question));
	t->asker[t->count] = r->asker_id;
	t->server_port[t->count] = r->server_port;
	memcpy(t->server[t->count], r->server, 16);
	t->count++;
}

static struct told tick(uint64_t now_ns)
{
	struct told t = { .count = 0 };

	nw_names_tick(names, now_ns, on_unanswered, &t);
	return t;
}

static void name_pairs_query_and_response(void **state)
{
	(void)state;
	assert_false(ASK("cam.example", .id = 7, .at_ns = SEC));
	assert_true(
		REPLY("203.0.113.5", "cam.example", .id = 7, .at_ns = 2 * SEC, .owner = &ffmpeg));
	assert_true(last.is_answered);
	assert_ptr_equal(last.msg, &dns);
	assert_int_equal(last.query_ns, SEC);
	assert_int_equal(last.asker_id.tgid, curl.tgid);
	assert_null(last.asker);
	assert_int_equal(last.server_port, 53);
	assert_int_equal(last.client_port, 40000);
	assert_int_equal(last.server[15], 53);
	assert_int_equal(last.client[15], 1);
	assert_int_equal(last.proto, IPPROTO_UDP);
	assert_int_equal(tick(100 * SEC).count, 0);
}

static void name_tells_what_has_no_query(void **state)
{
	(void)state;
	assert_true(REPLY("203.0.113.5", "cam.example", .id = 7, .at_ns = SEC));
	assert_int_equal(last.query_ns, 0);
	assert_int_equal(last.asker_id.tgid, curl.tgid);
	/* and learns nothing of it: anybody can send one */
	assert_int_equal(nw_names_used(names), 0);
}

static void name_pairs_only_what_fits(void **state)
{
	static const struct packet others[] = {
		{ .question = "cam.example", .id = 8 },
		{ .question = "cam2.example", .id = 7 },
		{ .question = "cam.example", .id = 7, .qtype = 28 },
		{ .question = "cam.example", .id = 7, .client_port = 40001 },
		{ .question = "cam.example", .id = 7, .server_port = 54 },
		{ .question = "cam.example", .id = 7, .server = "192.0.2.54" },
		{ .question = "cam.example", .id = 7, .client = "192.0.2.2" },
		{ .question = "cam.example", .id = 7, .proto = IPPROTO_TCP },
	};

	(void)state;
	(void)ASK("cam.example", .id = 7, .at_ns = SEC);
	for (size_t i = 0; i < NW_ARRAY_SIZE(others); i++) {
		assert_true(reply(others[i], "203.0.113.5"));
		assert_int_equal(last.query_ns, 0);
	}
	/* the case of letters is the resolver's to play with: 0x20 */
	assert_true(REPLY("203.0.113.5", "CAM.Example", .id = 7, .at_ns = 2 * SEC));
	assert_int_equal(last.query_ns, SEC);
	/* a server that cannot read a query sends no question back */
	(void)ASK("cam.example", .id = 9, .at_ns = 3 * SEC);
	assert_true(REPLY(NULL, NULL, .id = 9, .rcode = 1));
	assert_int_equal(last.query_ns, 3 * SEC);
}

static void name_tells_a_repeated_query_once(void **state)
{
	(void)state;
	(void)ASK("cam.example", .id = 7, .at_ns = SEC);
	(void)ASK("cam.example", .id = 7, .at_ns = 3 * SEC);
	assert_true(REPLY("203.0.113.5", "cam.example", .id = 7, .at_ns = 4 * SEC));
	assert_int_equal(last.query_ns, SEC);
	assert_int_equal(tick(100 * SEC).count, 0);
	/* a second answer is a record of its own */
	assert_true(REPLY("203.0.113.6", "cam.example", .id = 7, .at_ns = 4 * SEC));
	assert_int_equal(last.query_ns, 0);
	assert_int_equal(nw_names_used(names), 1); /* of the first */
}

static void name_tells_what_nobody_answered(void **state)
{
	struct told t;

	(void)state;
	(void)ASK("one.example", .id = 1, .at_ns = 1 * SEC);
	(void)ASK("two.example", .id = 2, .at_ns = 2 * SEC, .owner = &ffmpeg);
	(void)ASK(NULL, .id = 3, .at_ns = 3 * SEC);
	assert_int_equal(tick(6 * SEC - 1).count, 0);
	t = tick(6 * SEC);
	assert_int_equal(t.count, 1);
	assert_string_equal(t.question[0], "one.example");
	assert_int_equal(t.asker[0].tgid, curl.tgid);
	assert_int_equal(t.server_port[0], 53);
	t = tick(20 * SEC);
	assert_int_equal(t.count, 2);
	assert_string_equal(t.question[0], "two.example");
	assert_int_equal(t.asker[0].tgid, ffmpeg.tgid);
	assert_string_equal(t.question[1], "");
	assert_int_equal(tick(100 * SEC).count, 0);
	/* later than we wait: a record, but no name */
	assert_true(REPLY("203.0.113.5", "one.example", .id = 1, .at_ns = 101 * SEC));
	assert_int_equal(last.query_ns, 0);
}

/* Client and server on this host: four messages, one record, made by the client's socket. */
static void name_tells_both_ends_once(void **state)
{
	const char *loop = "127.0.0.1";

	(void)state;
	assert_false(ASK("a.example", .id = 1, .client = loop, .server = loop, .at_ns = SEC));
	assert_false(ASK("a.example", .id = 1, .client = loop, .server = loop, .owner = &ffmpeg,
			 .is_server_side = true));
	assert_false(REPLY("203.0.113.5", "a.example", .id = 1, .client = loop, .server = loop,
			   .owner = &ffmpeg, .is_server_side = true));
	assert_true(REPLY("203.0.113.5", "a.example", .id = 1, .client = loop, .server = loop,
			  .at_ns = 2 * SEC));
	assert_int_equal(last.asker_id.tgid, curl.tgid);
	assert_int_equal(last.query_ns, SEC);
	/* the server's socket may be heard first */
	assert_false(ASK("b.example", .id = 2, .is_server_side = true, .at_ns = SEC));
	assert_false(ASK("b.example", .id = 2, .at_ns = SEC));
	assert_false(REPLY("203.0.113.5", "b.example", .id = 2, .is_server_side = true));
	assert_true(REPLY("203.0.113.5", "b.example", .id = 2));
	assert_int_equal(last.asker_id.tgid, curl.tgid);
	/* without its query, still once */
	assert_false(REPLY("203.0.113.5", "c.example", .id = 3, .client = loop, .server = loop,
			   .is_server_side = true));
	assert_true(REPLY("203.0.113.5", "c.example", .id = 3, .client = loop, .server = loop));
	assert_false(REPLY("203.0.113.5", "c.example", .id = 4, .client = loop,
			   .server = "127.0.0.53", .is_server_side = true));
	assert_false(REPLY("203.0.113.5", "c.example", .id = 5, .client = "192.0.2.53",
			   .is_server_side = true));
	assert_true(REPLY("203.0.113.5", "c.example", .id = 6, .is_server_side = true));
}

static void name_tells_what_a_server_here_answers(void **state)
{
	(void)state;
	assert_false(ASK("a.example", .id = 1, .is_server_side = true, .at_ns = SEC));
	assert_true(REPLY("203.0.113.5", "a.example", .id = 1, .is_server_side = true));
	assert_int_equal(last.query_ns, SEC);
	assert_int_equal(last.asker_id.tgid, 0);
	assert_int_equal(last.server_port, 53);
	assert_int_equal(last.client[15], 1);
	/* nobody here asked: no name */
	assert_int_equal(nw_names_used(names), 0);
}

/* Every network namespace has the same loopback addresses. */
static void name_keeps_namespaces_apart(void **state)
{
	const char *loop = "127.0.0.1";

	(void)state;
	(void)ASK("a.example", .id = 1, .client = loop, .server = loop, .netns = 1, .at_ns = SEC);
	(void)ASK("a.example", .id = 1, .client = loop, .server = loop, .netns = 2,
		  .at_ns = 2 * SEC, .owner = &ffmpeg);
	assert_true(REPLY(NULL, "a.example", .id = 1, .client = loop, .server = loop, .netns = 2));
	assert_int_equal(last.asker_id.tgid, ffmpeg.tgid);
	assert_true(REPLY(NULL, "a.example", .id = 1, .client = loop, .server = loop, .netns = 1));
	assert_int_equal(last.asker_id.tgid, curl.tgid);
}

static void name_knows_groups(void **state)
{
	struct told t;

	(void)state;
	/* mDNS between its own ports: everybody's */
	assert_false(ASK("cam.local", .id = 0, .client_port = 5353, .server_port = 5353));
	assert_false(REPLY("192.0.2.9", "cam.local", .client_port = 5353, .server_port = 5353));
	assert_int_equal(tick(100 * SEC).count, 0);
	/* asked of a group, answered by one of it */
	(void)ASK("cam.local", .id = 4, .server_port = 5353, .server = "224.0.0.251", .at_ns = SEC);
	assert_true(REPLY("192.0.2.9", "cam.local", .id = 4, .server_port = 5353,
			  .server = "192.0.2.9", .at_ns = 2 * SEC));
	assert_int_equal(last.query_ns, SEC);
	assert_int_equal(nw_names_used(names), 1);
	(void)ASK("cam", .id = 5, .server_port = 5355, .server = "224.0.0.252", .at_ns = SEC);
	t = tick(100 * SEC);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.server[0][15], 252);
}

static void name_bounds_the_queries(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 1024; i++) {
		(void)ASK("a.example", .id = (uint16_t)i, .at_ns = (1 + i) * 1000);
	}
	assert_int_equal(nw_names_evicted(names), 0);
	(void)ASK("a.example", .id = 2000, .at_ns = SEC);
	assert_int_equal(nw_names_evicted(names), 1);
	assert_true(REPLY(NULL, "a.example", .id = 0));
	assert_int_equal(last.query_ns, 0);
	assert_true(REPLY(NULL, "a.example", .id = 1));
	assert_int_equal(last.query_ns, 2000);
	/* one socket and id, many names: an attack on our look-ups */
	for (uint32_t i = 0; i < 100; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "n%u.example", i);
		(void)ASK(name, .id = 3000, .client_port = 50000, .at_ns = 100 * SEC);
	}
	assert_true(REPLY(NULL, "n83.example", .id = 3000, .client_port = 50000));
	assert_int_equal(last.query_ns, 0);
	assert_true(REPLY(NULL, "n84.example", .id = 3000, .client_port = 50000));
	assert_int_equal(last.query_ns, 100 * SEC);
}

NW_TESTS(state_name_query, TEST(name_pairs_query_and_response), TEST(name_tells_what_has_no_query),
	 TEST(name_pairs_only_what_fits), TEST(name_tells_a_repeated_query_once),
	 TEST(name_tells_what_nobody_answered), TEST(name_tells_both_ends_once),
	 TEST(name_tells_what_a_server_here_answers), TEST(name_keeps_namespaces_apart),
	 TEST(name_knows_groups), TEST(name_bounds_the_queries));
