/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upnp-port-map: what is asked of a router and what it answers. The messages are what upnpc, natpmpc
 * and miniupnpd of Debian 12 said to each other, shortened (see tests/decoders/igd.c, natpmp.c); the
 * answer that grants a port is RFC 6886's.
 */
#include "indicators/door.h"

#define ID "upnp-port-map"

#define CALL_HEAD(action)                                                             \
	"POST /ctl/IPConn HTTP/1.1\r\nHost: 10.0.0.1:5000\r\nContent-Length: 589\r\n" \
	"Content-Type: text/xml\r\n"                                                  \
	"SOAPAction: \"urn:schemas-upnp-org:service:WANIPConnection:2#" action "\"\r\n\r\n"
#define BODY(action, client)                                                                       \
	"<?xml version=\"1.0\"?>\r\n<s:Envelope><s:Body><u:" action                                \
	"><NewRemoteHost></NewRemoteHost><NewExternalPort>10554</NewExternalPort><NewProtocol>TCP" \
	"</NewProtocol><NewInternalPort>554</NewInternalPort><NewInternalClient>" client           \
	"</NewInternalClient><NewEnabled>1</NewEnabled></u:" action "></s:Body></s:Envelope>\r\n"
#define YES "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nServer: UPnP/1.1 MiniUPnPd/2.3.1\r\n\r\n"
#define NO  "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/xml\r\n\r\n"

#define ADD	       CALL_HEAD("AddPortMapping") BODY("AddPortMapping", "10.0.0.5")
#define ADD_FOR_CAMERA CALL_HEAD("AddPortMapping") BODY("AddPortMapping", CAMERA)

static const char pmp_open[] = "\x00\x02\x00\x00\x21\x6a\xaf\xc8\x00\x00\x0e\x10";
static const char pmp_yes[] = "\x00\x82\x00\x00\x00\x00\x09\x8a\x21\x6a\xaf\xc8\x00\x00\x0e\x10";
static const char pmp_no[] = "\x00\x82\x00\x03\x00\x00\x09\x8a\x21\x6a\xaf\xc8\x00\x00\x0e\x10";
static const char pmp_close[] = "\x00\x02\x00\x00\x13\x88\x00\x00\x00\x00\x00\x00";
static const char pmp_address[] = "\x00\x00";

#define IGD(...)                                                                          \
	TO_OUTSIDE(.to = "10.0.0.1", .to_port = 5000, .tx = 900, .rx = 500, .every = 900, \
		   __VA_ARGS__)
#define PMP(...)                                                                                \
	TO_OUTSIDE(.proto = IPPROTO_UDP, .to = "10.0.0.1", .to_port = 5351, .tx = 12, .rx = 16, \
		   .every = 900, __VA_ARGS__)

static const struct sight sights[] = {
	{ .what = "IGD opens", .leg = { IGD(.sends = ADD, .gets = YES) }, .seconds = 3, 65, 65 },
	{ .what = "IGD, no answer", .leg = { IGD(.sends = ADD, .rx = 0) }, .seconds = 3, 55, 55 },
	{ .what = "IGD, refused", .leg = { IGD(.sends = ADD, .gets = NO) }, .seconds = 3, 40, 40 },
	{ .what = "the arguments are not seen",
	  .leg = { IGD(.sends = CALL_HEAD("AddPortMapping"), .gets = YES) },
	  .seconds = 3,
	  65,
	  65 },
	{ .what = "a way to a camera",
	  .leg = { IGD(.sends = ADD_FOR_CAMERA, .gets = YES) },
	  .seconds = 3,
	  85,
	  85 },
	{ .what = "NAT-PMP opens",
	  .leg = { PMP(.sends = pmp_open, .sends_len = 12, .gets = pmp_yes, .gets_len = 16) },
	  .seconds = 3,
	  65,
	  65 },
	{ .what = "NAT-PMP, refused",
	  .leg = { PMP(.sends = pmp_open, .sends_len = 12, .gets = pmp_no, .gets_len = 16) },
	  .seconds = 3,
	  40,
	  40 },
	{ .what = "NAT-PMP closes",
	  .leg = { PMP(.sends = pmp_close, .sends_len = 12) },
	  .seconds = 3,
	  10,
	  10 },
	{ .what = "closes, and asks for more over the same socket",
	  .leg = { PMP(.sends = pmp_close, .sends_len = 12, .tx = 2400) },
	  .seconds = 3,
	  40,
	  40 },
	{ .what = "IGD closes",
	  .leg = { IGD(.sends = CALL_HEAD("DeletePortMapping"), .gets = YES) },
	  .seconds = 3,
	  10,
	  10 },

	{ .what = "which address is outside, IGD",
	  .leg = { IGD(.sends = CALL_HEAD("GetExternalIPAddress"), .gets = YES) },
	  .seconds = 3,
	  0,
	  0 },
	{ .what = "which address is outside, NAT-PMP",
	  .leg = { PMP(.sends = pmp_address, .sends_len = 2) },
	  .seconds = 3,
	  0,
	  0 },
	{ .what = "a look for routers",
	  .leg = { TO_OUTSIDE(
			  .proto = IPPROTO_UDP, .to = "239.255.255.250", .to_port = 1900, .tx = 94,
			  .sends =
				  "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
				  "MAN: \"ssdp:discover\"\r\nMX: 2\r\nST: upnp:rootdevice\r\n\r\n") },
	  .seconds = 3,
	  0,
	  0 },
	{ .what = "a page",
	  .leg = { IGD(.sends = "GET / HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n", .gets = YES) },
	  .seconds = 3,
	  0,
	  0 },
};

static void what_is_told_and_what_not(void **state)
{
	(void)state;
	look_at_all(ID, sights, NW_ARRAY_SIZE(sights));
}

/* What stands behind the port: the recorder's listener, and one that is declared. */
static void who_is_behind_it(void **state)
{
	static const struct {
		const char *yaml;
		uint32_t pid;
		unsigned score;
	} rows[] = { { "", RECORDER, 85 },
		     { "", OTHER, 65 },
		     { "listeners: [{port: 554}]", RECORDER, 30 } };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct sight s = { .yaml = rows[i].yaml };
		struct leg ask = IGD(.sends = ADD, .gets = YES);
		struct nw_feed *f = look_at(&s);
		struct nw_ev_sock l = nw_feed_sock(f, NW_SOCK_LISTEN, 900, rows[i].pid);

		l.flags = NW_SOCK_LISTENER;
		l.lport_be = htons(554);
		nw_feed_event(f, &l.ev);
		run_legs(f, &ask, 1, 3);
		assert_int_equal(last_found(f, ID)->score, rows[i].score);
		assert_int_equal(evidence(last_found(f, ID), "internal_port"), 554);
		assert_int_equal(evidence(last_found(f, ID), "external_port"), 10554);
		run_legs(f, NULL, 0, 3610);
		assert_int_equal(last_found(f, ID)->action, NW_FINDING_CLOSED);
		nw_feed_free(f);
	}
}

NW_TESTS(indicators_upnp_port_map, cmocka_unit_test(what_is_told_and_what_not),
	 cmocka_unit_test(who_is_behind_it));
