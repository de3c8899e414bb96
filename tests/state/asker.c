/* SPDX-License-Identifier: Apache-2.0 */
/* For whom a resolver of this host asks: by its questions and those that were put to it. */
#include "state/asker.h"

#include "state/name_message.h"

#define MS NW_NSEC_PER_MSEC

static const struct nw_proc_id stub = { .tgid = 53, .start_ns = 5 };
static const struct nw_proc_id second = { .tgid = 54, .start_ns = 6 };
static const char *const addr = "203.0.113.5";

/* One end of a question over loopback: the asker's, or the resolver's. */
struct local {
	const struct nw_proc_id *who;
	uint64_t at_ns;
	uint16_t id; /* and port: of one question */
	const char *name;
	uint16_t type;
	bool is_server_side;
	const char *server; /* NULL: 127.0.0.53 */
};

static struct packet packet_of(struct local l)
{
	return (struct packet){ .question = l.name ? l.name : "www.example",
				.qtype = l.type,
				.owner = l.who,
				.client = "127.0.0.1",
				.server = l.server ? l.server : "127.0.0.53",
				.client_port = (uint16_t)(40000 + l.id),
				.netns = 1,
				.id = l.id,
				.at_ns = l.at_ns,
				.is_server_side = l.is_server_side };
}

static void one_end(struct local l)
{
	assert_false(ask(packet_of(l)));
}

/* Both ends of the question to the stub. */
static void put_to_stub(struct local l)
{
	one_end(l);
	l.who = &stub;
	l.is_server_side = true;
	l.at_ns += 1000;
	one_end(l);
}

static void stub_answers(struct local l, const char *with)
{
	assert_true(reply(packet_of(l), with));
}

#define LOCAL(...)     put_to_stub((struct local){ __VA_ARGS__ })
#define ANSWERED(...)  stub_answers((struct local){ __VA_ARGS__ }, addr)
#define UPSTREAM(t, q) ((void)ASK(q, .id = 9, .owner = &stub, .at_ns = (t)))
#define UP_REPLY(t, q) assert_true(REPLY(addr, q, .id = 9, .owner = &stub, .at_ns = (t)))

static void assert_for(const struct nw_proc_id *who, unsigned count)
{
	assert_int_equal(last.waiting.count, count);
	if (who) {
		assert_int_equal(last.waiting.how, NW_ASKER_QUESTION);
		assert_int_equal(last.waiting.id.tgid, who->tgid);
	}
}

static void assert_calls(const struct nw_proc_id *who, const char *want)
{
	uint8_t a[16];
	const char *name;

	to_addr(addr, a);
	name = nw_names_of(names, a, who, 100 * SEC);
	assert_non_null(name);
	assert_string_equal(name, want);
	assert_int_equal(nw_names_is_own(names, a, who, want), 1);
}

static void the_stub_asks_for_who_asked_it(void **state)
{
	(void)state;
	LOCAL(.who = &curl, .at_ns = SEC, .id = 1);
	UPSTREAM(SEC + MS, "wWw.eXaMple"); /* letters in any case, as resolvers mix them */
	assert_int_equal(nw_names_asker(names)->id.tgid, curl.tgid);
	UP_REPLY(SEC + 20 * MS, "www.example");
	assert_for(&curl, 1);
	assert_int_equal(last.asker_id.tgid, stub.tgid);
	/* it has the name before the stub's own answer, and without it */
	assert_calls(&curl, "www.example");
	ANSWERED(.who = &curl, .at_ns = SEC + 21 * MS, .id = 1);
	assert_for(NULL, 0);
	assert_calls(&curl, "www.example");
}

enum step_kind {
	END,
	CLIENT, /* the asker's end of its question */
	SERVER, /* the stub's */
	UP,
	DOWN,  /* upstream's answer: told for `askers` */
	REPLY, /* the stub's answer to the asker */
	OTHER, /* upstream question for another name */
};

struct step {
	enum step_kind kind;
	uint32_t ms; /* time of the message; the order is that of arrival */
};

static const struct {
	const char *what;
	struct step step[10];
	unsigned askers;
} orders[] = {
	{ "in order", { { CLIENT, 0 }, { SERVER, 1 }, { UP, 2 }, { DOWN, 9 } }, 1 },
	{ "the stub's end first", { { SERVER, 1 }, { CLIENT, 0 }, { UP, 2 }, { DOWN, 9 } }, 1 },
	{ "late", { { UP, 2 }, { CLIENT, 0 }, { SERVER, 1 }, { DOWN, 9 } }, 1 },
	{ "too late", { { UP, 2 }, { DOWN, 9 }, { CLIENT, 0 }, { SERVER, 1 } }, 0 },
	{ "while it is on its way", { { UP, 2 }, { CLIENT, 5 }, { SERVER, 6 }, { DOWN, 9 } }, 1 },
	{ "twice each",
	  { { CLIENT, 0 },
	    { CLIENT, 0 },
	    { SERVER, 1 },
	    { SERVER, 1 },
	    { UP, 2 },
	    { UP, 3 },
	    { DOWN, 9 } },
	  1 },
	{ "only the asker's end", { { CLIENT, 0 }, { UP, 2 }, { DOWN, 9 } }, 0 },
	{ "from elsewhere", { { SERVER, 0 }, { UP, 2 }, { DOWN, 9 } }, 0 },
	{ "for another name", { { CLIENT, 0 }, { SERVER, 1 }, { OTHER, 2 }, { DOWN, 9 } }, 0 },
	{ "a patient one", { { CLIENT, 0 }, { SERVER, 1 }, { UP, 9999 }, { DOWN, 12000 } }, 1 },
	{ "long ago", { { CLIENT, 0 }, { SERVER, 1 }, { UP, 10002 }, { DOWN, 10009 } }, 0 },
	{ "from its cache, which it renews",
	  { { CLIENT, 0 }, { SERVER, 1 }, { REPLY, 2 }, { UP, 400 }, { DOWN, 409 } },
	  1 },
	{ "it was answered before",
	  { { CLIENT, 0 }, { SERVER, 1 }, { REPLY, 2 }, { UP, 700 }, { DOWN, 709 } },
	  0 },
};

static void take(const struct step *s)
{
	struct local l = { .who = &curl, .id = 1, .at_ns = SEC + s->ms * MS };

	switch (s->kind) {
	case CLIENT:
		one_end(l);
		break;
	case SERVER:
		l.who = &stub;
		l.is_server_side = true;
		one_end(l);
		break;
	case UP:
		UPSTREAM(l.at_ns, "www.example");
		break;
	case OTHER:
		UPSTREAM(l.at_ns, "mail.example");
		break;
	case REPLY:
		stub_answers(l, addr);
		break;
	default:
		break;
	}
}

static void in_any_order(void **state)
{
	for (size_t i = 0; i < NW_ARRAY_SIZE(orders); i++) {
		bool is_other = false;

		for (const struct step *s = orders[i].step; s->kind; s++) {
			is_other = is_other || s->kind == OTHER;
			if (s->kind != DOWN) {
				take(s);
				continue;
			}
			UP_REPLY(SEC + s->ms * MS, is_other ? "mail.example" : "www.example");
			if (last.waiting.count != orders[i].askers) {
				fail_msg("%s: %u", orders[i].what, last.waiting.count);
			}
		}
		tear_down(state);
		set_up(state);
	}
}

static void another_type_is_another_question(void **state)
{
	(void)state;
	LOCAL(.who = &curl, .at_ns = SEC, .id = 1, .type = 28);
	UPSTREAM(SEC + MS, "www.example");
	UP_REPLY(SEC + 2 * MS, "www.example");
	assert_for(NULL, 0);
}

static void several_wait_for_one_answer(void **state)
{
	struct nw_proc_id many[12];

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		many[i] = (struct nw_proc_id){ .tgid = 300 + i, .start_ns = i };
		LOCAL(.who = &many[i], .at_ns = SEC + (12 - i) * MS, .id = (uint16_t)(1 + i));
	}
	LOCAL(.who = &many[11], .at_ns = SEC + 14 * MS,
	      .id = 30); /* again, through another socket */
	UPSTREAM(SEC + 15 * MS, "www.example");
	UP_REPLY(SEC + 20 * MS, "www.example");
	assert_for(&many[10], 12); /* the last of them asked anew */
	assert_calls(&many[10], "www.example");
}

/* What asks and what is asked is one process, or a ring of them: nobody waits but itself. */
static void who_asks_itself_asks_for_itself(void **state)
{
	(void)state;
	LOCAL(.who = &stub, .at_ns = SEC, .id = 1);
	UPSTREAM(SEC + MS, "www.example");
	UP_REPLY(SEC + 2 * MS, "www.example");
	assert_for(NULL, 0);
}

/* dnsmasq in front of unbound: who asked the first is who the second asks for. */
static void through_two_resolvers(void **state)
{
	const struct local middle = { &stub, SEC + 2 * MS, 77, NULL, 0, false, "127.0.0.54" };
	struct local end = middle;

	(void)state;
	LOCAL(.who = &curl, .at_ns = SEC, .id = 1);
	one_end(middle);
	end.who = &second;
	end.is_server_side = true;
	one_end(end);
	(void)ASK("www.example", .id = 9, .owner = &second, .at_ns = SEC + 3 * MS);
	assert_true(REPLY(addr, "www.example", .id = 9, .owner = &second, .at_ns = SEC + 4 * MS));
	assert_for(&curl, 1);
	stub_answers(middle, addr);
	assert_for(&curl, 1);
	assert_calls(&curl, "www.example");
}

/* A resolver that follows a CNAME by itself asks for another name: for the same asker. */
static void it_follows_a_cname(void **state)
{
	(void)state;
	LOCAL(.who = &curl, .at_ns = SEC, .id = 1);
	UPSTREAM(SEC + MS, "www.example");
	begin(&(struct packet){ .question = "www.example", .id = 9 }, true);
	answer_name("www.example", "edge.cdn.example");
	assert_true(send_message(&(struct packet){ .owner = &stub, .at_ns = SEC + 2 * MS }));
	assert_for(&curl, 1);
	(void)ASK("edge.cdn.example", .id = 10, .owner = &stub, .at_ns = SEC + 3 * MS);
	assert_true(
		REPLY(addr, "edge.cdn.example", .id = 10, .owner = &stub, .at_ns = SEC + 4 * MS));
	assert_for(&curl, 1);
	assert_calls(&curl, "www.example");
	assert_calls(&stub, "edge.cdn.example");
}

static void no_tell(void *ctx, const struct nw_dns_record *r)
{
	unsigned *askers = ctx;

	*askers += r->asker_id.tgid == stub.tgid ? r->waiting.count : 0;
}

static void nobody_answers(void **state)
{
	unsigned askers = 0;

	(void)state;
	LOCAL(.who = &curl, .at_ns = SEC, .id = 1);
	UPSTREAM(SEC + MS, "www.example");
	nw_names_tick(names, 10 * SEC, no_tell, &askers);
	assert_int_equal(askers, 1);
}

/* Who asks and asks pushes others out, and each that went while it waited is counted. */
static void a_full_table_counts(void **state)
{
	const uint32_t room = 1024;
	struct nw_askers *a;
	unsigned lost = 0;
	char name[32];

	(void)state;
	assert_int_equal(nw_askers_new(room, &a), 0);
	for (unsigned i = 0; i < room + 100; i++) {
		const struct nw_ask_key k = { stub, name, SEC, SEC, 1 };

		(void)snprintf(name, sizeof(name), "n%u.example", i);
		lost += nw_askers_ask(a, &k, &curl);
	}
	assert_int_equal(lost, 100);
	assert_int_equal(nw_askers_used(a), room);
	lost = 0;
	for (unsigned i = 0; i < 40; i++) { /* the same question of ever new processes */
		const struct nw_ask_key k = { stub, "one.example", 30 * SEC, 30 * SEC, 1 };
		const struct nw_proc_id id = { .tgid = 1000 + i, .start_ns = 1 };

		lost += nw_askers_ask(a, &k, &id);
	}
	assert_int_equal(lost, 24); /* 16 at most; who waited too long is no loss */
	nw_askers_free(a);
}

static void sockets_of_those_who_ask_for_others(void **state)
{
	const struct nw_asker other = { .id = curl, .count = 1, .how = NW_ASKER_QUESTION };
	struct nw_askers *a;
	struct nw_asker found;

	(void)state;
	assert_int_equal(nw_askers_new(64, &a), 0);
	nw_askers_sent(a, 7, NULL, SEC);
	assert_false(nw_askers_of_socket(a, 7, &found));
	nw_askers_sent(a, 7, &other, SEC);
	assert_true(nw_askers_of_socket(a, 7, &found));
	assert_int_equal(found.id.tgid, curl.tgid);
	for (unsigned i = 0; i < 5; i++) { /* it mostly asks for itself */
		nw_askers_sent(a, 7, NULL, SEC);
	}
	assert_false(nw_askers_of_socket(a, 7, &found));
	for (uint64_t cookie = 100; cookie < 200; cookie++) {
		nw_askers_sent(a, cookie, &other, SEC);
	}
	assert_true(nw_askers_of_socket(a, 199, &found));
	assert_false(nw_askers_of_socket(a, 100, &found));
	nw_askers_free(a);
}

NW_TESTS(state_asker, TEST(the_stub_asks_for_who_asked_it), TEST(in_any_order),
	 TEST(another_type_is_another_question), TEST(several_wait_for_one_answer),
	 TEST(who_asks_itself_asks_for_itself), TEST(through_two_resolvers),
	 TEST(it_follows_a_cname), TEST(nobody_answers), TEST(a_full_table_counts),
	 TEST(sockets_of_those_who_ask_for_others));
