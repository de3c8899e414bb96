/* SPDX-License-Identifier: Apache-2.0 */
/* vendor-cloud: one yardstick for every maker: the service, the volume, the program. */
#include "indicators/door.h"

#define ID "vendor-cloud"

static const char named[] = "GET / HTTP/1.1\r\nHost: dev.maker.example\r\n\r\n";

#define CALL(...)      TO_OUTSIDE(.pid = RECORDER, .tx = 300, .rx = 300, __VA_ARGS__)
#define AT(service)    .fact = "vendor.1", .value = "203.0.113.0/24 maker " service
#define NAMED(service) .fact = "vendor.1", .value = "maker.example maker " service

static const struct sight sights[] = {
	{ .what = "p2p", AT("p2p"), .leg = { CALL() }, .seconds = 20, 65, 65 },
	{ .what = "p2p, UDP",
	  AT("p2p"),
	  .leg = { CALL(.proto = IPPROTO_UDP) },
	  .seconds = 20,
	  65,
	  65 },
	{ .what = "cloud", AT("cloud"), .leg = { CALL() }, .seconds = 20, 55, 55 },
	{ .what = "cloud, with media",
	  AT("cloud"),
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 64000) },
	  .seconds = 60,
	  80,
	  80 },
	{ .what = "updates that take media away",
	  AT("update"),
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 64000) },
	  .seconds = 60,
	  50,
	  50 },
	{ .what = "pages that take media away",
	  AT("web"),
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .tx = 64000) },
	  .seconds = 60,
	  50,
	  50 },
	{ .what = "a look for updates",
	  AT("update"),
	  .leg = { CALL(.rx = 90000) },
	  .seconds = 20,
	  25,
	  25 },
	{ .what = "a program without cameras",
	  AT("p2p"),
	  .leg = { TO_OUTSIDE(.tx = 300) },
	  .seconds = 20,
	  55,
	  55 },
	{ .what = "a browser at the cloud",
	  AT("cloud"),
	  .exe = "/usr/bin/firefox",
	  .leg = { TO_OUTSIDE(.tx = 300, .rx = 90000) },
	  .seconds = 20,
	  45,
	  45 },
	{ .what = "the site's own word", AT("gateway"), .leg = { CALL() }, .seconds = 20, 40, 40 },
	{ .what = "by the name that is said",
	  .fact = "vendor.1",
	  .value = "maker.example maker relay",
	  .leg = { CALL(.to_port = 80, .sends = named) },
	  .seconds = 20,
	  65,
	  65 },
	{ .what = "a cloud by its name, of a program without cameras",
	  NAMED("cloud"),
	  .exe = "/usr/bin/wget",
	  .leg = { TO_OUTSIDE(.tx = 300, .to_port = 80, .sends = named) },
	  .seconds = 20,
	  50,
	  50 },
	{ .what = "who commands, by its name",
	  NAMED("config"),
	  .leg = { TO_OUTSIDE(.tx = 300, .to_port = 80, .sends = named) },
	  .seconds = 20,
	  50,
	  50 },
	{ .what = "a relay by its name, of a program without cameras",
	  NAMED("relay"),
	  .leg = { TO_OUTSIDE(.tx = 300, .to_port = 80, .sends = named) },
	  .seconds = 20,
	  55,
	  55 },
	{ .what = "the pages by their name",
	  NAMED("web"),
	  .leg = { TO_OUTSIDE(.tx = 300, .to_port = 80, .sends = named) },
	  .seconds = 20,
	  0,
	  10 },
	{ .what = "updates by their name: who asks only",
	  NAMED("update"),
	  .leg = { TO_OUTSIDE(.tx = 300, .to_port = 80, .sends = named) },
	  .seconds = 20,
	  15,
	  15 },
	{ .what = "the time of a cloud",
	  AT("cloud"),
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .proto = IPPROTO_UDP, .to_port = 123, .tx = 48,
			      .rx = 48, .every = 30) },
	  .seconds = 20,
	  15,
	  15 },
	{ .what = "more than the time on its port",
	  AT("cloud"),
	  .leg = { TO_OUTSIDE(.pid = RECORDER, .proto = IPPROTO_UDP, .to_port = 123, .tx = 480,
			      .rx = 48) },
	  .seconds = 20,
	  55,
	  55 },
	{ .what = "a cloud by its name, declared",
	  NAMED("cloud"),
	  .yaml = "allowed: [{to: 203.0.113.7, why: contract}]",
	  .leg = { TO_OUTSIDE(.tx = 300, .to_port = 80, .sends = named) },
	  .seconds = 20,
	  10,
	  10 },
	{ .what = "allowed",
	  AT("p2p"),
	  .yaml = "allowed: [{to: 203.0.113.7, why: contract}]",
	  .leg = { CALL() },
	  .seconds = 20,
	  10,
	  10 },

	{ .what = "a browser at the maker's pages",
	  AT("web"),
	  .exe = "/usr/bin/firefox",
	  .leg = { TO_OUTSIDE(.tx = 300, .rx = 90000) },
	  .seconds = 20,
	  0,
	  0 },
	{ .what = "the recorder at the pages: information",
	  AT("web"),
	  .leg = { CALL() },
	  .seconds = 20,
	  15,
	  15 },
	{ .what = "nobody's", .leg = { CALL() }, .seconds = 20, 0, 0 },
	{ .what = "another network",
	  AT("p2p"),
	  .leg = { CALL(.to = "198.51.100.7") },
	  .seconds = 20,
	  0,
	  0 },
};

static void what_is_told_and_what_not(void **state)
{
	(void)state;
	look_at_all(ID, sights, NW_ARRAY_SIZE(sights));
}

static void makers_are_measured_alike(void **state)
{
	static const char *const makers[] = { "hikvision", "dahua", "axis", "bosch", "hanwha" };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(makers); i++) {
		char value[64];
		struct sight s = {
			.fact = "vendor.1", .value = value, .leg = { CALL() }, .seconds = 20
		};
		struct nw_feed *f;

		(void)snprintf(value, sizeof(value), "203.0.113.0/24 %s relay", makers[i]);
		f = look_at(&s);
		assert_int_equal(top_score(f, ID), 65);
		assert_int_equal(evidence(last_found(f, ID), "connections"), 1);
		nw_feed_free(f);
	}
}

static void it_closes(void **state)
{
	struct nw_feed *f = look_at(&sights[0]);

	(void)state;
	run_legs(f, NULL, 0, 910);
	assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

NW_TESTS(indicators_vendor_cloud, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(makers_are_measured_alike), cmocka_unit_test(it_closes));
