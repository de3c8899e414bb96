/* SPDX-License-Identifier: Apache-2.0 */
/* name-mismatch: which disagreements of names are worth an alert, which are not, and once each. */
#include "feed.h"
#include "state/name_feed.h"

#define SECOND NW_FEED_SEC
#define PEER   "203.0.113.7"

enum {
	OWNER = 100,
	OTHER = 101,
};

static uint64_t cookie = 77;

struct mismatch {
	const char *what;
	const char *asked, *others; /* gave PEER; others: somebody else asked */
	const char *elsewhere;	    /* gave another address */
	const char *sni, *host;
	const char *alternative, *subject, *issuer;
	const char *yaml;
	const char *peer; /* in place of PEER */
	uint64_t tx, rx;  /* 0: much */
	bool is_ech, is_proxied, is_found, is_inbound, is_silent, is_prestart;
	uint8_t score; /* 0: none */
};

static void say(const struct nw_feed *f, enum nw_attr key, const char *text)
{
	if (text) {
		nw_feed_say(f, cookie, key, text);
	}
}

static struct nw_ev_sock sock(const struct nw_feed *f, const struct mismatch *c,
			      enum nw_sock_what what)
{
	struct nw_ev_sock e = nw_feed_sock(f, what, cookie, OWNER);

	e.flags = (c->is_inbound ? NW_SOCK_ACCEPTED : NW_SOCK_CONNECTED) |
		  (c->is_prestart ? NW_SOCK_PRESTART : 0);
	e.birth_ns = f->now_ns;
	if (c->peer) {
		nw_feed_addr(e.raddr, c->peer);
	}
	nw_feed_bytes(&e, c->tx ? c->tx : 50000, c->is_silent ? 0 : c->rx ? c->rx : 50000);
	return e;
}

/* The whole of one connection: asked, begun, said, ended. */
static void connection(struct nw_feed *f, const struct mismatch *c)
{
	const char *peer = c->peer ? c->peer : PEER;
	struct nw_ev_sock e;

	cookie++;
	if (c->others) {
		nw_feed_resolve(f, c->others, peer, OTHER);
	}
	if (c->elsewhere) {
		nw_feed_resolve(f, c->elsewhere, "198.51.100.9", OTHER);
	}
	if (c->asked) {
		nw_feed_resolve(f, c->asked, peer, OWNER);
	}
	say(f, NW_ATTR_TLS_SERVER_NAME, c->sni);
	say(f, NW_ATTR_URL_DOMAIN, c->host);
	say(f, NW_ATTR_TLS_SERVER_NAMES, c->alternative);
	say(f, NW_ATTR_TLS_SERVER_SUBJECT, c->subject);
	say(f, NW_ATTR_TLS_SERVER_ISSUER, c->issuer);
	say(f, NW_ATTR_TLS_ECH, c->is_ech ? "true" : NULL);
	say(f, NW_ATTR_HTTP_PROXIED, c->is_proxied ? "true" : NULL);
	e = sock(f, c, NW_SOCK_BIN);
	nw_feed_event(f, &e.ev);
	f->now_ns += SECOND;
	e = sock(f, c, NW_SOCK_CLOSE);
	nw_feed_event(f, &e.ev);
}

static struct nw_feed *host(const struct mismatch *c)
{
	struct nw_feed *f =
		nw_feed_new(c->yaml ? c->yaml : "trusted_networks: [10.0.0.0/8]\n", 10 * SECOND);

	nw_feed_pick(f, "name-mismatch");
	nw_feed_proc(f, (struct nw_feed_exec){ .what = c->is_found ? NW_PROC_FOUND : NW_PROC_EXEC,
					       .pid = OWNER,
					       .exe = "/bin/owner" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = OTHER, .exe = "/bin/other" });
	nw_feed_tick(f, SECOND);
	nw_feed_forget(f);
	return f;
}

static void assert_case(const struct mismatch *c)
{
	struct nw_feed *f = host(c);
	unsigned n;

	connection(f, c);
	n = nw_feed_count(f, NW_DATASET_FINDING);
	if (n != (c->score ? 1 : 0)) {
		fail_msg("%s: %u findings", c->what, n);
	}
	if (c->score) {
		const struct nw_finding *found = &nw_feed_only(f, NW_DATASET_FINDING)->finding;

		if (found->score != c->score) {
			fail_msg("%s: score %u", c->what, found->score);
		}
		assert_string_equal(found->rule_id, "name-mismatch");
		assert_int_equal(found->action, NW_FINDING_OPENED);
		assert_string_equal(found->technique[0], "T1090.004");
		assert_non_null(found->flow);
	}
	nw_feed_free(f);
}

static void what_must_be_raised(void **state)
{
	static const struct mismatch cases[] = {
		{ .what = "the name of somebody well known at an address of one's own",
		  .asked = "c2.evil.example",
		  .sni = "www.bank.test",
		  .score = 65 },
		{ .what = "fronting in the clear",
		  .asked = "front.cdn.example",
		  .host = "hidden.test",
		  .score = 65 },
		{ .what = "with a certificate made for it",
		  .asked = "c2.evil.example",
		  .sni = "www.bank.test",
		  .alternative = "www.bank.test",
		  .subject = "www.bank.test",
		  .issuer = "www.bank.test",
		  .score = 65 },
		{ .what = "with a certificate made for nothing",
		  .asked = "c2.evil.example",
		  .sni = "www.bank.test",
		  .subject = "localhost",
		  .issuer = "localhost",
		  .score = 80 },
		{ .what = "a name that is known here, at an address that DNS never gave",
		  .elsewhere = "www.bank.test",
		  .sni = "www.bank.test",
		  .subject = "x",
		  .issuer = "x",
		  .score = 65 },
		{ .what = "a very short connection",
		  .asked = "c2.evil.example",
		  .sni = "www.bank.test",
		  .tx = 600,
		  .rx = 100,
		  .score = 65 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		assert_case(&cases[i]);
	}
}

/* Information at most. */
static void what_is_odd_but_has_reasons(void **state)
{
	static const struct mismatch cases[] = {
		{ .what = "both were asked for: an alternative service",
		  .asked = "alt.cdn.example",
		  .elsewhere = "www.shop.test",
		  .sni = "www.shop.test",
		  .score = 40 },
		{ .what = "who ran before the start may know the name",
		  .asked = "a.cdn.example",
		  .sni = "www.shop.test",
		  .is_found = true,
		  .score = 40 },
		{ .what = "a shared address that somebody else asked for",
		  .others = "a.cdn.example",
		  .sni = "www.shop.test",
		  .score = 30 },
		{ .what = "an authority says that it is the name",
		  .asked = "a.cdn.example",
		  .sni = "www.shop.test",
		  .alternative = "*.shop.test",
		  .subject = "shop.test",
		  .issuer = "Some Authority",
		  .score = 40 },
		{ .what = "no DNS was seen, and a certificate of one's own",
		  .sni = "nvr.shop.test",
		  .subject = "localhost",
		  .issuer = "localhost",
		  .score = 45 },
		{ .what = "no DNS was seen, and a host of many",
		  .sni = "nvr.shop.test",
		  .subject = "host.test",
		  .issuer = "Some Authority",
		  .score = 30 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		assert_case(&cases[i]);
	}
}

static void what_must_stay_silent(void **state)
{
	static const struct mismatch cases[] = {
		{ .what = "they agree", .asked = "a.example", .sni = "a.example" },
		{ .what = "one owner's", .asked = "edge.shop.test", .sni = "www.shop.test" },
		{ .what = "shared hosting",
		  .others = "www.shop.test",
		  .asked = "b.test",
		  .sni = "www.shop.test" },
		{ .what = "names of the hosts file or a cache", .sni = "www.shop.test" },
		{ .what = "an address", .asked = "a.example", .host = PEER },
		{ .what = "ECH", .asked = "a.example", .sni = "cover.test", .is_ech = true },
		{ .what = "a proxy",
		  .asked = "proxy.test",
		  .host = "www.shop.test",
		  .is_proxied = true },
		{ .what = "a peer inside",
		  .asked = "nas.lan.test",
		  .sni = "www.shop.test",
		  .peer = "10.0.0.9" },
		{ .what = "who came to us",
		  .asked = "a.example",
		  .sni = "www.shop.test",
		  .is_inbound = true },
		{ .what = "nobody answered",
		  .asked = "c2.evil.example",
		  .sni = "www.bank.test",
		  .is_silent = true },
		{ .what = "DNS is right and the certificate bad",
		  .asked = "nvr.shop.test",
		  .sni = "nvr.shop.test",
		  .subject = "localhost",
		  .issuer = "localhost" },
		{ .what = "the client left when it saw the certificate",
		  .sni = "nvr.shop.test",
		  .subject = "localhost",
		  .issuer = "localhost",
		  .tx = 700,
		  .rx = 3000 },
		{ .what = "no name is said",
		  .asked = "a.example",
		  .subject = "localhost",
		  .issuer = "localhost" },
		{ .what = "the site allows it",
		  .asked = "a.cdn.example",
		  .sni = "www.shop.test",
		  .yaml = "trusted_networks: [10.0.0.0/8]\n"
			  "allowed:\n  - { to: 203.0.113.0/24, why: test }\n" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		assert_case(&cases[i]);
	}
}

static const struct mismatch evil = { .asked = "c2.evil.example", .sni = "www.bank.test" };

/* A beacon is one finding that is updated, and closed when it was quiet for an hour. */
static void one_finding_for_what_goes_on(void **state)
{
	struct nw_feed *f = host(&evil);

	(void)state;
	for (unsigned i = 0; i < 90; i++) { /* one a second, each flow at a place of its own */
		connection(f, &evil);
		nw_feed_tick(f, 1);
	}
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 2);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FINDING, 1)->finding.action,
			 NW_FINDING_UPDATED);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FINDING, 1)->finding.count, 61);
	nw_feed_forget(f);
	nw_feed_tick(f, 3598 * SECOND);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 0);
	nw_feed_tick(f, 2 * SECOND);
	assert_int_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.action, NW_FINDING_CLOSED);
	nw_feed_tick(f, 7200 * SECOND);
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 1);
	nw_feed_free(f);
}

static void a_flow_is_counted_once(void **state)
{
	struct nw_feed *f = host(&evil);
	struct nw_ev_sock e;

	(void)state;
	nw_feed_resolve(f, evil.asked, PEER, OWNER);
	say(f, NW_ATTR_TLS_SERVER_NAME, evil.sni);
	for (unsigned i = 1; i < 300; i++) {
		e = sock(f, &evil, NW_SOCK_BIN);
		nw_feed_bytes(&e, i * 1000, i * 1000);
		nw_feed_event(f, &e.ev);
		nw_feed_tick(f, SECOND);
	}
	assert_int_equal(nw_feed_only(f, NW_DATASET_FINDING)->finding.count, 1);
	nw_feed_free(f);
}

/* Names that a peer makes up by the thousand cost memory once, and never an alert twice as loud. */
static void hostile_names(void **state)
{
	struct nw_feed *f = host(&evil);
	char asked[300], sni[300];

	(void)state;
	memset(asked, 'a', sizeof(asked));
	memset(sni, 'b', sizeof(sni));
	strcpy(asked + 200, ".example");
	strcpy(sni + 200, "\033[2J.test");
	for (unsigned i = 0; i < 600; i++) {
		struct mismatch c = { .asked = asked, .sni = sni };

		snprintf(sni, 8, "%06u", i);
		sni[6] = 'b';
		sni[7] = 'b';
		connection(f, &c);
	}
	assert_int_equal(nw_feed_count(f, NW_DATASET_FINDING), 600);
	assert_int_equal(nw_feed_told(f, NW_DATASET_FINDING, 599)->finding.score, 65);
	nw_feed_free(f);
}

NW_TESTS(indicators_name_mismatch, cmocka_unit_test(what_must_be_raised),
	 cmocka_unit_test(what_is_odd_but_has_reasons), cmocka_unit_test(what_must_stay_silent),
	 cmocka_unit_test(one_finding_for_what_goes_on), cmocka_unit_test(a_flow_is_counted_once),
	 cmocka_unit_test(hostile_names));
