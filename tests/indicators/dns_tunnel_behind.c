/* SPDX-License-Identifier: Apache-2.0 */
/* dns-tunnel: data behind the question, in options of EDNS and updates, against what stands there by right. */
#include "indicators/net_feed.h"

#define OPT	    41
#define TXT	    16
#define SOA	    6
#define OUTSIDE	    "203.0.113.53"
#define ALERT_LEAST 50

struct laden {
	const char *what;
	const char *name, *server, *yaml;
	unsigned messages, bytes;
	bool is_update, is_constant;
	unsigned least, most;
};

static const struct laden rows[] = {
	{ "an option", "www.example.org", OUTSIDE, "", 130, 200, false, false, ALERT_LEAST, 60 },
	{ "asked of the domain itself", "example.org", OUTSIDE, "", 130, 200, false, false,
	  ALERT_LEAST, 60 },
	{ "updates", "dyn.example.org", OUTSIDE, "", 100, 240, true, false, ALERT_LEAST, 60 },
	{ "much", "www.example.org", OUTSIDE, "", 400, 900, false, false, 70, 90 },
	/* below */
	{ "a kilobyte or three", "www.example.org", OUTSIDE, "", 40, 160, false, false, 0, 49 },
	{ "few", "www.example.org", OUTSIDE, "", 20, 900, false, false, 0, 0 },
	{ "of the office's server", "www.example.org", "10.0.0.53", "", 130, 200, false, false, 0,
	  0 },
	{ "cookies and the like", "www.example.org", OUTSIDE, "", 500, 70, false, false, 0, 0 },
	{ "always the same", "www.example.org", OUTSIDE, "", 500, 400, false, true, 0, 0 },
	{ "three records of a certificate", "_acme.example.org", OUTSIDE, "", 6, 300, true, false,
	  0, 0 },
	{ "declared", "www.example.org", OUTSIDE, "allowed: [{to: www.example.org, why: ours}]\n",
	  130, 200, false, false, 0, 0 },
};

/* A question, and behind it one record with that many bytes. */
static size_t build(struct nf *n, const struct laden *r, unsigned i, uint8_t *msg)
{
	size_t at = 12;

	memset(msg, 0, 12);
	nf_put16(msg, i);
	nf_put16(msg + 2, r->is_update ? 0x2800 : 0x0100);
	nf_put16(msg + 4, 1);
	nf_put16(msg + (r->is_update ? 8 : 10), 1);
	at += nf_dns_name(msg + at, r->name);
	at += nf_put16(msg + at, r->is_update ? SOA : 1);
	at += nf_put16(msg + at, 1);
	msg[at++] = 0; /* the root's */
	at += nf_put16(msg + at, r->is_update ? TXT : OPT);
	at += nf_put16(msg + at, r->is_update ? 1 : 1232);
	at += nf_put16(msg + at, 0);
	at += nf_put16(msg + at, 0);
	at += nf_put16(msg + at, r->bytes + 4);
	at += nf_put16(msg + at, 65001);
	at += nf_put16(msg + at, r->bytes);
	for (unsigned k = 0; k < r->bytes; k++) {
		msg[at++] = r->is_constant ? 7 : (uint8_t)(nf_random(n) * 256);
	}
	return at;
}

static void what_stands_behind_a_question(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		const struct laden *r = &rows[i];
		struct nf *n = nf_new("dns-tunnel", r->yaml);
		struct nf_dns d = { .server = r->server };

		for (unsigned k = 0; k < r->messages; k++) {
			uint8_t msg[1200];
			size_t len = build(n, r, k, msg);

			nf_dns_head(n, &d, NW_HEAD_TX, msg, len, 40000);
			nf_tick(n, NF_BIN);
		}
		if (n->best < r->least || n->best > r->most) {
			print_message("%s: score %u\n", r->what, n->best);
			wrong++;
		}
		if (r->least) {
			assert_true(nf_evidence(&n->finding[n->n - 1], "bytes_behind_questions") >
				    5000);
		}
		nf_free(n);
	}
	assert_int_equal(wrong, 0);
}

NW_TESTS(indicators_dns_tunnel_behind, cmocka_unit_test(what_stands_behind_a_question));
