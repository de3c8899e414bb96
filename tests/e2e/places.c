/* SPDX-License-Identifier: Apache-2.0 */
/* Country and operator of a far end, from files that the configuration names, of a flow as it goes on. */
#include <stdio.h>

#include "enrich/mmdb.h"
#include "root/support.h"

#define FAR	 "203.0.113.70"
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
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp newnet wait ip addr,add,203.0.113.1/24,dev,v1 "
			       "ip link,set,v1,up connect " FAR " 4711 send 5 wait close");
	int pid = (int)nw_rec_u64(nw_actor_truth(seen), "pid");
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR,
		"tcp newnet ip link,add,v0,type,veth,peer,name,v1,netns,%d "
		"ip addr,add," FAR "/24,dev,v0 ip link,set,v0,up port 4711 listen " FAR
		" accept recv 5 eof truth close",
		pid);
	struct nw_flow_key key = { pid, "tcp", FAR, 0, 4711 };
	struct nw_flow_sum sum;

	(void)state;
	nw_actor_truth(far);
	nw_actor_port(far);
	nw_actor_say(seen, "connect");
	(void)nw_flow_reached(t, &key, 5, 0);
	nw_actor_say(seen, "close");
	sum = nw_flow_ended(t, &key);
	nw_rec_check(sum.first, "destination.geo.country_iso_code=DE destination.as.number=132203");
	assert_string_equal(nw_rec_str(sum.first, "destination.as.organization.name"), OPERATOR);
	nw_rec_check(sum.last, "source.geo.country_iso_code= source.as.number=");
	nw_actor_done(seen);
}

NW_TESTS(e2e_places, NW_ROOT_TEST(test_far_end));
