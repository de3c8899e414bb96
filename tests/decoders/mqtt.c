/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MQTT: what mosquitto_pub and mosquitto 2.0.11 of Debian 12 said to each other on a loopback, in
 * versions 3.1, 3.1.1 and 5.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_mqtt;

static const struct nw_wire client = { .decoder = &nw_decoder_mqtt,
				       .proto = IPPROTO_TCP,
				       .port = 1883 };
static const struct nw_wire server = {
	.decoder = &nw_decoder_mqtt, .proto = IPPROTO_TCP, .port = 1883, .is_received = true
};
static const struct nw_wire elsewhere = {
	.decoder = &nw_decoder_mqtt, .proto = IPPROTO_TCP, .port = 40001, .is_received = true
};

static void real_messages(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&elsewhere, "101f00044d51545404c2003c00046e7672310003"
							 "63616d00086d71736563726574"),
			    "mqtt by content");
	assert_string_equal(
		nw_wire_read_hex(&elsewhere,
				 "101900044d5154540506003c032100140000000001770003627965"),
		"mqtt by content");
	assert_string_equal(nw_wire_read_hex(&elsewhere,
					     "102500064d51497364700302003c00176d6f73712d50"
					     "766264564564787330506677776b417572"),
			    "mqtt by content");
	assert_string_equal(nw_wire_read_hex(&server, "20020000"), "mqtt by port");
	assert_string_equal(nw_wire_read_hex(&server, "203500003222000a1200296175746f2d454330454444"
						      "33412d463244382d464336412d343733452d44424135"
						      "3243463436353632210014"),
			    "mqtt by port");
}

/* Another name, level, flag; a length that is too small for it or has no end; half of it. */
static void near_misses(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&client, "101f00044d51545504c2003c00046e767231"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "101f00044d51545406c2003c00046e767231"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "101f00044d51545403c2003c00046e767231"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "102500064d51497364700402003c00176d6f7371"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "101f00044d51545404c3003c00046e767231"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "100b00044d51545404c2003c0000"), "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "10ffffffff1f00044d51545404c2003c0000"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&client, "101f00044d51545404"), "no claim");
	assert_string_equal(nw_wire_read_hex(&elsewhere, "20020000"), "no claim");
	assert_string_equal(nw_wire_read_hex(&server, "20020200"), "no claim");
	assert_string_equal(nw_wire_read_hex(&server, "200200"), "no claim");
	assert_string_equal(nw_wire_read_hex(&server, "203500003122000a"), "no claim");
}

NW_TESTS(decoders_mqtt, cmocka_unit_test(real_messages), cmocka_unit_test(near_misses));
