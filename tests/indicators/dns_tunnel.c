/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns-tunnel: what can carry data is found, by names and by answers; look-ups that are many, long or
 * random are not alerts. A real tunnel's messages are in dns_tunnel_iodine.inc.
 */
#include "indicators/net_feed.h"

#define SEC	  NW_FEED_SEC
#define TXT	  16
#define NULL_TYPE 10

#include "indicators/dns_tunnel_iodine.inc"

static const char hex[] = "0123456789abcdef";
/* what a program's file begins with: zeros, mostly */
static const char zeros[] = "0000000000000000000000000000000000123456789abcdef";
static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

/* A label of so many characters of an alphabet, by chance, and a dot. */
static char *put_random(struct nf *n, char *p, unsigned len, const char *alphabet)
{
	size_t letters = strlen(alphabet);

	for (unsigned i = 0; i < len; i++) {
		*p++ = alphabet[(unsigned)(nf_random(n) * (double)letters)];
	}
	*p++ = '.';
	return p;
}

struct asked {
	const char *what;
	const char *below; /* in front of each name stand labels of these lengths: "63 63 20" */
	const char *alphabet;
	const char *domain;
	unsigned names;
	uint64_t every_ns;
	struct nf_dns d;
	unsigned at_least, at_most; /* score */
	const char *yaml;
};

static void ask_all(struct nf *n, const struct asked *a)
{
	for (unsigned i = 0; i < a->names; i++) {
		char name[300];
		char *p = name;
		const char *l = a->below;

		while (*l) {
			char *next;

			p = put_random(n, p, (unsigned)strtoul(l, &next, 10), a->alphabet);
			l = next;
		}
		strcpy(p, a->domain);
		nf_ask(n, name, a->d);
		nf_tick(n, a->every_ns);
	}
}

#include "indicators/dns_tunnel_rows.inc"

static void tunnels_and_what_looks_like_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nf *n = nf_new("dns-tunnel", rows[i].yaml);

		ask_all(n, &rows[i]);
		print_message("%-34s score %u\n", rows[i].what, n->best);
		if (n->best < rows[i].at_least || n->best > rows[i].at_most) {
			fail_msg("%s: score %u", rows[i].what, n->best);
		}
		nf_free(n);
	}
}

/* Addresses turned round: block lists of mail servers, and who an address is. */
static void addresses_turned_round(void **state)
{
	struct nf *n = nf_new("dns-tunnel", "");

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		char name[128];
		unsigned r = (unsigned)(nf_random(n) * 16777216);

		snprintf(name, sizeof(name), "%u.%u.%u.%u.bl.example.org", r & 255, r >> 8 & 255,
			 r >> 16, i & 255);
		nf_ask(n, name, (struct nf_dns){ .type = TXT, .answer_bytes = 80 });
		snprintf(name, sizeof(name), "%u.%u.%u.%u.in-addr.arpa", r & 255, r >> 8 & 255,
			 r >> 16, i & 255);
		nf_ask(n, name, (struct nf_dns){ .type = 12 });
		if (i % 4 == 0) {
			nf_tick(n, SEC);
		}
	}
	nf_ask(n, "a.b.c.d.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	       (struct nf_dns){ .type = 12 });
	assert_int_equal(n->all, 0);
	nf_free(n);
}

/* Words that come again in other names: what search domains of a cluster make of each name. */
static void search_domains(void **state)
{
	static const char *const service[] = { "redis",	 "postgres", "queue", "auth", "billing",
					       "search", "mail",     "proxy", "api",  "storage" };
	static const char *const space[] = { "default", "shop", "kube-system", "monitoring" };
	struct nf *n = nf_new("dns-tunnel", "");

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s-%u.%s.svc.zone%u.corp.example.net",
			 service[i % 10], i / 40 % 100, space[i / 10 % 4], i % 3);
		nf_ask(n, name, (struct nf_dns){ .rcode = 3 });
		nf_tick(n, SEC / 4);
	}
	assert_int_equal(n->all, 0);
	nf_free(n);
}

/* A program fetched in the addresses that short names have; one address for all is a wildcard's. */
static void data_in_addresses(bool is_data, unsigned names, unsigned at_least, unsigned at_most)
{
	struct nf *n = nf_new("dns-tunnel", "");

	for (unsigned i = 0; i < names; i++) {
		unsigned r = (unsigned)(nf_random(n) * 16777216);
		char name[64];
		char addr[32];

		snprintf(name, sizeof(name), "%05u.t.example.org", i);
		snprintf(addr, sizeof(addr), "%u.%u.%u.%u", 1 + i % 223, is_data ? r & 255 : 0,
			 is_data ? r >> 8 & 255 : 0, is_data ? r >> 16 : 1);
		nf_ask(n, name, (struct nf_dns){ .address = addr });
		nf_tick(n, SEC / 4);
	}
	assert_in_range(n->best, at_least, at_most);
	nf_free(n);
}

static void addresses_that_are_data(void **state)
{
	(void)state;
	data_in_addresses(true, 4000, 50, 80);
	data_in_addresses(true, 300, 0, 0);
	data_in_addresses(false, 4000, 0, 49);
}

/* Of text each character has less than its alphabet could: no digest, though as long as one. */
static void text_is_no_digest(void **state)
{
	static const char text[] =
		"root:x:0:0:root:/root:/bin/bash daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin "
		"bin:x:2:2:bin:/bin sys:x:3:3:sys:/dev sync:x:4:65534:sync:/bin:/bin/sync games";
	struct nf *n = nf_new("dns-tunnel", "");

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		char name[128];
		char *p = name;

		for (unsigned c = 0; c < 32; c++) {
			unsigned at = (i * 37 + c * (1 + i % 7)) % (sizeof(text) - 1);

			p += snprintf(p, 3, "%02x",
				      (unsigned)text[at] ^ (c % 16 == i % 16 ? i & 15 : 0));
			if (c == 15) {
				*p++ = '.';
			}
		}
		strcpy(p, ".t.example.org");
		nf_ask(n, name, (struct nf_dns){ .is_unanswered = true });
		nf_tick(n, SEC);
	}
	assert_true(n->best >= NW_ALERT_SCORE);
	nf_free(n);
}

/* The same names again are no news, whatever their length. */
static void names_that_repeat_carry_nothing(void **state)
{
	struct nf *n = nf_new("dns-tunnel", "");

	(void)state;
	for (unsigned i = 0; i < 6000; i++) {
		char name[256];

		snprintf(name, sizeof(name), "%060u.%060u.%060u.example.org", i % 40, i % 40 * 7919,
			 i % 40 * 104729);
		nf_ask(n, name, (struct nf_dns){ .address = "198.51.100.4" });
		nf_tick(n, SEC);
	}
	assert_int_equal(n->all, 0);
	nf_free(n);
}

/* A resolver of this host passes on what a program asked it, over loopback or, where nobody reads
 * it, over a Unix socket: one finding, about the program. */
static void through_a_resolver(bool is_unix, unsigned connected, const char *whose)
{
	struct nf *n = nf_new("dns-tunnel", "");

	for (unsigned i = 0; is_unix && i < connected; i++) {
		nf_unix(n, i ? 102 : 100, 101);
	}
	for (unsigned i = 0; i < 200; i++) {
		char name[256];
		char *p = put_random(n, name, 60, base32);

		p = put_random(n, p, 60, base32);
		strcpy(put_random(n, p, 60, base32), "t.example.org");
		if (!is_unix) {
			nf_ask(n, name,
			       (struct nf_dns){ .pid = 100,
						.server = "127.0.0.53",
						.is_unanswered = true,
						.server_pid = 101 });
		}
		nf_ask(n, name,
		       (struct nf_dns){
			       .pid = 101, .server = "10.0.0.53", .address = "192.0.2.1" });
		nf_tick(n, SEC);
	}
	assert_true(n->best >= NW_ALERT_SCORE);
	for (unsigned i = 0; i < n->n; i++) {
		assert_string_equal(n->key[i], whose);
		assert_int_equal(n->finding[i].confidence == 40, is_unix && connected == 1);
	}
	nf_free(n);
}

static void who_asked_the_resolver_is_meant(void **state)
{
	(void)state;
	through_a_resolver(false, 0, "example.org /opt/p100/bin/agent");
	through_a_resolver(true, 1, "example.org /opt/p100/bin/agent");
	/* it may be either of them: then it is who sends */
	through_a_resolver(true, 2, "example.org /opt/p101/bin/agent");
}

/* Each name is asked by a process of its own, or by a few that go on. */
struct started {
	const char *what;
	const char *below;
	const char *alphabet;
	unsigned names, programs;
	unsigned each;	 /* names of one process */
	uint64_t age_ns; /* when it asks */
	uint64_t every_ns;
	bool repeats; /* the same twenty again and again */
	unsigned at_least, at_most;
};

static const struct started started[] = {
	{ "hex, as long as a digest", "32", hex, 640, 1, 1, 0, SEC, false, 50, 50 },
	{ "a third of it each", "32", hex, 640, 3, 1, 0, SEC, false, 50, 50 },
	{ "base32, as long as a digest", "32", base32, 400, 2, 1, 0, SEC, false, 50, 60 },
	{ "short pieces", "26", hex, 260, 1, 1, 0, SEC, false, 50, 50 },
	{ "60 of hex, spread over three programs", "60", hex, 260, 3, 1, 0, SEC, false, 50, 60 },
	{ "a short file", "48", base32, 100, 2, 1, 0, SEC, false, 50, 50 },
	{ "a very short one, in few names", "60", hex, 50, 1, 1, 0, SEC, false, 50, 50 },
	{ "twelve hours", "32", hex, 1200, 1, 1, 0, 36 * SEC, false, 50, 50 },
	/* what is none */
	{ "a walk over 600 blogs", "11", base32, 600, 1, 1, 0, SEC, false, 0, 39 },
	{ "a script checks 200 files", "40", hex, 200, 1, 1, 0, SEC, false, 0, 49 },
	{ "names of load balancers", "42", hex, 75, 1, 1, 0, SEC, false, 0, 49 },
	{ "a content network, by 60 programs", "44", hex, 60, 1, 1, 0, SEC, false, 0, 49 },
	{ "a script checks 150 files by SHA-256", "64", hex, 150, 1, 1, 0, SEC, false, 0, 49 },
	{ "few names, long ones", "60", hex, 28, 1, 1, 0, SEC, false, 0, 49 },
	{ "a scanner that runs on", "40", hex, 1500, 1, 1500, 0, 2 * SEC, false, 0, 49 },
	{ "workers that live for a while", "40", hex, 600, 1, 20, 0, SEC, false, 0, 49 },
	{ "daemons that ask when they are old", "32", hex, 640, 1, 1, 60 * SEC, SEC, false, 0, 49 },
	{ "a cron job that asks the same", "32", hex, 1400, 2, 1, 0, SEC, true, 0, 0 },
};

static void start_and_ask(struct nf *n, const struct started *s)
{
	char name[20][128];

	for (unsigned i = 0; i < s->names; i++) {
		char *at = name[i % 20];
		uint32_t pid = 1000 + i / s->each;
		char exe[32];

		if (i % s->each == 0) {
			snprintf(exe, sizeof(exe), "/usr/bin/ask%u", i / s->each % s->programs);
			nw_feed_proc(n->feed, (struct nw_feed_exec){
						      .pid = pid, .parent = 101, .exe = exe });
			nf_tick(n, s->age_ns + 1);
		}
		if (!s->repeats || i < 20) {
			strcpy(put_random(n, at, (unsigned)atoi(s->below), s->alphabet),
			       "t.example.org");
		}
		nf_ask(n, at, (struct nf_dns){ .pid = pid, .rcode = 3 });
		nf_tick(n, s->every_ns);
	}
}

/* The best score of what is added up. */
static unsigned started_told(const struct nf *n)
{
	unsigned best = 0;

	for (unsigned i = 0; i < n->n; i++) {
		if (strcmp(n->key[i], "example.org started-to-ask") == 0) {
			assert_true(nf_evidence(&n->finding[i], "processes") >= 30);
			best = NW_MAX(best, (unsigned)n->finding[i].score);
		}
	}
	return best;
}

static void programs_that_are_started_to_ask(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(started); i++) {
		struct nf *n = nf_new("dns-tunnel", "");

		start_and_ask(n, &started[i]);
		print_message("%-38s score %u\n", started[i].what, n->best);
		if (n->best < started[i].at_least || n->best > started[i].at_most) {
			fail_msg("%s: score %u", started[i].what, n->best);
		}
		if (started[i].at_least) { /* three programs have a third each */
			assert_int_equal(started_told(n), started[i].at_least);
		}
		nf_free(n);
	}
}

static void it_ends_with_a_quiet_day(void **state)
{
	struct nf *n = nf_new("dns-tunnel", "");

	(void)state;
	ask_all(n, &rows[0]);
	for (unsigned i = 0; i < 26; i++) {
		nf_tick(n, NF_HOUR);
	}
	assert_int_equal(n->finding[n->n - 1].action, NW_FINDING_CLOSED);
	assert_true(nf_evidence(&n->finding[0], "names") >= 30);
	assert_in_range(nf_evidence(&n->finding[n->n - 1], "names"), 194, 200); /* by hash */
	assert_int_equal(nf_evidence(&n->finding[n->n - 1], "name_length_mean"), 181);
	nf_free(n);
}

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* What iodine sent and got while 20 kB went through it. */
static void a_real_tunnel(void **state)
{
	(void)state;
	for (size_t t = 0; t < NW_ARRAY_SIZE(iodine); t++) {
		struct nf *n = nf_new("dns-tunnel", "");
		struct nf_dns d = { .server = "192.0.2.1" };

		for (const char *const *m = iodine[t]; *m; m++) {
			uint8_t msg[1500];
			size_t len = 0;

			for (const char *p = *m + 1; *p && len < sizeof(msg); p += 2) {
				msg[len++] = (uint8_t)(nibble(p[0]) << 4 | nibble(p[1]));
			}
			nf_dns_head(n, &d, **m == 'q' ? NW_HEAD_TX : NW_HEAD_RX, msg, len, 40000);
			nf_tick(n, NF_BIN / 4);
		}
		print_message("iodine %zu: score %u, %u names\n", t, n->best,
			      n->n ? (unsigned)nf_evidence(&n->finding[n->n - 1], "names") : 0);
		assert_true(n->best >= NW_ALERT_SCORE);
		nf_free(n);
	}
}

/* Domains without end: the table holds, and nothing is told. */
static void hostile_names(void **state)
{
	struct nf *n = nf_new("dns-tunnel", "");

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		char name[300];
		char *p = put_random(n, name, 63, base32);

		p = put_random(n, p, 63, base32);
		p = put_random(n, p, 63, base32);
		snprintf(p, 60, "d%u.example%u", i, i);
		nf_ask(n, name, (struct nf_dns){ .is_unanswered = i % 2, .type = (uint16_t)i });
	}
	nf_ask(n, "", (struct nf_dns){ .address = "198.51.100.4" });
	assert_int_equal(n->all, 0);
	nf_free(n);
}

NW_TESTS(indicators_dns_tunnel, cmocka_unit_test(tunnels_and_what_looks_like_them),
	 cmocka_unit_test(addresses_turned_round), cmocka_unit_test(search_domains),
	 cmocka_unit_test(addresses_that_are_data), cmocka_unit_test(text_is_no_digest),
	 cmocka_unit_test(names_that_repeat_carry_nothing),
	 cmocka_unit_test(who_asked_the_resolver_is_meant),
	 cmocka_unit_test(programs_that_are_started_to_ask),
	 cmocka_unit_test(it_ends_with_a_quiet_day), cmocka_unit_test(a_real_tunnel),
	 cmocka_unit_test(hostile_names));
