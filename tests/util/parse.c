/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, times and networks from text: the edges, and nothing but the edges. */
#include "harness.h"

#include <errno.h>
#include <string.h>

#include "util/parse.h"

static void numbers(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "01", "0x1", "1e3", "ten" };
	uint64_t v = 7;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		assert_int_equal(nw_parse_u64(bad[i], 0, UINT64_MAX, &v), -EINVAL);
	}
	assert_int_equal(nw_parse_u64("18446744073709551616", 0, UINT64_MAX, &v), -EINVAL);
	assert_int_equal(nw_parse_u64("20000000000000000000", 0, UINT64_MAX, &v), -EINVAL);
	assert_int_equal(nw_parse_u64("4", 5, 6, &v), -ERANGE);
	assert_int_equal(nw_parse_u64("7", 5, 6, &v), -ERANGE);
	assert_true(v == 7);
	assert_int_equal(nw_parse_u64("0", 0, 0, &v), 0);
	assert_true(v == 0);
	assert_int_equal(nw_parse_u64("18446744073709551615", 0, UINT64_MAX, &v), 0);
	assert_true(v == UINT64_MAX);
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "10", 10 * NW_NSEC_PER_SEC },
		{ "10s", 10 * NW_NSEC_PER_SEC },
		{ "500ms", 500 * NW_NSEC_PER_MSEC },
		{ "2m", 120 * NW_NSEC_PER_SEC },
		{ "1h", 3600 * NW_NSEC_PER_SEC },
		{ "1d", 86400 * NW_NSEC_PER_SEC },
		{ "7us", 7000 },
		{ "1ns", 1 },
	};
	static const char *const bad[] = {
		"", "s", "10 s", "-1s", "10S", "1.5s", "10sec", "1h30m"
	};
	static const char *const far[] = { "0", "0s", "3651d", "999999999999999999d" };
	uint64_t ns = 7;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		assert_int_equal(nw_parse_duration(bad[i], &ns), -EINVAL);
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(far); i++) {
		assert_int_equal(nw_parse_duration(far[i], &ns), -ERANGE);
	}
	assert_true(ns == 7);
	for (size_t i = 0; i < NW_ARRAY_SIZE(good); i++) {
		assert_int_equal(nw_parse_duration(good[i].text, &ns), 0);
		assert_true(ns == good[i].ns);
	}
}

static void networks(void **state)
{
	static const char *const bad[] = { "",		"/8",	       "10.0.0.0/",   "10.0.0.0/33",
					   "10.0.0",	"10.0.0.0/-1", "10.0.0.0/08", "::/129",
					   "fe80::%lo", "1.2.3.4 ",    "host",	      "::1/64/64" };
	static const char *const good[][2] = {
		/* network, its first address */
		{ "10.1.2.3/8", "10.0.0.0" },
		{ "10.1.2.3/32", "10.1.2.3" },
		{ "10.1.2.3", "10.1.2.3" },
		{ "255.255.255.255/1", "128.0.0.0" },
		{ "2001:db8::1/33", "2001:db8::" },
		{ "::1", "::1" },
		{ "::ffff:10.1.2.3/104", "10.0.0.0" },
	};
	struct nw_network net = { .bits = 77 };
	uint8_t addr[16];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		assert_true(nw_parse_network(bad[i], &net) < 0);
	}
	assert_int_equal(net.bits, 77);
	for (size_t i = 0; i < NW_ARRAY_SIZE(good); i++) {
		assert_int_equal(nw_parse_network(good[i][0], &net), 0);
		assert_int_equal(nw_parse_address(good[i][1], addr), 0);
		assert_memory_equal(net.addr, addr, sizeof(addr));
		assert_true(nw_network_has(&net, addr));
	}
}

static bool has(const char *network, const char *address)
{
	struct nw_network net;
	uint8_t addr[16];

	assert_int_equal(nw_parse_network(network, &net), 0);
	assert_int_equal(nw_parse_address(address, addr), 0);
	return nw_network_has(&net, addr);
}

static void membership(void **state)
{
	(void)state;
	assert_true(has("10.0.0.0/9", "10.127.255.255"));
	assert_false(has("10.0.0.0/9", "10.128.0.0"));
	assert_true(has("10.0.0.4/30", "10.0.0.7"));
	assert_false(has("10.0.0.4/30", "10.0.0.8"));
	assert_true(has("10.0.0.4/32", "10.0.0.4"));
	assert_false(has("10.0.0.4/32", "10.0.0.5"));
	assert_true(has("0.0.0.0/0", "8.8.8.8"));
	assert_false(has("0.0.0.0/0", "2001:db8::1"));
	assert_true(has("::/0", "2001:db8::1"));
	assert_false(has("::/0", "8.8.8.8"));
	assert_true(has("2001:db8::/33", "2001:db8:7fff::"));
	assert_false(has("2001:db8::/33", "2001:db8:8000::"));
}

static void nat64_is_unwrapped(void **state)
{
	uint8_t addr[16], want[16], got[16];

	(void)state;
	assert_int_equal(nw_parse_address("64:ff9b::192.0.2.33", addr), 0);
	assert_int_equal(nw_parse_address("192.0.2.33", want), 0);
	nw_address_unwrap(addr, got);
	assert_memory_equal(got, want, sizeof(got));
	nw_address_unwrap(addr, addr);
	assert_memory_equal(addr, want, sizeof(got));
	assert_int_equal(nw_parse_address("64:ff9b:1::192.0.2.33", addr), 0);
	nw_address_unwrap(addr, got);
	assert_memory_equal(got, addr, sizeof(got));
}

NW_TESTS(util_parse, cmocka_unit_test(numbers), cmocka_unit_test(durations),
	 cmocka_unit_test(networks), cmocka_unit_test(membership),
	 cmocka_unit_test(nat64_is_unwrapped));
