/* SPDX-License-Identifier: Apache-2.0 */
/* What a flow's ends said: both directions in one place, before and after the flow begins. */
#include <string.h>

#include "flow_feed.h"
#include "state/internal.h"

static struct nw_facts facts_of(const char *protocol, enum nw_basis basis, uint8_t depth)
{
	return (struct nw_facts){ .protocol = protocol, .basis = (uint8_t)basis, .depth = depth };
}

/* As the pipeline does it, but with facts that no decoder made. */
static void say(struct nw_feed *f, uint32_t slot, const struct nw_facts *facts)
{
	const struct nw_ev_head head = {
		.ev = { .size = sizeof(head), .shape = NW_SHAPE_HEAD, .ts_ns = f->now_ns },
		.cookie = COOKIE,
		.slot = slot,
	};

	nw_state_event((struct nw_state *)(uintptr_t)f->state, &head.ev, facts);
}

static void say_key(struct nw_feed *f, enum nw_attr key, const char *text)
{
	struct nw_facts facts = facts_of("http", NW_BASIS_CONTENT, 0);

	nw_facts_add_text(&facts, key, text, strlen(text));
	say(f, 0, &facts);
}

static void both_ends_add_to_one_flow(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 100, 0);
	const struct nw_said *said;

	(void)state;
	feed(f, &e);
	assert_null(flow_told(f, 0)->flow.said);
	say_key(f, NW_ATTR_URL_DOMAIN, "cam.example.org");
	say_key(f, NW_ATTR_SERVER_SOFTWARE, "App-webs/");
	say_key(f, NW_ATTR_SERVER_SOFTWARE, "another");
	e = tcp(f, NW_SOCK_CLOSE, 100, 100);
	said = nw_flow_find(f->state, COOKIE, 0)->said;
	assert_string_equal(said->protocol, "http");
	assert_string_equal(nw_said_find(said, NW_ATTR_URL_DOMAIN), "cam.example.org");
	assert_string_equal(nw_said_find(said, NW_ATTR_SERVER_SOFTWARE), "App-webs/");
	feed(f, &e);
	assert_ptr_equal(flow_told(f, 1)->flow.said, said);
	nw_feed_free(f);
}

/* A stream that is over before it was measured, and every datagram flow. */
static void what_is_said_before_the_flow_begins_waits(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_CLOSE, 100, 100);

	(void)state;
	say_key(f, NW_ATTR_URL_DOMAIN, "a");
	say_key(f, NW_ATTR_REALM, "b");
	feed(f, &e);
	assert_non_null(only_flow(f)->flow.said);
	assert_string_equal(only_flow(f)->flow.said->protocol, "http");
	assert_string_equal(nw_said_find(only_flow(f)->flow.said, NW_ATTR_URL_DOMAIN), "a");
	assert_string_equal(nw_said_find(only_flow(f)->flow.said, NW_ATTR_REALM), "b");
	nw_feed_forget(f);
	feed(f, &e); /* its place, used again: another flow, which said nothing */
	assert_null(only_flow(f)->flow.said);
	nw_feed_free(f);
}

static void nobody_waits_for_ever(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e;

	(void)state;
	say_key(f, NW_ATTR_URL_DOMAIN, "a");
	nw_feed_tick(f, 31 * SECOND);
	e = tcp(f, NW_SOCK_CLOSE, 100, 100);
	feed(f, &e);
	assert_null(only_flow(f)->flow.said);
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_DECODE), 0);
	nw_feed_free(f);
}

static void content_beats_port_and_the_inner_the_outer(void **state)
{
	static const struct {
		const char *protocol;
		enum nw_basis basis;
		uint8_t depth;
		const char *then;
	} step[] = {
		{ "ftp", NW_BASIS_PORT, 1, "ftp" },	 { "dns", NW_BASIS_PORT, 0, "ftp" },
		{ "http", NW_BASIS_CONTENT, 0, "http" }, { "tls", NW_BASIS_CONTENT, 0, "http" },
		{ "rtsp", NW_BASIS_CONTENT, 1, "rtsp" }, { "sip", NW_BASIS_PORT, 2, "rtsp" },
	};
	struct nw_feed *f = start();
	struct nw_ev_sock e = udp(f, 3, 1, 0);

	(void)state;
	feed(f, &e);
	for (size_t i = 0; i < NW_ARRAY_SIZE(step); i++) {
		struct nw_facts facts = facts_of(step[i].protocol, step[i].basis, step[i].depth);

		say(f, 3, &facts);
		assert_string_equal(nw_flow_find(f->state, COOKIE, 3)->said->protocol,
				    step[i].then);
	}
	nw_feed_free(f);
}

static void what_finds_no_room_is_counted(void **state)
{
	struct nw_feed *f = start();
	struct nw_facts facts = facts_of("http", NW_BASIS_CONTENT, 0);
	char long_text[NW_ATTR_VALUE_MAX];

	(void)state;
	memset(long_text, 'a', sizeof(long_text));
	nw_facts_add_text(&facts, NW_ATTR_URL_PATH, long_text, sizeof(long_text));
	nw_facts_add_text(&facts, NW_ATTR_USER_AGENT, long_text, sizeof(long_text));
	say(f, 0, &facts);
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_DECODE), 1);
	facts = facts_of("http", NW_BASIS_CONTENT, 0);
	for (uint32_t slot = 1; slot <= f->config->limits.heads; slot++) {
		say(f, slot, &facts);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_DECODE), 2);
	nw_feed_free(f);
}

/* Heads wait a moment for more: a flow that is silent from then on is told once more at the end. */
static void what_was_said_after_the_last_record_is_told_at_the_end(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 100, 0);

	(void)state;
	feed(f, &e);
	say_key(f, NW_ATTR_URL_DOMAIN, "cam.example.org");
	nw_feed_forget(f);
	nw_feed_fact(f, "session", "end");
	assert_non_null(only_flow(f)->flow.said);
	assert_int_equal(only_flow(f)->action, NW_ACTION_UPDATE);
	nw_feed_forget(f);
	nw_feed_fact(f, "session", "end");
	assert_int_equal(nw_feed_count(f, NW_DATASET_FLOW), 0);
	nw_feed_free(f);
}

NW_TESTS(state_said, cmocka_unit_test(both_ends_add_to_one_flow),
	 cmocka_unit_test(what_is_said_before_the_flow_begins_waits),
	 cmocka_unit_test(nobody_waits_for_ever),
	 cmocka_unit_test(what_was_said_after_the_last_record_is_told_at_the_end),
	 cmocka_unit_test(content_beats_port_and_the_inner_the_outer),
	 cmocka_unit_test(what_finds_no_room_is_counted));
