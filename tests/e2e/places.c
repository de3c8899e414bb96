/* SPDX-License-Identifier: Apache-2.0 */
/* Country and operator of a far end, from files that the configuration names, of a flow as it goes on. */
#include <stdio.h>

#include "enrich/mmdb.h"
#include "root/support.h"

#define OPERATOR "Shenzhen Tencent Computer Systems Company Limited"

static struct mmdb made;

static void put(const char *path, const struct mmdb_bytes *b)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(b->b, 1, b->len, f), b->len);
	assert_int_equal(fclose(f), 0);
}

static struct nw_tool *start_with_places(void)
{
	char country[128], asn[128], yaml[400];

	snprintf(country, sizeof(country), "%s/country.mmdb", nw_place_files());
	snprintf(asn, sizeof(asn), "%s/asn.mmdb", nw_place_files());
	mmdb_begin(&made);
	mmdb_country(&made, "203.0.113.0", 24, "DE");
	put(country, mmdb_end(&made, "Test-Country"));
	mmdb_begin(&made);
	mmdb_asn(&made, "203.0.113.64", 26, 132203, OPERATOR);
	put(asn, mmdb_end(&made, "Test-ASN"));
	snprintf(yaml, sizeof(yaml), "geo: {country: %s, asn: %s}\n", country, asn);
	return nw_tool_trace_with(yaml, "");
}

/* An address in Frankfurt whose network a Chinese company operates: two facts, beside each other. */
static void test_far_end(void **state)
{
	struct nw_tool *t = start_with_places();
	struct nw_talk talk = nw_talk_start("");
	struct nw_flow_sum sum;

	(void)state;
	nw_talk_open(&talk, t);
	sum = nw_talk_end(&talk, t);
	nw_rec_check(sum.first, "destination.geo.country_iso_code=DE destination.as.number=132203");
	assert_string_equal(nw_rec_str(sum.first, "destination.as.organization.name"), OPERATOR);
	nw_rec_check(sum.last, "source.geo.country_iso_code= source.as.number=");
}

NW_TESTS_OF_ANY_KERNEL(e2e_places, NW_ROOT_TEST(test_far_end));
