/* SPDX-License-Identifier: Apache-2.0 */
/* Which names stand behind an address: for whom, from when on, how long, and how many. */
#include "state/name_message.h"

static void no_record(void *ctx, const struct nw_dns_record *record)
{
	(void)ctx;
	(void)record;
	fail();
}

static const char *name_of(const char *addr, const struct nw_proc_id *asker, uint64_t now_ns)
{
	uint8_t a[16];

	to_addr(addr, a);
	return nw_names_of(names, a, asker, now_ns);
}

static void assert_name(const char *addr, const struct nw_proc_id *asker, uint64_t now_ns,
			const char *want)
{
	const char *name = name_of(addr, asker, now_ns);

	if (want) {
		assert_non_null(name);
		assert_string_equal(name, want);
	} else {
		assert_null(name);
	}
}

/* One of a documentation network. */
static const char *address(uint8_t number)
{
	static char addr[INET_ADDRSTRLEN];

	(void)snprintf(addr, sizeof(addr), "203.0.113.%u", number);
	return addr;
}

static void learn(const char *name, const char *addr, const struct nw_proc_id *who, uint64_t at_ns)
{
	assert_false(ASK(name, .id = 1, .owner = who, .at_ns = at_ns));
	assert_true(REPLY(addr, name, .id = 1, .owner = who, .at_ns = at_ns));
}

static void name_is_the_one_asked_for(void **state)
{
	(void)state;
	(void)ASK("WWW.Example", .id = 1);
	begin(&(struct packet){ .question = "WWW.Example" }, true);
	dns.id = 1;
	answer_name("www.example", "cdn.example");
	answer_name("CDN.example", "edge.example");
	answer_addr("edge.example", 60, "203.0.113.5");
	answer_addr("edge.example", 60, "2001:db8::5");
	answer_addr("other.example", 60, "203.0.113.9");
	assert_true(send_message(&(struct packet){ .at_ns = SEC }));
	assert_name("203.0.113.5", &curl, SEC, "www.example");
	assert_name("2001:db8::5", &curl, SEC, "www.example");
	/* not asked for, so not learned */
	assert_name("203.0.113.9", &curl, SEC, NULL);
	assert_int_equal(nw_names_used(names), 2);
}

static void name_survives_rings_of_cnames(void **state)
{
	(void)state;
	(void)ASK("a", .id = 1);
	begin(&(struct packet){ .question = "a", .id = 1 }, true);
	answer_name("a", "b");
	answer_name("b", "a");
	answer_addr("c", 60, "203.0.113.5");
	assert_true(send_message(&(struct packet){ .at_ns = SEC }));
	assert_int_equal(nw_names_used(names), 0);
}

static void name_is_learned_from_success_only(void **state)
{
	(void)state;
	(void)ASK("a", .id = 1);
	assert_true(REPLY("203.0.113.5", "a", .id = 1, .rcode = 3));
	(void)ASK("a", .id = 1, .opcode = 4);
	assert_true(REPLY("203.0.113.5", "a", .id = 1, .opcode = 4));
	assert_int_equal(nw_names_used(names), 0);
}

static void name_is_the_askers_then_the_last(void **state)
{
	static const struct nw_proc_id other = { .tgid = 300, .start_ns = 3 };

	(void)state;
	learn("one.example", "203.0.113.5", &curl, SEC);
	learn("two.example", "203.0.113.5", &ffmpeg, 2 * SEC);
	assert_name("203.0.113.5", &curl, 3 * SEC, "one.example");
	assert_name("203.0.113.5", &ffmpeg, 3 * SEC, "two.example");
	assert_name("203.0.113.5", &other, 3 * SEC, "two.example");
	assert_name("203.0.113.5", NULL, 3 * SEC, "two.example");
	learn("three.example", "203.0.113.5", &curl, 4 * SEC);
	assert_name("203.0.113.5", &curl, 5 * SEC, "three.example");
	assert_name("203.0.113.5", NULL, 5 * SEC, "three.example");
	/* what began before the name was known does not bear it */
	assert_name("203.0.113.5", NULL, 3 * SEC, "two.example");
	assert_name("203.0.113.5", NULL, SEC - 1, NULL);
	assert_name("203.0.113.6", NULL, 5 * SEC, NULL);
}

/* A service with many names behind one address, and a name that is asked for again and again. */
static void name_is_what_was_asked_before(void **state)
{
	(void)state;
	learn("one.example", "203.0.113.5", &curl, SEC);
	learn("two.example", "203.0.113.5", &curl, 3 * SEC);
	learn("one.example", "203.0.113.5", &curl, 5 * SEC);
	assert_name("203.0.113.5", &curl, 2 * SEC, "one.example");
	assert_name("203.0.113.5", &curl, 4 * SEC, "two.example");
	assert_name("203.0.113.5", &curl, 6 * SEC, "one.example");
	assert_name("203.0.113.5", &curl, SEC - 1, NULL);
	assert_int_equal(nw_names_used(names), 2);
}

static void name_of_loopback_is_its_askers(void **state)
{
	(void)state;
	learn("ads.example", "127.0.0.1", &curl, SEC);
	learn("ads.example", "::1", &curl, SEC);
	assert_name("127.0.0.1", &curl, SEC, "ads.example");
	assert_name("::1", &curl, SEC, "ads.example");
	assert_name("127.0.0.1", &ffmpeg, SEC, NULL);
	assert_name("127.0.0.1", NULL, SEC, NULL);
	assert_name("::1", NULL, SEC, NULL);
}

static void learn_for(const char *name, uint32_t ttl)
{
	(void)ASK(name, .id = 1);
	begin(&(struct packet){ .question = name, .id = 1 }, true);
	answer_addr(name, ttl, "203.0.113.5");
	assert_true(send_message(&(struct packet){ .at_ns = SEC }));
}

static void assert_lives(uint32_t ttl, uint64_t seconds)
{
	learn_for("a.example", ttl);
	assert_name("203.0.113.5", NULL, SEC + seconds * SEC + NW_NAME_GRACE_NS, "a.example");
	assert_name("203.0.113.5", NULL, SEC + seconds * SEC + NW_NAME_GRACE_NS + 1, NULL);
}

static void name_lives_as_long_as_it_may(void **state)
{
	(void)state;
	assert_lives(600, 600);
	assert_lives(0, 60);
	assert_lives(86400, 86400);
	assert_lives(86401, 86400);
	assert_lives(0x80000000, 60); /* RFC 2181 8: zero */
	assert_int_equal(nw_names_used(names), 1);
	nw_names_tick(names, SEC + 60 * SEC + NW_NAME_GRACE_NS, no_record, NULL);
	assert_int_equal(nw_names_used(names), 1);
	nw_names_tick(names, SEC + 60 * SEC + NW_NAME_GRACE_NS + 1, no_record, NULL);
	assert_int_equal(nw_names_used(names), 0);
	assert_int_equal(nw_names_evicted(names), 0);
}

static void name_keeps_the_end_of_long_ones(void **state)
{
	char name[600];
	char want[NW_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(name); i++) {
		name[i] = (char)('a' + i % 26);
	}
	name[sizeof(name) - 1] = '\0';
	learn(name, "203.0.113.5", &curl, SEC);
	(void)snprintf(want, sizeof(want), "…%s", name + sizeof(name) - 1 - 252);
	assert_int_equal(strlen(want), NW_NAME_MAX - 1);
	assert_name("203.0.113.5", NULL, SEC, want);
	name[NW_NAME_MAX - 1] = '\0';
	learn(name, "203.0.113.6", &curl, SEC);
	assert_name("203.0.113.6", NULL, SEC, name);
}

static void name_forgets_the_oldest(void **state)
{
	(void)state;
	for (uint8_t i = 0; i < CAPACITY; i++) {
		learn("a.example", address(i), &curl, SEC);
	}
	assert_int_equal(nw_names_used(names), CAPACITY);
	assert_int_equal(nw_names_evicted(names), 0);
	learn("a.example", "203.0.113.0", &curl, SEC); /* again, so no longer the oldest */
	learn("b.example", "203.0.113.200", &curl, SEC);
	assert_int_equal(nw_names_used(names), CAPACITY);
	assert_int_equal(nw_names_evicted(names), 1);
	assert_name("203.0.113.0", NULL, SEC, "a.example");
	assert_name("203.0.113.1", NULL, SEC, NULL);
	assert_name("203.0.113.200", NULL, SEC, "b.example");
	/* one whose time is over was not evicted */
	learn("c.example", "203.0.113.201", &curl, 1000 * SEC);
	assert_int_equal(nw_names_evicted(names), 1);
}

/* An eighth of the names may be long: 8 of these. Short ones do not suffer from them. */
static void name_has_room_for_some_long_ones(void **state)
{
	char again[61];
	char name[100];

	(void)state;
	memset(name, 'a', sizeof(name));
	memset(again, 'b', sizeof(again));
	again[60] = name[59] = '\0';
	learn(name, "203.0.114.1", &curl, SEC); /* the longest short one */
	for (uint8_t i = 1; i <= 9; i++) {
		(void)snprintf(name + 59, sizeof(name) - 59, "%u", i);
		learn(name, address(i), &curl, SEC);
		learn(again, "203.0.113.100", &curl, SEC); /* so it is never the oldest */
	}
	assert_int_equal(nw_names_evicted(names), 2);
	assert_int_equal(nw_names_used(names), 9);
	assert_name("203.0.113.2", NULL, SEC, NULL);
	assert_name("203.0.113.9", NULL, SEC, name);
	assert_name("203.0.113.100", NULL, SEC, again);
	name[59] = '\0';
	assert_name("203.0.114.1", NULL, SEC, name);
	/* time gives their room back */
	nw_names_tick(names, 1000 * SEC, no_record, NULL);
	assert_int_equal(nw_names_used(names), 0);
	for (uint8_t i = 1; i <= 8; i++) {
		again[59] = (char)('0' + i);
		learn(again, address(i), &curl, 1000 * SEC);
	}
	assert_int_equal(nw_names_evicted(names), 2);
}

/* Many short programs that ask for one name push out each other's entries, which loses nothing; other names do. */
static void name_bounds_the_askers_of_an_address(void **state)
{
	char name[32];

	(void)state;
	learn("z.example", "203.0.113.5", &curl, SEC);
	for (uint32_t i = 0; i < 20; i++) {
		struct nw_proc_id who = { .tgid = 1000 + i, .start_ns = i };

		learn("a.example", "203.0.113.5", &who, (2 + i) * SEC);
	}
	assert_int_equal(nw_names_used(names), 16);
	assert_int_equal(nw_names_evicted(names), 0);
	assert_name("203.0.113.5", &(struct nw_proc_id){ .tgid = 1019, .start_ns = 19 }, 30 * SEC,
		    "a.example");
	assert_name("203.0.113.5", &curl, 30 * SEC, "z.example");
	for (unsigned i = 0; i < 4; i++) {
		(void)snprintf(name, sizeof(name), "n%u.example", i);
		learn(name, "203.0.113.5", &curl, 30 * SEC);
	}
	assert_int_equal(nw_names_used(names), 16);
	assert_int_equal(nw_names_evicted(names), 4);
}

NW_TESTS(state_name, TEST(name_is_the_one_asked_for), TEST(name_survives_rings_of_cnames),
	 TEST(name_is_learned_from_success_only), TEST(name_is_the_askers_then_the_last),
	 TEST(name_is_what_was_asked_before), TEST(name_of_loopback_is_its_askers),
	 TEST(name_lives_as_long_as_it_may), TEST(name_keeps_the_end_of_long_ones),
	 TEST(name_forgets_the_oldest), TEST(name_has_room_for_some_long_ones),
	 TEST(name_bounds_the_askers_of_an_address));
