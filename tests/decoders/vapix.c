/* SPDX-License-Identifier: Apache-2.0 */
/* VAPIX: lists of parameters as Axis' devices were seen to give them in public files. */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_vapix;

#define OK "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"

static void real_messages(void **state)
{
	const struct nw_wire w = {
		.decoder = &nw_decoder_vapix, .proto = IPPROTO_TCP, .port = 80, .is_received = true
	};

	(void)state;
	assert_string_equal(
		NW_WIRE_READ(
			&w, OK
			"root.Brand.Brand=AXIS\nroot.Brand.ProdFullName=AXIS M1065-LW Network "
			"Camera\nroot.Brand.ProdNbr=M1065-LW\nroot.Brand.ProdType=Network Camera\n"),
		"vapix by content\n"
		"nvrwatch.device.brand=AXIS\n"
		"nvrwatch.device.model=M1065-LW\n"
		"nvrwatch.device.type=Network Camera");
	assert_string_equal(NW_WIRE_READ(&w,
					 OK "root.Properties.Firmware.Version=9.80.1\r\n"
					    "root.Properties.System.SerialNumber=ACCC8E0A0B0C\r\n"
					    "root.Properties.Firmware.Version=0\r\nhalf"),
			    "vapix by content\n"
			    "nvrwatch.device.firmware=9.80.1\n"
			    "nvrwatch.device.serial=ACCC8E0A0B0C");
}

static void what_is_none(void **state)
{
	const struct nw_wire w = {
		.decoder = &nw_decoder_vapix, .proto = IPPROTO_TCP, .port = 80, .is_received = true
	};

	(void)state;
	assert_string_equal(NW_WIRE_READ(&w, OK "root.html is here\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, OK "<html>root.Brand.Brand=AXIS\n"), "no claim");
	assert_string_equal(
		NW_WIRE_READ(&w, "HTTP/1.1 401 Unauthorized\r\n\r\nroot.Brand.Brand=AXIS\n"),
		"no claim");
	assert_string_equal(NW_WIRE_READ(&w, "GET /axis-cgi/param.cgi HTTP/1.1\r\n\r\n"),
			    "no claim");
}

NW_TESTS(decoders_vapix, cmocka_unit_test(real_messages), cmocka_unit_test(what_is_none));
