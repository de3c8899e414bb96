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

/* A name's part below the domain, the i-th; false when there are no more. */
typedef bool name_fn(struct nf *n, unsigned i, char *ret);

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

/* ---- text ----------------------------------------------------------------------------------- */

static bool line_of(const char *const *lines, unsigned i, char *ret)
{
	for (unsigned l = 0; l <= i; l++) {
		if (!lines[l]) {
			return false;
		}
	}
	strcpy(ret, lines[i]);
	return true;
}

static bool hex_text(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	return line_of(in_hex, i, ret);
}

static bool hex_stream(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	return line_of(in_odd_hex, i, ret);
}

static bool base32_text(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	return line_of(in_base32, i, ret);
}

static bool base64_text(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	return line_of(in_base64, i, ret);
}

static bool short_text(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	return i < 10 && line_of(in_hex, i, ret);
}

static bool hex_numbered(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	return line_of(in_hex, i, ret + sprintf(ret, "%u-", i));
}

static bool hex_numbered_inside(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	return line_of(in_hex, i, ret + sprintf(ret, "%03u", i));
}

static bool hex_in_capitals(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	if (!line_of(in_hex, i, ret)) {
		return false;
	}
	for (char *p = ret; *p; p++) {
		*p = (char)toupper((unsigned char)*p);
	}
	return true;
}

/* ---- what is none --------------------------------------------------------------------------- */

static bool text_of_few_names(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	return i < 7 && line_of(in_hex, i, ret);
}

/* Seven of them for a week, as a probe of a network has that calls itself so. */
static bool same_text(struct nf *n, unsigned i, char *ret)
{
	nf_tick(n, NF_HOUR);
	return i < 170 && line_of(in_hex, i % 7, ret);
}

static bool uuid(struct nf *n, unsigned i, char *ret)
{
	static const unsigned hyphen[] = { 8, 13, 18, 23 };

	put(n, ret, 36, hex);
	for (unsigned k = 0; k < NW_ARRAY_SIZE(hyphen); k++) {
		ret[hyphen[k]] = '-';
	}
	ret[14] = '4'; /* its version and variant */
	put(n, ret + 19, 1, "89ab")[0] = hex[below(n, 16)];
	return i < 330;
}

static bool digest(struct nf *n, unsigned i, char *ret)
{
	put(n, ret, 40, hex);
	return i < 200;
}

static bool digest_behind_a_word(struct nf *n, unsigned i, char *ret)
{
	put(n, ret + sprintf(ret, "http."), 40, hex);
	return i < 200;
}

static bool digest_in_base32(struct nf *n, unsigned i, char *ret)
{
	put(n, ret, 26, base32);
	return i < 200;
}

static bool content_id(struct nf *n, unsigned i, char *ret)
{
	put(n, ret + sprintf(ret, "bafybei"), 52, base32);
	return i < 50;
}

static bool balancer(struct nf *n, unsigned i, char *ret)
{
	ret = put(n, ret, 32, hex);
	*ret++ = '-';
	put(n, ret, 10, "0123456789");
	return i < 80;
}

/* A time, then what differs: 0x6565.. is text as far as it goes. */
static bool object_id(struct nf *n, unsigned i, char *ret)
{
	put(n, ret + sprintf(ret, "656a2f4d"), 16, hex);
	return i < 150;
}

static bool sortable_id(struct nf *n, unsigned i, char *ret)
{
	put(n, ret + sprintf(ret, "01jdqx%02u", i / 10), 18, crockford);
	return i < 130;
}

/* Cameras of one maker, whose part of the address is text: "LRb". */
static bool hardware_address(struct nf *n, unsigned i, char *ret)
{
	sprintf(ret, "4c5262%06x", 0x5a0000 + below(n, 65536));
	return i < 300;
}

static bool interface_id(struct nf *n, unsigned i, char *ret)
{
	sprintf(ret, "4e5262fffe%06x", 0x5a0000 + below(n, 65536));
	return i < 300;
}

static bool times(struct nf *n, unsigned i, char *ret)
{
	sprintf(ret, "20260909%02u%02u%02u%06u", 20 + i / 100, 20 + i % 40, below(n, 60),
		below(n, 1000000));
	return i < 300;
}

static bool counted(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	sprintf(ret, "a%017x", i);
	return i < 300;
}

static const char *const words[] = { "gateway",	 "camera",   "storage", "archive", "frontend",
				     "database", "analytic", "monitor", "printer", "building",
				     "terminal", "customer", "primary", "standby", "warehouse" };

static bool host_name(struct nf *n, unsigned i, char *ret)
{
	sprintf(ret, "%s%02u%s%u", words[below(n, 15)], 22 + below(n, 55), words[below(n, 15)],
		2 + below(n, 6));
	return i < 500;
}

/* Every name has the same long word in front. */
static bool host_of_a_row(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	sprintf(ret, "recordingserver2floor7rack%02x", i);
	return i < 250;
}

/* As some resolvers and libraries ask: with letters of either size, by chance. */
static bool mixed_case(struct nf *n, unsigned i, char *ret)
{
	bool is_more = host_name(n, i, ret);

	for (char *p = ret; *p; p++) {
		*p = (char)(below(n, 2) ? toupper((unsigned char)*p) : *p);
	}
	return is_more;
}

static bool foreign(struct nf *n, unsigned i, char *ret)
{
	put(n, ret + sprintf(ret, "xn--"), 18, "abcdefghijklmnopqrstuvwxyz23456789");
	return i < 150;
}

static bool listed_address(struct nf *n, unsigned i, char *ret)
{
	sprintf(ret, "%u.%u.%u.%u.bl", below(n, 256), below(n, 256), below(n, 256), 1 + i % 250);
	return i < 600;
}

static bool few_names(struct nf *n, unsigned i, char *ret)
{
	(void)n;
	sprintf(ret, "%s", words[i % 5]);
	return i < 1000;
}

/* What is random can be anything: so little is no alert. */
static bool random_bytes(struct nf *n, unsigned i, char *ret)
{
	put(n, ret, 56, hex);
	return i < 28;
}

static const struct {
	const char *what;
	name_fn *name;
	bool is_alert;
} row[] = {
	{ "text in hexadecimal", hex_text, true },
	{ "160 bytes of it", short_text, true },
	{ "cut at any digit", hex_stream, true },
	{ "in base32", base32_text, true },
	{ "in base64", base64_text, true },
	{ "with a number in front", hex_numbered, true },
	{ "with a number of odd length", hex_numbered_inside, true },
	{ "in capitals", hex_in_capitals, true },
	{ "text of seven names", text_of_few_names, false },
	{ "the same text for a week", same_text, false },
	{ "UUIDs of containers", uuid, false },
	{ "digests", digest, false },
	{ "digests behind a word", digest_behind_a_word, false },
	{ "digests in base32", digest_in_base32, false },
	{ "content identifiers", content_id, false },
	{ "load balancers", balancer, false },
	{ "object identifiers", object_id, false },
	{ "identifiers that sort", sortable_id, false },
	{ "hardware addresses", hardware_address, false },
	{ "interface identifiers", interface_id, false },
	{ "times", times, false },
	{ "numbers of many digits", counted, false },
	{ "a list of host names", host_name, false },
	{ "hosts of a row", host_of_a_row, false },
	{ "letters of either size", mixed_case, false },
	{ "names in other scripts", foreign, false },
	{ "addresses on a list", listed_address, false },
	{ "a script that asks for five names", few_names, false },
	{ "a few random bytes", random_bytes, false },
};

/* started: a process for each name, as nslookup or wget; else one that runs on asks all. */
static unsigned best_of(name_fn *name_of, bool is_started, bool is_told)
{
	struct nf *n = nf_new("dns-tunnel", "");
	char name[200];
	unsigned best;

	for (unsigned i = 0; name_of(n, i, name); i++) {
		uint32_t pid = is_started ? 1000 + i : 100;

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
	if (is_told) {
		assert_true(n->n > 0 && nf_evidence(&n->finding[0], "text_bytes_at_least") >= 128);
		assert_int_equal(n->finding[0].confidence, 80);
	}
	nf_free(n);
	return best;
}

static void text_in_names_and_what_looks_like_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row) * 2; i++) {
		bool is_alert = row[i / 2].is_alert;
		unsigned best = best_of(row[i / 2].name, i % 2, is_alert);

		print_message("%-36s%s score %u\n", row[i / 2].what, i % 2 ? " started" : "", best);
		if ((best >= NW_ALERT_SCORE) != is_alert) {
			fail_msg("%s: score %u", row[i / 2].what, best);
		}
	}
}

NW_TESTS(indicators_dns_tunnel_coded, cmocka_unit_test(text_in_names_and_what_looks_like_it));
