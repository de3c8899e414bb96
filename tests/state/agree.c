/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a flow's names agree: what was asked for, what is said, what the certificate has. */
#include "state/flow_feed.h"
#include "state/flow_names.h"
#include "state/name_feed.h"

#define PEER "203.0.113.7"

struct name_case {
	const char *asked;     /* by the owner, and gave PEER */
	const char *also;      /* the same, before; by somebody else */
	const char *elsewhere; /* gave another address */
	const char *sni, *host;
	const char *alternatives; /* with commas */
	const char *subject, *issuer;
	const char *vendor;
	bool is_ech, is_proxied, is_cut, is_inbound;
	enum nw_agreement by_name, by_certificate, all;
};

static void say(struct nw_said *said, enum nw_attr key, const char *text)
{
	if (text) {
		assert_int_equal(nw_said_add(said, key, text, strlen(text)), 0);
	}
}

static void say_all(struct nw_said *said, const struct name_case *c)
{
	char list[256] = "";
	char *rest = list;

	say(said, NW_ATTR_TLS_SERVER_NAME, c->sni);
	say(said, NW_ATTR_URL_DOMAIN, c->host);
	say(said, NW_ATTR_TLS_SERVER_SUBJECT, c->subject);
	say(said, NW_ATTR_TLS_SERVER_ISSUER, c->issuer);
	say(said, NW_ATTR_TLS_ECH, c->is_ech ? "true" : NULL);
	say(said, NW_ATTR_HTTP_PROXIED, c->is_proxied ? "true" : NULL);
	say(said, NW_ATTR_TLS_NAMES_CUT, c->is_cut ? "true" : NULL);
	if (c->alternatives) {
		strcpy(list, c->alternatives);
		while (rest) {
			say(said, NW_ATTR_TLS_SERVER_NAMES, strsep(&rest, ","));
		}
	}
}

static void assert_case(const struct name_case *c)
{
	struct nw_feed *f = start();
	struct nw_said said = { .protocol = "tls" };
	struct nw_ev_sock e = tcp(f, NW_SOCK_BIN, 100, 100);
	struct nw_names_agreement a;
	struct nw_flow *flow;
	enum nw_agreement all;

	if (c->vendor) {
		nw_feed_fact(f, "vendor.1", c->vendor);
		nw_feed_fact(f, "vendor.2", "ezvizlife.com ezviz cloud");
	}
	if (c->also) {
		nw_feed_resolve(f, c->also, PEER, OTHER);
	}
	if (c->elsewhere) {
		nw_feed_resolve(f, c->elsewhere, "198.51.100.9", OTHER);
	}
	if (c->asked) {
		nw_feed_resolve(f, c->asked, PEER, OWNER);
	}
	e.flags = c->is_inbound ? NW_SOCK_ACCEPTED : NW_SOCK_CONNECTED;
	feed(f, &e);
	say_all(&said, c);
	flow = nw_flow_find(f->state, COOKIE, 0);
	flow->said = &said;
	all = nw_flow_names_agree(f->state, flow, &a);
	flow->said = NULL;
	assert_int_equal(a.by_name, c->by_name);
	assert_int_equal(a.by_certificate, c->by_certificate);
	assert_int_equal(all, c->all);
	if (c->asked && !c->is_inbound) {
		assert_string_equal(a.asked, c->asked);
		assert_true(a.is_own);
	}
	nw_feed_free(f);
}

#define YES NW_NAMES_AGREE
#define NO  NW_NAMES_DISAGREE

static void asked_and_said(void **state)
{
	static const struct name_case cases[] = {
		{ .asked = "a.example", .sni = "A.example.", .by_name = YES, .all = YES },
		{ .asked = "a.example", .host = "a.example", .by_name = YES, .all = YES },
		{ .asked = "a.example", .sni = "b.test", .by_name = NO, .all = NO },
		{ .asked = "a.example", .host = "b.test", .by_name = NO, .all = NO },
		/* one owner's, by the name or by the catalogue */
		{ .asked = "x.a.example", .sni = "y.a.example", .by_name = YES, .all = YES },
		{ .asked = "x.a.co.uk", .sni = "y.b.co.uk", .by_name = NO, .all = NO },
		{ .asked = "x.a.co.uk", .sni = "a.co.uk", .by_name = YES, .all = YES },
		{ .asked = "dev.ys7.com", .sni = "eu.ezvizlife.com", .by_name = NO, .all = NO },
		{ .asked = "dev.ys7.com",
		  .sni = "eu.ezvizlife.com",
		  .by_name = YES,
		  .all = YES,
		  .vendor = "ys7.com ezviz cloud" },
		/* a shared address: the name that was asked for last is not this flow's */
		{ .asked = "a.example",
		  .also = "b.test",
		  .sni = "b.test",
		  .by_name = YES,
		  .all = YES },
		/* resolved, but to another address: rotation does not explain who asked for the peer's */
		{ .asked = "a.example",
		  .elsewhere = "b.test",
		  .sni = "b.test",
		  .by_name = NO,
		  .all = NO },
		/* nothing to compare with */
		{ .sni = "b.test" },
		{ .asked = "a.example" },
		{ .asked = "a.example", .sni = "nvr" },
		{ .asked = "a.example", .host = PEER },
		{ .asked = "a.example", .host = "[::ffff:192.0.2.7]" },
		{ .asked = "a.example", .sni = "cover.test", .is_ech = true },
		{ .asked = "a.example",
		  .sni = "a.example",
		  .is_ech = true,
		  .by_name = YES,
		  .all = YES },
		{ .asked = "proxy.example", .host = "b.test", .is_proxied = true },
		/* who came to us asked elsewhere */
		{ .asked = "a.example", .sni = "b.test", .is_inbound = true },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		assert_case(&cases[i]);
	}
}

static void the_certificate(void **state)
{
#define CERT(name, list, want)                                                                 \
	{                                                                                      \
		.sni = (name), .alternatives = (list), .by_certificate = (want), .all = (want) \
	}
	static const struct name_case cases[] = {
		CERT("a.example", "b.test,A.EXAMPLE", YES),
		CERT("a.example", "b.test", NO),
		CERT("x.a.example", "*.a.example", YES),
		CERT("x.y.a.example", "*.a.example", NO),
		CERT("a.example", "*.a.example", NO),
		CERT("x.example", "*.example", NO), /* a whole top domain is nobody's */
		CERT("xa.example", "x*.example", NO),
		CERT("x.a.example", "x.*.example", NO),
		CERT("x.a.example", "*", NO),
		CERT(".a.example", "*.a.example", NO),
		/* the common name only where there is nothing else */
		{ .sni = "a.example", .subject = "a.example", .by_certificate = YES, .all = YES },
		{ .sni = "a.example",
		  .subject = "a.example",
		  .alternatives = "b.test",
		  .by_certificate = NO,
		  .all = NO },
		/* not all names are known */
		{ .sni = "a.example", .alternatives = "b.test", .is_cut = true },
		{ .sni = "a.example",
		  .alternatives = "a.example",
		  .is_cut = true,
		  .by_certificate = YES,
		  .all = YES },
		/* who says no name is compared by what was asked for; behind ECH nothing is */
		{ .asked = "a.example", .subject = "b.test", .by_certificate = NO, .all = NO },
		{ .asked = "a.example", .sni = "front.test", .subject = "b.test", .is_ech = true },
		/* one disagreement is one */
		{ .asked = "a.example",
		  .sni = "b.test",
		  .subject = "b.test",
		  .by_name = NO,
		  .by_certificate = YES,
		  .all = NO },
		{ .asked = "a.example",
		  .sni = "a.example",
		  .subject = "b.test",
		  .by_name = YES,
		  .by_certificate = NO,
		  .all = NO },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		assert_case(&cases[i]);
	}
}

NW_TESTS(state_agree, cmocka_unit_test(asked_and_said), cmocka_unit_test(the_certificate));
