/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSDP: what upnpc 2.2.4 and miniupnpd 2.3.1 of Debian 12 sent to each other in a network namespace,
 * captured with tcpdump (the kernel's version in Server is another one); and what they do not send.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_ssdp;

static const struct nw_wire w = { .decoder = &nw_decoder_ssdp, .proto = IPPROTO_UDP, .port = 1900 };
static const struct nw_wire elsewhere = { .decoder = &nw_decoder_ssdp,
					  .proto = IPPROTO_UDP,
					  .port = 40001 };
static const struct nw_wire tcp = { .decoder = &nw_decoder_ssdp,
				    .proto = IPPROTO_TCP,
				    .port = 1900 };

static const char search[] = "M-SEARCH * HTTP/1.1\r\n"
			     "HOST: 239.255.255.250:1900\r\n"
			     "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
			     "MAN: \"ssdp:discover\"\r\n"
			     "MX: 2\r\n"
			     "\r\n";
static const char answer[] =
	"HTTP/1.1 200 OK\r\n"
	"CACHE-CONTROL: max-age=120\r\n"
	"ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
	"USN: uuid:1a2b3c4d-0000-1111-2222-0123456789ab::urn:schemas-upnp-org:device:"
	"InternetGatewayDevice:1\r\n"
	"EXT:\r\n"
	"SERVER: Debian/6.1.0-18-amd64 UPnP/1.1 MiniUPnPd/2.3.1\r\n"
	"LOCATION: http://10.7.0.1:5000/rootDesc.xml\r\n"
	"OPT: \"http://schemas.upnp.org/upnp/1/0/\"; ns=01\r\n"
	"01-NLS: 1795870598\r\n"
	"BOOTID.UPNP.ORG: 1795870598\r\n"
	"CONFIGID.UPNP.ORG: 1337\r\n"
	"\r\n";
static const char root[] = "NOTIFY * HTTP/1.1\r\n"
			   "HOST: 239.255.255.250:1900\r\n"
			   "CACHE-CONTROL: max-age=60\r\n"
			   "LOCATION: http://10.7.0.1:5000/rootDesc.xml\r\n"
			   "SERVER: Debian/6.1.0-18-amd64 UPnP/1.1 MiniUPnPd/2.3.1\r\n"
			   "NT: upnp:rootdevice\r\n"
			   "USN: uuid:1a2b3c4d-0000-1111-2222-0123456789ab::upnp:rootdevice\r\n"
			   "NTS: ssdp:alive\r\n"
			   "OPT: \"http://schemas.upnp.org/upnp/1/0/\"; ns=01\r\n"
			   "01-NLS: 1795870598\r\n"
			   "BOOTID.UPNP.ORG: 1795870598\r\n"
			   "CONFIGID.UPNP.ORG: 1337\r\n"
			   "\r\n";
static const char router[] =
	"NOTIFY * HTTP/1.1\r\n"
	"HOST: 239.255.255.250:1900\r\n"
	"CACHE-CONTROL: max-age=60\r\n"
	"LOCATION: http://10.7.0.1:5000/rootDesc.xml\r\n"
	"SERVER: Debian/6.1.0-18-amd64 UPnP/1.1 MiniUPnPd/2.3.1\r\n"
	"NT: urn:schemas-upnp-org:device:InternetGatewayDevice:2\r\n"
	"USN: uuid:1a2b3c4d-0000-1111-2222-0123456789ab::urn:schemas-upnp-org:device:"
	"InternetGatewayDevice:2\r\n"
	"NTS: ssdp:alive\r\n"
	"OPT: \"http://schemas.upnp.org/upnp/1/0/\"; ns=01\r\n"
	"01-NLS: 1795870598\r\n"
	"BOOTID.UPNP.ORG: 1795870598\r\n"
	"CONFIGID.UPNP.ORG: 1337\r\n"
	"\r\n";

static void real_messages(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&elsewhere, search),
			    "ssdp by content\n"
			    "nvrwatch.service.type="
			    "urn:schemas-upnp-org:device:InternetGatewayDevice:1");
	assert_string_equal(NW_WIRE_READ(&elsewhere, answer),
			    "ssdp by content\n"
			    "nvrwatch.device.url=http://10.7.0.1:5000/rootDesc.xml\n"
			    "nvrwatch.device.uuid=1a2b3c4d-0000-1111-2222-0123456789ab\n"
			    "nvrwatch.server.software="
			    "Debian/6.1.0-18-amd64 UPnP/1.1 MiniUPnPd/2.3.1\n"
			    "nvrwatch.service.type="
			    "urn:schemas-upnp-org:device:InternetGatewayDevice:1");
	assert_string_equal(NW_WIRE_READ(&w, router),
			    "ssdp by content\n"
			    "nvrwatch.device.url=http://10.7.0.1:5000/rootDesc.xml\n"
			    "nvrwatch.device.uuid=1a2b3c4d-0000-1111-2222-0123456789ab\n"
			    "nvrwatch.server.software="
			    "Debian/6.1.0-18-amd64 UPnP/1.1 MiniUPnPd/2.3.1\n"
			    "nvrwatch.service.type="
			    "urn:schemas-upnp-org:device:InternetGatewayDevice:2");
	/* what every device is does not hide what this one is */
	assert_string_equal(NW_WIRE_READ(&w, root),
			    "ssdp by content\n"
			    "nvrwatch.device.url=http://10.7.0.1:5000/rootDesc.xml\n"
			    "nvrwatch.device.uuid=1a2b3c4d-0000-1111-2222-0123456789ab\n"
			    "nvrwatch.server.software="
			    "Debian/6.1.0-18-amd64 UPnP/1.1 MiniUPnPd/2.3.1");
}

#define SEARCH "M-SEARCH * HTTP/1.1\r\n"
#define NOTIFY "NOTIFY * HTTP/1.1\r\n"

static void other_messages(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&w,
			     SEARCH "NT: a\r\nst:ssdp:all\r\nUSER-AGENT: Linux UPnP/1.1 nvr/2\r\n"
				    "Server: no\r\nUSN: uuid:no\r\n\r\n"),
		"ssdp by content\n"
		"nvrwatch.service.type=ssdp:all\n"
		"user_agent.original=Linux UPnP/1.1 nvr/2");
	assert_string_equal(NW_WIRE_READ(&w, NOTIFY "NT: uuid:7\r\nNTS: ssdp:byebye\r\n"
						    "USN: uuid:7\r\n\r\n"),
			    "ssdp by content\nnvrwatch.device.uuid=7");
	assert_string_equal(NW_WIRE_READ(&w, NOTIFY "USN: uuid\r\nUSN: uuid \r\n\r\n"),
			    "ssdp by content");
	assert_string_equal(
		NW_WIRE_READ(&w, NOTIFY "Location: http://10.0.0.9/d.xml?t=1#x\r\n\r\n"),
		"ssdp by content\nnvrwatch.device.url=http://10.0.0.9/d.xml");
	assert_string_equal(NW_WIRE_READ(&w, NOTIFY "Location: http://u:p@10.0.0.9/d.xml\r\n\r\n"),
			    "ssdp by content");
}

/* The same head over TCP; SIP; HTTP of another kind; a file that is called "*". */
static void near_misses(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&tcp, search), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "M-SEARCH * SIP/2.0\r\nST: a\r\n\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "M-SEARCH * HTTP/2.0\r\nST: a\r\n\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "NOTIFY /a HTTP/1.1\r\nNT: a\r\n\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "OPTIONS * HTTP/1.1\r\nST: a\r\n\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "M-SEARCH *\r\n"), "no claim");
	assert_string_equal(NW_WIRE_READ(&w, ""), "no claim");
}

NW_TESTS(decoders_ssdp, cmocka_unit_test(real_messages), cmocka_unit_test(other_messages),
	 cmocka_unit_test(near_misses));
