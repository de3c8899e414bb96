/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns-tunnel: a short text that programs carry in names in a coding is found, each name asked by a
 * program that is started for it; identifiers, digests, addresses, times and host names that are
 * asked in the same way are not alerts, nor is a text of a few names or the same names again.
 */
#include <ctype.h>

#include "indicators/net_feed.h"

#define SEC NW_FEED_SEC

#include "indicators/dns_tunnel_coded.inc"

static const char hex[] = "0123456789abcdef";
static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char crockford[] = "0123456789abcdefghjkmnpqrstvwxyz";

static const char decimal[] = "0123456789";
static const char foreign[] = "abcdefghijklmnopqrstuvwxyz23456789";

/* Names below a domain: what stands in front, a number, and behind it the next of lines, letters by chance,
 * or what a function puts. Without a count they end with the lines. */
struct row {
	const char *what;
	bool is_alert;
	unsigned names;
	const char *front;
	int digits; /* at least, of the name's number */
	const char *behind;
	const char *const *lines;
	const char *alphabet;
	unsigned letters;
	void (*put)(struct nf *n, unsigned i, char *ret);
};

static char *put(struct nf *n, char *p, unsigned len, const char *alphabet)
{
	size_t letters = strlen(alphabet);

	for (unsigned i = 0; i < len; i++) {
		*p++ = alphabet[(unsigned)(nf_random(n) * (double)letters)];
	}
	*p = '\0';
	return p;
}

static unsigned below(struct nf *n, unsigned top)
{
	return (unsigned)(nf_random(n) * top);
}

static unsigned lines_of(const char *const *lines)
{
	unsigned n = 0;

	while (lines[n]) {
		n++;
	}
	return n;
}

/* ---- what takes more than a row ------------------------------------------------------------- */

static void hex_in_capitals(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	for (const char *p = in_hex[i]; *p; p++) {
		*ret++ = (char)toupper((unsigned char)*p);
	}
	*ret = '\0';
}

/* Seven of them for a week, as a probe of a network has that calls itself so. */
static void same_text(struct nf *n, unsigned i, char *ret)
{
	nf_tick(n, NF_HOUR);
	strcpy(ret, in_hex[i % 7]);
}

static void uuid(struct nf *n, unsigned i, char *ret)
{
	static const unsigned hyphen[] = { 8, 13, 18, 23 };

	(void)i;
	put(n, ret, 36, hex);
	for (unsigned k = 0; k < NW_ARRAY_SIZE(hyphen); k++) {
		ret[hyphen[k]] = '-';
	}
	ret[14] = '4'; /* its version and variant */
	put(n, ret + 19, 1, "89ab")[0] = hex[below(n, 16)];
}

static void balancer(struct nf *n, unsigned i, char *ret)
{
	(void)i;
	ret = put(n, ret, 32, hex);
	*ret++ = '-';
	put(n, ret, 10, decimal);
}

static void sortable_id(struct nf *n, unsigned i, char *ret)
{
	put(n, ret + sprintf(ret, "%02u", i / 10), 18, crockford);
}

static void device_number(struct nf *n, unsigned i, char *ret)
{
	(void)i;
	sprintf(ret, "%06x", 0x5a0000 + below(n, 65536));
}

static void times(struct nf *n, unsigned i, char *ret)
{
	sprintf(ret, "20260909%02u%02u%02u%06u", 20 + i / 100, 20 + i % 40, below(n, 60),
		below(n, 1000000));
}

static void counted(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	sprintf(ret, "a%017x", i);
}

static const char *const words[] = { "gateway",	 "camera",   "storage", "archive", "frontend",
				     "database", "analytic", "monitor", "printer", "building",
				     "terminal", "customer", "primary", "standby", "warehouse" };

static void host_name(struct nf *n, unsigned i, char *ret)
{
	(void)i;
	sprintf(ret, "%s%02u%s%u", words[below(n, 15)], 22 + below(n, 55), words[below(n, 15)],
		2 + below(n, 6));
}

/* Every name has the same long word in front. */
static void host_of_a_row(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	sprintf(ret, "recordingserver2floor7rack%02x", i);
}

/* As some resolvers and libraries ask: with letters of either size, by chance. */
static void mixed_case(struct nf *n, unsigned i, char *ret)
{
	host_name(n, i, ret);
	for (char *p = ret; *p; p++) {
		*p = (char)(below(n, 2) ? toupper((unsigned char)*p) : *p);
	}
}

static void listed_address(struct nf *n, unsigned i, char *ret)
{
	sprintf(ret, "%u.%u.%u.%u.bl", below(n, 256), below(n, 256), below(n, 256), 1 + i % 250);
}

static void few_names(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	strcpy(ret, words[i % 5]);
}

static const struct row rows[] = {
	{ "text in hexadecimal", true, .lines = in_hex },
	{ "160 bytes of it", true, 10, .lines = in_hex },
	{ "cut at any digit", true, .lines = in_odd_hex },
	{ "in base32", true, .lines = in_base32 },
	{ "in base64", true, .lines = in_base64 },
	{ "with a number in front", true, .digits = 1, .behind = "-", .lines = in_hex },
	{ "with a number of odd length", true, .digits = 3, .lines = in_hex },
	{ "in capitals", true, NW_ARRAY_SIZE(in_hex) - 1, .put = hex_in_capitals },
	{ "text of seven names", false, 7, .lines = in_hex },
	{ "the same text for a week", false, 170, .put = same_text },
	{ "UUIDs of containers", false, 330, .put = uuid },
	{ "digests", false, 200, .alphabet = hex, .letters = 40 },
	{ "digests behind a word", false, 200, "http.", .alphabet = hex, .letters = 40 },
	{ "digests in base32", false, 200, .alphabet = base32, .letters = 26 },
	{ "content identifiers", false, 50, "bafybei", .alphabet = base32, .letters = 52 },
	{ "load balancers", false, 80, .put = balancer },
	/* a time, then what differs: 0x6565.. is text as far as it goes */
	{ "object identifiers", false, 150, "656a2f4d", .alphabet = hex, .letters = 16 },
	{ "identifiers that sort", false, 130, "01jdqx", .put = sortable_id },
	/* cameras of one maker, whose part of the address is text: "LRb" */
	{ "hardware addresses", false, 300, "4c5262", .put = device_number },
	{ "interface identifiers", false, 300, "4e5262fffe", .put = device_number },
	{ "times", false, 300, .put = times },
	{ "numbers of many digits", false, 300, .put = counted },
	{ "a list of host names", false, 500, .put = host_name },
	{ "hosts of a row", false, 250, .put = host_of_a_row },
	{ "letters of either size", false, 500, .put = mixed_case },
	{ "names in other scripts", false, 150, "xn--", .alphabet = foreign, .letters = 18 },
	{ "addresses on a list", false, 600, .put = listed_address },
	{ "a script that asks for five names", false, 1000, .put = few_names },
	/* what is random can be anything: so little is no alert */
	{ "a few random bytes", false, 28, .alphabet = hex, .letters = 56 },
};

static void put_name(struct nf *n, const struct row *row, unsigned i, char *ret)
{
	ret += sprintf(ret, "%s", row->front ? row->front : "");
	if (row->digits) {
		ret += sprintf(ret, "%0*u%s", row->digits, i, row->behind ? row->behind : "");
	}
	if (row->lines) {
		strcpy(ret, row->lines[i]);
	} else if (row->put) {
		row->put(n, i, ret);
	} else {
		put(n, ret, row->letters, row->alphabet);
	}
}

/* started: a process for each name, as nslookup or wget; else one that runs on asks all. */
static unsigned best_of(const struct row *row, bool is_started)
{
	unsigned names = row->names ? row->names : lines_of(row->lines);
	struct nf *n = nf_new("dns-tunnel", "");
	char name[200];
	unsigned best;

	for (unsigned i = 0; i < names; i++) {
		uint32_t pid = is_started ? 1000 + i : 100;

		put_name(n, row, i, name);
		if (is_started) {
			nw_feed_proc(n->feed, (struct nw_feed_exec){ .pid = pid,
								     .parent = 101,
								     .exe = "/usr/bin/nslookup" });
			nf_tick(n, 1);
		}
		strcat(name, ".t.example.org");
		nf_ask(n, name, (struct nf_dns){ .pid = pid, .rcode = 3 });
		nf_tick(n, SEC);
	}
	best = n->best;
	if (row->is_alert) {
		assert_true(n->n > 0 && nf_evidence(&n->finding[0], "text_bytes_at_least") >= 128);
		assert_int_equal(n->finding[0].confidence, 80);
	}
	nf_free(n);
	return best;
}

static void text_in_names_and_what_looks_like_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows) * 2; i++) {
		const struct row *row = &rows[i / 2];
		unsigned best = best_of(row, i % 2);

		print_message("%-36s%s score %u\n", row->what, i % 2 ? " started" : "", best);
		if ((best >= NW_ALERT_SCORE) != row->is_alert) {
			fail_msg("%s: score %u", row->what, best);
		}
	}
}

NW_TESTS(indicators_dns_tunnel_coded, cmocka_unit_test(text_in_names_and_what_looks_like_it));
