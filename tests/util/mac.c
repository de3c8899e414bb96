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

static void of_bytes(void **state)
{
	static const uint8_t one[] = { 0xbc, 0xad, 0x28, 0x88, 0x94, 0x98 };
	static const uint8_t zeros[NW_MAC_BYTES], ones[] = { 255, 255, 255, 255, 255, 255 };
	char ret[NW_MAC_TEXT];

	(void)state;
	assert_true(nw_mac_text_of(one, ret));
	assert_memory_equal(ret, "bc:ad:28:88:94:98", sizeof(ret));
	assert_false(nw_mac_text_of(zeros, ret));
	assert_false(nw_mac_text_of(ones, ret));
}

NW_TESTS(util_mac, cmocka_unit_test(ways), cmocka_unit_test(of_bytes));
