/* SPDX-License-Identifier: Apache-2.0 */
/* The answers as facts have them, from the project's own data and files made here. */
#include "enrich/enrich.h"

#include "enrich/catalogue.h"

#include "enrich/files.h"
#include "enrich/mmdb.h"
#include "nw_event.h"
#include "state/maker.h"
#include "util/parse.h"

static_assert(NW_CATALOGUE_MAKERS == NW_MAKERS_MAX, "as many as state has room for");

static struct mmdb made;

static void answers_are_one_line(void **state)
{
	static const uint8_t hikvision[6] = { 0xc0, 0x56, 0xe3, 1, 2, 0xff };
	static const uint8_t local[6] = { 0x02, 0x42, 0xac, 0x11, 0, 2 };
	const struct mmdb_bytes *b;
	struct nw_geo_files geo = { 0 };
	struct nw_enrich *e = NULL;
	char text[NW_ENRICH_TEXT];
	uint8_t addr[16];
	struct files f;

	(void)state;
	files_begin(&f);
	mmdb_begin(&made);
	mmdb_asn(&made, "203.0.113.0", 24, 132203, "Shenzhen Tencent");
	b = mmdb_end(&made, "Test-ASN");
	geo.asn = (char *)(uintptr_t)files_put(&f, "asn.mmdb", b->b, b->len);
	assert_int_equal(nw_enrich_open(&geo, &e), 0);
	assert_true(nw_enrich_has_places(e));
	assert_int_equal(nw_parse_address("203.0.113.9", addr), 0);
	nw_enrich_place(e, addr, text);
	assert_string_equal(text, "- 132203 Shenzhen Tencent");
	assert_int_equal(nw_parse_address("203.0.114.9", addr), 0);
	nw_enrich_place(e, addr, text);
	assert_string_equal(text, "- 0");
	nw_enrich_device(e, hikvision, text);
	assert_string_equal(text, "c0:56:e3:01:02:ff hikvision "
				  "Hangzhou Hikvision Digital Technology Co.,Ltd.");
	nw_enrich_device(e, local, text);
	assert_string_equal(text, "02:42:ac:11:00:02 -");
	nw_enrich_free(e);
	files_end(&f);
}

static void count_recorder(void *ctx, const char *key, const char *value)
{
	unsigned *seen = ctx;

	if (strcmp(key, "recorder") != 0) {
		return;
	}
	seen[0] += strcmp(value, "exe /usr/bin/zmc ZoneMinder") == 0;
	seen[1] += strcmp(value, "unit networkoptix-mediaserver.service Nx Witness") == 0;
	seen[2] += strncmp(value, "exe /", 5) != 0 && strncmp(value, "unit ", 5) != 0;
}

static void recorders_of_the_catalogue(void **state)
{
	struct nw_geo_files geo = { 0 };
	struct nw_enrich *e = NULL;
	unsigned seen[3] = { 0 };

	(void)state;
	assert_int_equal(nw_enrich_open(&geo, &e), 0);
	nw_enrich_catalogue(e, count_recorder, seen);
	assert_int_equal(seen[0], 1);
	assert_int_equal(seen[1], 1);
	assert_int_equal(seen[2], 0);
	nw_enrich_free(e);
}

static void count_library(void *ctx, const char *name, const char *text)
{
	unsigned *seen = ctx;
	const char *tab = strchr(text, '\t');

	assert_non_null(tab);
	assert_string_equal(tab + 1, name);
	assert_true(strlen(name) < NW_LIBRARY_NAME && strlen(text) < NW_LIBRARY_TEXT);
	seen[0] += strcmp(text, "hikvision\tlibhcnetsdk.so") == 0;
	seen[1] += strcmp(text, "throughtek\tlibIOTCAPIs.so") == 0;
}

static void libraries_of_the_catalogue(void **state)
{
	struct nw_geo_files geo = { 0 };
	struct nw_enrich *e = NULL;
	unsigned seen[2] = { 0 };

	(void)state;
	assert_int_equal(nw_enrich_open(&geo, &e), 0);
	nw_enrich_libraries(e, count_library, seen);
	assert_int_equal(seen[0], 1);
	assert_int_equal(seen[1], 1);
	nw_enrich_free(e);
}

static void nothing_is_needed_and_what_is_named_must_be_there(void **state)
{
	struct nw_geo_files geo = { 0 };
	struct nw_enrich *e = NULL;
	struct logged said;
	int r;

	(void)state;
	assert_int_equal(nw_enrich_open(&geo, &e), 0);
	assert_false(nw_enrich_has_places(e));
	nw_enrich_free(e);
	e = NULL;
	geo.country = (char *)(uintptr_t) "/nonexistent/country.mmdb";
	logged_begin(&said);
	r = nw_enrich_open(&geo, &e);
	assert_logged(&said, "/nonexistent/country.mmdb");
	assert_true(r < 0);
	assert_null(e);
}

NW_TESTS(enrich_enrich, cmocka_unit_test(answers_are_one_line),
	 cmocka_unit_test(recorders_of_the_catalogue), cmocka_unit_test(libraries_of_the_catalogue),
	 cmocka_unit_test(nothing_is_needed_and_what_is_named_must_be_there));
