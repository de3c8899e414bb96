/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encrypted-dns: resolvers by ALPN, port, catalogue and name, and programs that know names which
 * nobody asked for; the site's own resolvers, ordinary TLS and what is declared are silent.
 */
#include "indicators/say_hello.h"

#define SEC NW_FEED_SEC

struct hello {
	const char *what;
	const char *yaml;
	const char *sni, *alpn; /* NULL: none */
	const char *asked;	/* this name is asked for before, and gives the address */
	const char *to;
	uint16_t port; /* 0 = 443 */
	uint8_t proto;
	bool is_silent;	   /* sends no hello */
	bool is_resolver;  /* others of this host ask it names, over loopback */
	bool is_connected; /* another is connected to a Unix socket of its */
	unsigned score;
};

static void connect_to(struct nf *n, const struct hello *h)
{
	struct nf_contact c = { .to = h->to,
				.port = h->port,
				.proto = h->proto,
				.cookie = ++n->cookie,
				.birth_ns = n->feed->now_ns,
				.slot = h->proto == IPPROTO_UDP };
	struct nw_ev_sock s = nf_sock(n, NW_SOCK_BIN, c);

	if (h->is_resolver) {
		nf_ask(n, "a.example",
		       (struct nf_dns){ .pid = 101,
					.server = "127.0.0.53",
					.server_pid = 100,
					.is_unanswered = true });
	}
	if (h->is_connected) {
		nf_unix(n, 101, 100);
	}
	if (h->asked) {
		nf_ask(n, h->asked, (struct nf_dns){ .address = h->to ? h->to : "203.0.113.7" });
	}
	if (!h->is_silent) {
		say_hello(n, &s, h->sni, h->alpn);
	}
	for (unsigned i = 1; i <= 3; i++) {
		c.tx = 400 * i;
		c.rx = 600 * i;
		nf_bin(n, c);
		nf_tick(n, SEC);
	}
}

static const struct hello rows[] = {
	{ .what = "DoT by ALPN, on another port", .alpn = "dot", .port = 8443, .score = 60 },
	{ .what = "DoT by port", .sni = "resolver.example", .port = 853, .score = 55 },
	{ .what = "port 853, nothing readable", .port = 853, .is_silent = true, .score = 40 },
	{ .what = "DoQ by port",
	  .port = 853,
	  .proto = IPPROTO_UDP,
	  .is_silent = true,
	  .score = 40 },
	{ .what = "a resolver of this host passes questions on",
	  .alpn = "dot",
	  .port = 853,
	  .is_resolver = true,
	  .score = 50 },
	{ .what = "whoever is connected to it may have asked nothing",
	  .alpn = "dot",
	  .port = 853,
	  .is_connected = true,
	  .score = 60 },
	{ .what = "a web site is no resolver because of who connects to it",
	  .sni = "doh.somebody.example",
	  .alpn = "h2",
	  .is_resolver = true,
	  .score = 45 },
	{ .what = "DoH to a known resolver",
	  .sni = "dns.example.net",
	  .alpn = "h2",
	  .asked = "dns.example.net",
	  .score = 55 },
	{ .what = "DoH to a known resolver, name hidden in asking",
	  .sni = "dns.example.net",
	  .score = 55 },
	{ .what = "DoH by its name",
	  .sni = "doh.somebody.example",
	  .alpn = "h2",
	  .asked = "doh.somebody.example",
	  .score = 45 },
	{ .what = "a numbered one",
	  .sni = "dns4.somebody.example",
	  .alpn = "h2",
	  .asked = "dns4.somebody.example",
	  .score = 45 },
	/* what is none */
	{ .what = "the web", .sni = "www.example.org", .alpn = "h2", .asked = "www.example.org" },
	{ .what = "a shop with dns in its name",
	  .sni = "www.dnshop.example",
	  .alpn = "h2",
	  .asked = "www.dnshop.example" },
	{ .what = "a name like a resolver's, no HTTP",
	  .sni = "dns.somebody.example",
	  .asked = "dns.somebody.example" },
	{ .what = "the site's resolver",
	  .yaml = "resolvers: [ 203.0.113.7 ]\n",
	  .alpn = "dot",
	  .port = 853 },
	{ .what = "declared",
	  .yaml = "allowed:\n  - { to: 203.0.113.7, why: our resolver }\n",
	  .alpn = "dot",
	  .port = 853 },
	{ .what = "inside", .alpn = "dot", .port = 853, .to = "10.0.0.53" },
	{ .what = "DNS as ever", .port = 53, .is_silent = true },
};

static void resolvers_and_ordinary_servers(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nf *n = nf_new("encrypted-dns", rows[i].yaml ? rows[i].yaml : "");

		nw_feed_fact(n->feed, "vendor.1", "dns.example.net public-resolver resolver");
		connect_to(n, &rows[i]);
		if (n->best != rows[i].score || n->all > 1) {
			fail_msg("%s: score %u, %u findings", rows[i].what, n->best, n->all);
		}
		nf_free(n);
	}
}

/* The first measure comes before the hello: what is known better later is told. */
static void a_hello_that_comes_late(void **state)
{
	struct nf *n = nf_new("encrypted-dns", "");
	struct nf_contact c = { .port = 853, .cookie = 77, .birth_ns = n->feed->now_ns, .tx = 400 };
	struct nw_ev_sock s = nf_sock(n, NW_SOCK_BIN, c);

	(void)state;
	nf_bin(n, c);
	assert_int_equal(n->best, 40);
	say_hello(n, &s, NULL, "dot");
	nf_tick(n, SEC);
	c.tx = 800;
	nf_bin(n, c);
	assert_int_equal(n->best, 60);
	assert_int_equal(n->all, 2);
	nf_free(n);
}

/* As many connections to servers whose names were asked for or not; all of one program. */
static void go_to(struct nf *n, unsigned servers, bool is_asked)
{
	for (unsigned i = 0; i < servers; i++) {
		char name[64];
		char to[32];

		snprintf(name, sizeof(name), "www%u.example%u.org", i, is_asked);
		snprintf(to, sizeof(to), "198.51.%u.%u", 100 + is_asked, i + 1);
		connect_to(n, &(struct hello){ .sni = name,
					       .alpn = "h2",
					       .to = to,
					       .asked = is_asked ? name : NULL });
	}
}

static void names_that_nobody_asked_for(void **state)
{
	struct nf *n = nf_new("encrypted-dns", "");

	(void)state;
	nf_tick(n, 700 * SEC);
	go_to(n, 4, false);
	assert_int_equal(n->all, 0);
	go_to(n, 6, false);
	assert_int_equal(n->best, 50);
	assert_string_equal(n->key[0], "unasked /opt/p100/bin/agent");
	assert_int_equal(nf_evidence(&n->finding[0], "names_asked_for"), 0);
	for (unsigned i = 0; i < 70; i++) {
		nf_tick(n, 60 * SEC);
	}
	assert_int_equal(n->finding[n->n - 1].action, NW_FINDING_CLOSED);
	nf_free(n);
}

static void names_that_were_asked_for(void **state)
{
	struct nf *n = nf_new("encrypted-dns", "");

	(void)state;
	go_to(n, 20, false); /* right after the start: from a cache that we did not see filled */
	nf_tick(n, 700 * SEC);
	go_to(n, 20, true);
	go_to(n, 10, false); /* now and then one from a file */
	assert_int_equal(n->all, 0);
	nf_free(n);
}

/* A program that asks over a Unix socket asks for names that nobody sees, when the resolver hides
 * them: what it says was asked for, as far as anybody can tell. */
static void names_that_a_resolver_was_asked_for_unseen(void **state)
{
	struct nf *n = nf_new("encrypted-dns", "resolvers: [ 203.0.113.53 ]\n");

	(void)state;
	nf_tick(n, 700 * SEC);
	nf_unix(n, 100, 101);
	nf_bin(n, (struct nf_contact){
			  .pid = 101, .to = "203.0.113.9", .port = 853, .tx = 900, .rx = 900 });
	go_to(n, 10, false);
	for (unsigned i = 0; i < n->n; i++) {
		assert_string_not_equal(n->key[i], "unasked /opt/p100/bin/agent");
	}
	nf_free(n);
}

/* ---- who led there --------------------------------------------------------------------------- */

/* A connection that says a name (or none), and what came of it by then. */
static void visit(struct nf *n, const char *sni, const char *alpn, const char *to)
{
	connect_to(n, &(struct hello){ .sni = sni, .alpn = alpn, .to = to });
}

/* An exchange with one end and then a name that nobody asked for, so many times, of so many names. */
struct led {
	const char *what;
	const char *end; /* its name, NULL: by its address */
	const char *alpn;
	bool asks_end, asks_names, others_ask;
	bool is_declared; /* the names are */
	unsigned times, names;
	uint64_t pause_ns; /* between the exchange and the name */
	unsigned score;
};

static const struct led led[] = {
	{ "asked by name, leads to two", "www.example.net", "h2", true, false, true, false, 2, 2, 0,
	  55 },
	{ "asked by its address", NULL, "h2", false, false, true, false, 2, 2, 0, 55 },
	{ "not over HTTP/2", "www.example.net", NULL, true, false, true, false, 2, 2, 0, 55 },
	{ "to what is declared", "www.example.net", "h2", true, false, true, true, 2, 2, 0, 55 },
	{ "one name, twice", "www.example.net", "h2", true, false, true, false, 2, 1, 0, 50 },
	/* what is none */
	{ "one name, once", "www.example.net", "h2", true, false, true, false, 1, 1, 0, 0 },
	{ "one name, from a file", "www.example.net", NULL, true, false, true, false, 4, 1, 0, 0 },
	{ "a page and its parts", "www.example.net", "h2", true, true, true, false, 8, 8, 0, 0 },
	{ "long after", "www.example.net", "h2", true, false, true, false, 4, 4, 20 * SEC, 0 },
	{ "nobody here asks readably", NULL, "h2", false, false, false, false, 4, 4, 0, 0 },
};

static void who_led_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(led); i++) {
		const struct led *l = &led[i];
		struct nf *n = nf_new(
			"encrypted-dns",
			!l->is_declared ? "" : "allowed:\n  - { to: 198.51.100.7, why: ours }\n");

		if (l->others_ask) {
			nf_ask(n, "other.example", (struct nf_dns){ .pid = 102 });
		}
		for (unsigned t = 0; t < l->times; t++) {
			char name[64];

			if (l->asks_end) {
				nf_ask(n, l->end, (struct nf_dns){ .address = "203.0.113.53" });
			}
			visit(n, l->end, l->alpn, "203.0.113.53");
			nf_tick(n, l->pause_ns);
			snprintf(name, sizeof(name), "www%u.example.org", t % l->names);
			if (l->asks_names) {
				nf_ask(n, name, (struct nf_dns){ .address = "198.51.100.7" });
			}
			visit(n, name, "h2", "198.51.100.7");
		}
		if (n->best != l->score) {
			fail_msg("%s: score %u", l->what, n->best);
		}
		if (l->score && l->end) {
			assert_string_equal(n->key[0], "unasked /opt/p100/bin/agent");
		}
		nf_free(n);
	}
}

/* Others ask a program over loopback; it fetches something over TLS each time, or asks itself. */
static unsigned pass_on(unsigned questions, const char *plain, bool is_idle)
{
	struct nf *n = nf_new("encrypted-dns", "");
	bool is_own = plain && strcmp(plain, "www.example.net") == 0;
	unsigned best;

	nf_ask(n, "www.example.net", (struct nf_dns){ .address = "203.0.113.53" });
	nf_tick(n, 5 * SEC);
	for (unsigned t = 0; t < questions; t++) {
		char name[64];

		snprintf(name, sizeof(name), "www%u.example.org", t);
		nf_ask(n, name,
		       (struct nf_dns){ .pid = 101,
					.server = "127.0.0.1",
					.server_pid = 100,
					.is_unanswered = true });
		if (plain) {
			nf_ask(n, *plain ? plain : name,
			       (struct nf_dns){ .address =
							is_own ? "203.0.113.53" : "198.51.100.7" });
		}
		nf_tick(n, is_idle ? 5 * SEC : SEC / 10);
		visit(n, "www.example.net", NULL, "203.0.113.53");
		nf_tick(n, 5 * SEC);
	}
	best = n->best;
	nf_free(n);
	return best;
}

static void questions_that_are_passed_on(void **state)
{
	(void)state;
	assert_int_equal(pass_on(5, NULL, false), 50);
	assert_int_equal(pass_on(2, NULL, false), 0);
	assert_int_equal(pass_on(5, "", false), 0);
	assert_int_equal(pass_on(5, NULL, true), 0);
	/* where it passes them on to it must know, too; something else is what somebody asked */
	assert_int_equal(pass_on(5, "www.example.net", false), 50);
	assert_int_equal(pass_on(5, "www.example.com", false), 0);
}

/* ---- by their form --------------------------------------------------------------------------- */

/* Whole connections, one after the other: so much is said, and it is over. */
struct form {
	const char *what;
	const char *sni, *alpn;
	const char *asked; /* gives the address */
	unsigned times;
	unsigned tx, rx;
	uint64_t takes_ns;
	bool others_ask, is_new_end, is_program_found;
	const char *yaml, *to;
	unsigned score;
};

static const struct form forms[] = {
	{ "answers that are only printed", "relay.example.net", "h2", NULL, 3, 1400, 4200, SEC,
	  true, .score = 50 },
	{ "by the address alone", NULL, "h2", NULL, 2, 900, 2600, SEC, true, .score = 50 },
	/* what is none */
	{ "a single one", NULL, "h2", NULL, 1, 900, 2600, SEC, true, .score = 0 },
	{ "pages can be had by HTTP/1.1, too", NULL, "h2,http/1.1", NULL, 4, 900, 2600, SEC, true,
	  .score = 0 },
	{ "no HTTP is offered", NULL, NULL, NULL, 4, 900, 2600, SEC, true, .score = 0 },
	{ "a name that was asked for", "relay.example.net", "h2", "relay.example.net", 4, 900, 2600,
	  SEC, true, .score = 0 },
	{ "a name that was asked for, elsewhere", "relay.example.net", "h2", "relay.example.net", 4,
	  900, 2600, SEC, true, .to = "203.0.113.8", .score = 0 },
	{ "an address that a name gave", NULL, "h2", "relay.example.net", 4, 900, 2600, SEC, true,
	  .score = 0 },
	{ "a file is fetched", NULL, "h2", NULL, 4, 900, 90000, SEC, true, .score = 0 },
	{ "a file is sent", NULL, "h2", NULL, 4, 90000, 2600, SEC, true, .score = 0 },
	{ "calls that stay", NULL, "h2", NULL, 4, 900, 2600, 40 * SEC, true, .score = 0 },
	{ "refused", NULL, "h2", NULL, 4, 400, 0, SEC, true, .score = 0 },
	{ "other ends", NULL, "h2", NULL, 4, 900, 2600, SEC, true, .is_new_end = true, .score = 0 },
	{ "nobody here asks readably", NULL, "h2", NULL, 4, 900, 2600, SEC, false, .score = 0 },
	{ "it ran before, and may know", NULL, "h2", NULL, 4, 900, 2600, SEC, true,
	  .is_program_found = true, .score = 0 },
	{ "declared", NULL, "h2", NULL, 4, 900, 2600, SEC, true,
	  .yaml = "allowed:\n  - { to: 203.0.113.7, why: ours }\n", .score = 0 },
	{ "inside", NULL, "h2", NULL, 4, 900, 2600, SEC, true, .to = "10.0.0.9", .score = 0 },
};

static void ask_in_form(struct nf *n, const struct form *r, unsigned i)
{
	struct nf_contact c = { .to = r->to, .cookie = ++n->cookie, .birth_ns = n->feed->now_ns };
	struct nw_ev_sock s;
	char to[32];

	if (r->is_new_end) {
		snprintf(to, sizeof(to), "203.0.113.%u", 20 + i);
		c.to = to;
	}
	c.pid = r->is_program_found ? 150 : 100;
	s = nf_sock(n, NW_SOCK_BIN, c);
	say_hello(n, &s, r->sni, r->alpn);
	c.tx = r->tx / 2;
	nf_bin(n, c);
	nf_tick(n, r->takes_ns);
	c.tx = r->tx;
	c.rx = r->rx;
	nf_bin(n, c);
	nf_contact(n, c); /* ends, and nothing moved with it */
	nf_tick(n, 2 * SEC);
}

static void questions_by_their_form(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(forms); i++) {
		const struct form *r = &forms[i];
		struct nf *n = nf_new("encrypted-dns", r->yaml ? r->yaml : "");

		nw_feed_proc(n->feed, (struct nw_feed_exec){ .what = NW_PROC_FOUND,
							     .pid = 150,
							     .exe = "/opt/p150/bin/agent" });
		if (r->others_ask) {
			nf_ask(n, "other.example", (struct nf_dns){ .pid = 102 });
		}
		if (r->asked) {
			nf_ask(n, r->asked, (struct nf_dns){ .address = "203.0.113.7" });
		}
		for (unsigned t = 0; t < r->times; t++) {
			ask_in_form(n, r, t);
		}
		if (n->best != r->score) {
			print_error("%s: score %u\n", r->what, n->best);
			wrong++;
		}
		nf_free(n);
	}
	assert_int_equal(wrong, 0);
}

static void hostile_names(void **state)
{
	struct nf *n = nf_new("encrypted-dns", "");

	(void)state;
	nf_tick(n, 700 * SEC);
	for (unsigned i = 0; i < 1200; i++) {
		char name[64];

		snprintf(name, sizeof(name), i % 3 ? "dns%u..%c.x" : "%u.", i, (char)(1 + i % 30));
		connect_to(n, &(struct hello){ .sni = name,
					       .alpn = i % 2 ? "h2" : "",
					       .port = (uint16_t)(1 + i) });
	}
	nf_free(n);
}

NW_TESTS(indicators_encrypted_dns, cmocka_unit_test(resolvers_and_ordinary_servers),
	 cmocka_unit_test(a_hello_that_comes_late), cmocka_unit_test(names_that_nobody_asked_for),
	 cmocka_unit_test(names_that_were_asked_for),
	 cmocka_unit_test(names_that_a_resolver_was_asked_for_unseen),
	 cmocka_unit_test(who_led_there), cmocka_unit_test(questions_that_are_passed_on),
	 cmocka_unit_test(questions_by_their_form), cmocka_unit_test(hostile_names));
