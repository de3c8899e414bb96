/* SPDX-License-Identifier: Apache-2.0 */
/* Which names led where: many names of one address, names on the way, and what may not count. */
#include "state/given.h"
#include "state/name_message.h"

enum {
	TYPE_PTR = 12,
	TYPE_SRV = 33
};

static const char a1[] = "203.0.113.1";
static const char a2[] = "203.0.113.2";

static bool has(const char *name, const char *addr)
{
	uint8_t a[16];

	to_addr(addr, a);
	return nw_given_has_address(nw_names_given(names), name, a);
}

static bool is_resolved(const char *name)
{
	return nw_given_is_resolved(nw_names_given(names), name);
}

static bool points(const char *from, const char *to)
{
	return nw_given_points_to(nw_names_given(names), from, to);
}

static void ask_and_answer(const char *question, uint16_t type)
{
	static uint16_t id;
	const struct packet p = { .question = question, .id = ++id, .qtype = type, .at_ns = SEC };

	ask(p);
	begin(&p, true);
}

static void answered(void)
{
	const struct packet p = { .id = dns.id, .at_ns = SEC };

	assert_true(send_message(&p));
}

static void every_name_of_a_shared_address(void **state)
{
	(void)state;
	ASK("a.example", .id = 1);
	REPLY(a1, "a.example", .id = 1, .at_ns = SEC);
	ASK("B.example", .id = 2);
	REPLY(a1, "B.example", .id = 2, .at_ns = SEC);
	assert_true(has("a.example", a1));
	assert_true(has("b.example.", a1));
	assert_false(has("a.example", a2));
	assert_false(has("example", a1));
	assert_true(is_resolved("A.EXAMPLE"));
	assert_false(is_resolved("c.example"));
}

/* An answer that nobody asked for, one without an answer, and a refusal say nothing. */
static void only_what_was_asked_and_given(void **state)
{
	(void)state;
	REPLY(a1, "a.example", .id = 1);
	ASK("b.example", .id = 2);
	REPLY(NULL, "b.example", .id = 2);
	ASK("c.example", .id = 3);
	REPLY(a1, "c.example", .id = 3, .rcode = 3);
	assert_false(is_resolved("a.example"));
	assert_false(is_resolved("b.example"));
	assert_false(is_resolved("c.example"));
	assert_int_equal(nw_given_used(nw_names_given(names)), 0);
}

static void names_on_the_way(void **state)
{
	(void)state;
	ask_and_answer("www.example.org", TYPE_A);
	answer_name("www.example.org", "edge.cdn.example");
	answer_name("edge.cdn.example", "e1.cdn.example");
	answer_addr("e1.cdn.example", 60, a1);
	answered();
	assert_true(has("www.example.org", a1) && has("edge.cdn.example", a1) &&
		    has("e1.cdn.example", a1));
	assert_true(points("www.example.org", "e1.cdn.example"));
	assert_false(points("e1.cdn.example", "www.example.org"));

	ask_and_answer("_http._tcp.deb.example", TYPE_SRV);
	answer("_http._tcp.deb.example", TYPE_SRV, 60)->data = text("mirror.example.net");
	answered();
	assert_true(is_resolved("deb.example"));
	assert_true(points("deb.example", "mirror.example.net"));
	assert_false(is_resolved("mirror.example.net"));
}

/* Whoever owns an address may let its PTR name anybody; that gives nobody's name an address. */
static void a_reverse_name_is_no_way(void **state)
{
	(void)state;
	ask_and_answer("1.113.0.203.in-addr.arpa", TYPE_PTR);
	answer("1.113.0.203.in-addr.arpa", TYPE_PTR, 60)->data = text("www.bank.example");
	answered();
	assert_false(is_resolved("www.bank.example"));
	assert_false(points("1.113.0.203.in-addr.arpa", "www.bank.example"));
}

static void the_table_is_bounded(void **state)
{
	char name[32];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		ASK(name, .id = 1);
		REPLY(a1, name, .id = 1, .at_ns = SEC);
	}
	assert_int_equal(nw_given_used(nw_names_given(names)), 4 * CAPACITY);
	assert_true(has("n999.example", a1));
	assert_false(has("n0.example", a1));
}

NW_TESTS(state_given, TEST(every_name_of_a_shared_address), TEST(only_what_was_asked_and_given),
	 TEST(names_on_the_way), TEST(a_reverse_name_is_no_way), TEST(the_table_is_bounded));
