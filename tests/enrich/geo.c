/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Country and operator, from files made here. The networks are documentation's, the case is real:
 * an address in Frankfurt whose network a Chinese company operates.
 */
#include "enrich/geo.h"

#include <errno.h>
#include <sys/stat.h>

#include "enrich/files.h"
#include "enrich/mmdb.h"
#include "util/parse.h"

#define TENCENT "Shenzhen Tencent Computer Systems Company Limited"

static struct mmdb made;

static const char *country_file(struct files *f)
{
	const struct mmdb_bytes *b;

	mmdb_begin(&made);
	mmdb_country(&made, "203.0.113.0", 24, "DE");
	mmdb_country(&made, "198.51.100.0", 25, "D\n"); /* not a code */
	mmdb_country(&made, "198.51.100.128", 25, "NLD");
	mmdb_country(&made, "2001:db8:1::", 48, "NL");
	b = mmdb_end(&made, "Test-Country");
	return files_put(f, "country.mmdb", b->b, b->len);
}

static const char *asn_file(struct files *f)
{
	const struct mmdb_bytes *b;

	mmdb_begin(&made);
	mmdb_asn(&made, "203.0.113.64", 26, 132203, TENCENT);
	mmdb_asn(&made, "192.0.2.0", 24, 64496, NULL);
	mmdb_asn(&made, "192.0.3.0", 24, 64497, "two\nlines\x1b[2J \xc3\xa9\xff");
	mmdb_asn(&made, "192.0.4.0", 24, 0, "nobody");
	mmdb_asn(&made, "2001:db8:1::", 48, 4294967295, "last");
	b = mmdb_end(&made, "Test-ASN");
	return files_put(f, "asn.mmdb", b->b, b->len);
}

static void assert_place(const struct nw_geo *g, const char *addr, const char *country,
			 uint32_t asn, const char *organisation)
{
	bool is_known = *country || asn;
	struct nw_geo_answer a = { 0 };
	uint8_t bytes[16];

	assert_int_equal(nw_parse_address(addr, bytes), 0);
	assert_int_equal(nw_geo_find(g, bytes, &a), is_known);
	assert_string_equal(a.country, country);
	assert_int_equal(a.asn, asn);
	assert_string_equal(a.organisation, organisation);
}

static void country_and_operator_are_two_facts(void **state)
{
	struct nw_geo *g = NULL;
	struct files f;
	const char *country, *asn;

	(void)state;
	files_begin(&f);
	country = country_file(&f);
	asn = asn_file(&f);
	assert_int_equal(nw_geo_open(country, asn, &g), 0);
	assert_place(g, "203.0.113.70", "DE", 132203, TENCENT);
	assert_place(g, "::ffff:203.0.113.70", "DE", 132203, TENCENT);
	assert_place(g, "64:ff9b::203.0.113.70", "DE", 132203, TENCENT); /* NAT64 */
	assert_place(g, "203.0.113.1", "DE", 0, "");
	assert_place(g, "192.0.2.1", "", 64496, "");
	assert_place(g, "2001:db8:1::9", "NL", 4294967295, "last");
	assert_place(g, "2001:db8:2::9", "", 0, "");
	assert_place(g, "8.8.8.8", "", 0, "");
	nw_geo_free(g);
	files_end(&f);
}

static void what_a_file_says_is_not_believed(void **state)
{
	struct nw_geo *g = NULL;
	struct files f;
	const char *country, *asn;

	(void)state;
	files_begin(&f);
	country = country_file(&f);
	asn = asn_file(&f);
	assert_int_equal(nw_geo_open(country, asn, &g), 0);
	assert_place(g, "198.51.100.1", "", 0, "");
	assert_place(g, "198.51.100.129", "", 0, "");
	assert_place(g, "192.0.3.1", "", 64497, "twolines[2J \xc3\xa9");
	assert_place(g, "192.0.4.1", "", 0, "");
	nw_geo_free(g);
	files_end(&f);
}

static void either_file_will_do(void **state)
{
	struct nw_geo *g = NULL;
	struct files f;

	(void)state;
	files_begin(&f);
	assert_int_equal(nw_geo_open(country_file(&f), NULL, &g), 0);
	assert_place(g, "203.0.113.70", "DE", 0, "");
	nw_geo_free(g);
	assert_int_equal(nw_geo_open(NULL, asn_file(&f), &g), 0);
	assert_place(g, "203.0.113.70", "", 132203, TENCENT);
	nw_geo_free(g);
	assert_int_equal(nw_geo_open(NULL, NULL, &g), 0);
	assert_place(g, "203.0.113.70", "", 0, "");
	nw_geo_free(g);
	files_end(&f);
}

static void assert_refused(const char *country, const char *asn, int r, const char *says)
{
	struct nw_geo *g = NULL;
	struct logged said;
	int got;

	logged_begin(&said);
	got = nw_geo_open(country, asn, &g);
	assert_logged(&said, says);
	assert_int_equal(got, r);
	assert_null(g);
}

static void a_bad_file_is_named(void **state)
{
	struct files f;
	const char *country, *asn, *cut;
	char pipe[128];

	(void)state;
	files_begin(&f);
	country = country_file(&f);
	asn = asn_file(&f);
	cut = files_put(&f, "cut.mmdb", made.file.b, made.file.len / 2);
	assert_refused("/nonexistent.mmdb", NULL, -ENOENT, "/nonexistent.mmdb");
	assert_refused(f.folder, NULL, -EINVAL, "is no file, expected an MMDB file");
	assert_refused(NULL, cut, -EINVAL, "cut.mmdb");
	assert_refused(files_text(&f, "words.mmdb", "no database"), asn, -EINVAL, "words.mmdb");
	assert_refused(files_text(&f, "empty.mmdb", ""), asn, -EINVAL, "empty.mmdb is empty");
	snprintf(pipe, sizeof(pipe), "%s/pipe.mmdb", f.folder);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_refused(pipe, asn, -EINVAL, "pipe.mmdb is no file");
	assert_int_equal(unlink(pipe), 0);
	assert_refused(asn, country, -EINVAL,
		       "asn.mmdb: has no countries; it says that it is "
		       "'Test-ASN'");
	assert_refused(country, country, -EINVAL, "country.mmdb: has no numbers of autonomous");
	files_end(&f);
}

/* Any byte of a file may be anything: nothing is read beyond it, and every look-up ends. */
static void a_broken_file_breaks_nothing(void **state)
{
	struct mmdb_bytes bytes;
	struct files f;
	unsigned opened = 0;

	(void)state;
	files_begin(&f);
	country_file(&f);
	bytes = made.file;
	for (size_t i = 0; i < bytes.len; i += 3) {
		struct nw_geo *g = NULL;
		struct logged said;
		uint8_t addr[16];
		struct nw_geo_answer a;

		bytes.b[i] ^= (uint8_t)(0xff >> i % 3);
		f.count = 0;
		files_put(&f, "country.mmdb", bytes.b, bytes.len);
		logged_begin(&said);
		if (nw_geo_open(f.path[0], NULL, &g) == 0) {
			opened++;
			assert_int_equal(nw_parse_address("203.0.113.70", addr), 0);
			(void)nw_geo_find(g, addr, &a);
			nw_geo_free(g);
		}
		(void)logged_end(&said);
		bytes.b[i] ^= (uint8_t)(0xff >> i % 3);
	}
	assert_true(opened > 0);
	files_end(&f);
}

NW_TESTS(enrich_geo, cmocka_unit_test(country_and_operator_are_two_facts),
	 cmocka_unit_test(what_a_file_says_is_not_believed), cmocka_unit_test(either_file_will_do),
	 cmocka_unit_test(a_bad_file_is_named), cmocka_unit_test(a_broken_file_breaks_nothing));
