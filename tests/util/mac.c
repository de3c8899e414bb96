/* SPDX-License-Identifier: Apache-2.0 */
/* MAC addresses in the ways that devices write them, and what is none. */
#include "harness.h"

#include <string.h>

#include "util/mac.h"

static const char *mac(const char *text)
{
	static char ret[NW_MAC_TEXT + 1];

	memset(ret, 0, sizeof(ret));
	return nw_mac_text(nw_span_of(text, strlen(text)), ret) ? ret : "none";
}

static void ways(void **state)
{
	static const char *const same[] = { "bc:ad:28:88:94:98", "BC-AD-28-88-94-98",
					    "bcad28889498", "BCAD.2888.9498" };
	static const char *const none[] = {
		"",
		"bc",
		"bc:ad:28:88:94",
		"bc:ad:28:88:94:9",
		"bc:ad:28:88:94:9g",
		"bc:ad-28:88:94:98",
		"bc:ad:28:88:94:98:0",
		"bcad2888949",
		"bcad288894980",
		"bcad:2888:9498",
		"bc.ad.28.88.94.98",
		"bcad28.889498",
		"00:00:00:00:00:00",
		"ffffffffffff",
		"gcad28889498",
		"bcadx2888.9498",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_string_equal(mac(same[i]), "bc:ad:28:88:94:98");
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		assert_string_equal(mac(none[i]), "none");
	}
}

NW_TESTS(util_mac, cmocka_unit_test(ways));
