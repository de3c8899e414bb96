/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IGD: what upnpc 2.2.4 asked of miniupnpd 2.3.1, both of Debian 12, in a network namespace, captured
 * with tcpdump (the kernel's version in Server is another one). That router could open no port: the
 * answer that grants one is its answer with the call and argument of WANIPConnection:2, 2.5.18, and
 * the firewall's call is as in WANIPv6FirewallControl:1, 2.5.3 (UPnP Forum).
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_igd;

static const struct nw_wire w = { .decoder = &nw_decoder_igd, .proto = IPPROTO_TCP, .port = 5000 };
static const struct nw_wire udp = { .decoder = &nw_decoder_igd,
				    .proto = IPPROTO_UDP,
				    .port = 5000 };

static const char add[] =
	"POST /ctl/IPConn HTTP/1.1\r\n"
	"Host: 10.7.0.1:5000\r\n"
	"User-Agent: Debian/bookworm/sid, UPnP/1.1, MiniUPnPc/2.2.4\r\n"
	"Content-Length: 589\r\n"
	"Content-Type: text/xml\r\n"
	"SOAPAction: \"urn:schemas-upnp-org:service:WANIPConnection:2#AddPortMapping"
	"\"\r\n"
	"Connection: Close\r\n"
	"Cache-Control: no-cache\r\n"
	"Pragma: no-cache\r\n"
	"\r\n"
	"<?xml version=\"1.0\"?>\r\n"
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encoding"
	"Style=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:AddPortMappin"
	"g xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:2\"><NewRemoteHost>"
	"</NewRemoteHost><NewExternalPort>10554</NewExternalPort><NewProtocol>TCP</Ne"
	"wProtocol><NewInternalPort>554</NewInternalPort><NewInternalClient>10.7.0.2<"
	"/NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>NVR "
	"RTSP</NewPortMappingDescription><NewLeaseDuration>7200</NewLeaseDuration></u"
	":AddPortMapping></s:Body></s:Envelope>\r\n";
static const char add_any[] =
	"POST /ctl/IPConn HTTP/1.1\r\n"
	"Host: 10.7.0.1:5000\r\n"
	"User-Agent: Debian/bookworm/sid, UPnP/1.1, MiniUPnPc/2.2.4\r\n"
	"Content-Length: 594\r\n"
	"Content-Type: text/xml\r\n"
	"SOAPAction: \"urn:schemas-upnp-org:service:WANIPConnection:2#AddAnyPortMappi"
	"ng\"\r\n"
	"Connection: Close\r\n"
	"Cache-Control: no-cache\r\n"
	"Pragma: no-cache\r\n"
	"\r\n"
	"<?xml version=\"1.0\"?>\r\n"
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encoding"
	"Style=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:AddAnyPortMap"
	"ping xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:2\"><NewRemoteHo"
	"st></NewRemoteHost><NewExternalPort>0</NewExternalPort><NewProtocol>UDP</New"
	"Protocol><NewInternalPort>80</NewInternalPort><NewInternalClient>10.7.0.2</N"
	"ewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>libmin"
	"iupnpc</NewPortMappingDescription><NewLeaseDuration>7200</NewLeaseDuration><"
	"/u:AddAnyPortMapping></s:Body></s:Envelope>\r\n";
static const char delete[] =
	"POST /ctl/IPConn HTTP/1.1\r\n"
	"Host: 10.7.0.1:5000\r\n"
	"User-Agent: Debian/bookworm/sid, UPnP/1.1, MiniUPnPc/2.2.4\r\n"
	"Content-Length: 380\r\n"
	"Content-Type: text/xml\r\n"
	"SOAPAction: \"urn:schemas-upnp-org:service:WANIPConnection:2#DeletePortMappi"
	"ng\"\r\n"
	"Connection: Close\r\n"
	"Cache-Control: no-cache\r\n"
	"Pragma: no-cache\r\n"
	"\r\n"
	"<?xml version=\"1.0\"?>\r\n"
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encoding"
	"Style=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:DeletePortMap"
	"ping xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:2\"><NewRemoteHo"
	"st></NewRemoteHost><NewExternalPort>10554</NewExternalPort><NewProtocol>TCP<"
	"/NewProtocol></u:DeletePortMapping></s:Body></s:Envelope>\r\n";
static const char deleted[] =
	"HTTP/1.1 200 OK\r\n"
	"Content-Type: text/xml; charset=\"utf-8\"\r\n"
	"Connection: close\r\n"
	"Content-Length: 295\r\n"
	"Server: Debian/6.1.0-18-amd64 UPnP/1.1 MiniUPnPd/2.3.1\r\n"
	"Ext:\r\n"
	"\r\n"
	"<?xml version=\"1.0\"?>\r\n"
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encoding"
	"Style=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:DeletePortMap"
	"pingResponse xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:2\"></u:"
	"DeletePortMappingResponse></s:Body></s:Envelope>\r\n";

static void real_messages(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&w, add),
			    "igd by content\n"
			    "nvrwatch.portmap.action=open\n"
			    "nvrwatch.portmap.client=10.7.0.2\n"
			    "nvrwatch.portmap.description=NVR RTSP\n"
			    "nvrwatch.portmap.external_port=10554\n"
			    "nvrwatch.portmap.internal_port=554\n"
			    "nvrwatch.portmap.lifetime=7200\n"
			    "nvrwatch.portmap.transport=tcp\n"
			    "nvrwatch.service.type=urn:schemas-upnp-org:service:WANIPConnection:2");
	assert_string_equal(NW_WIRE_READ(&w, add_any),
			    "igd by content\n"
			    "nvrwatch.portmap.action=open\n"
			    "nvrwatch.portmap.client=10.7.0.2\n"
			    "nvrwatch.portmap.description=libminiupnpc\n"
			    "nvrwatch.portmap.internal_port=80\n"
			    "nvrwatch.portmap.lifetime=7200\n"
			    "nvrwatch.portmap.transport=udp\n"
			    "nvrwatch.service.type=urn:schemas-upnp-org:service:WANIPConnection:2");
	assert_string_equal(NW_WIRE_READ(&w, delete),
			    "igd by content\n"
			    "nvrwatch.portmap.action=close\n"
			    "nvrwatch.portmap.external_port=10554\n"
			    "nvrwatch.portmap.transport=tcp\n"
			    "nvrwatch.service.type=urn:schemas-upnp-org:service:WANIPConnection:2");
	assert_string_equal(NW_WIRE_READ(&w, deleted),
			    "igd by content\n"
			    "nvrwatch.service.type=urn:schemas-upnp-org:service:WANIPConnection:2");
	assert_string_equal(NW_WIRE_READ(&udp, add), "no claim");
}

/* A head of a stream ends after 256 bytes: what is to be done stands there, the ports do not. */
static void first_bytes(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_cut(&w, add, 256, 0),
			    "igd by content\n"
			    "nvrwatch.portmap.action=open\n"
			    "nvrwatch.service.type=urn:schemas-upnp-org:service:WANIPConnection:2");
}

/* HTTP carries it: both are told, and the flow is named by what is carried. */
static void above_http(void **state)
{
	static struct nw_facts facts;
	struct nw_ev_head *head = nw_wire_head(&w, add, sizeof(add) - 1, sizeof(add) - 1);

	(void)state;
	assert_int_equal(nw_decode(head, &facts), 1);
	assert_string_equal(facts.protocol, "igd");
	assert_int_equal(facts.depth, 1);
	assert_int_equal(facts.attr[0].key, NW_ATTR_HTTP_VERSION);
	free(head);
}

#define ENVELOPE(call)                                                                    \
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" call \
	"</s:Body></s:Envelope>"
#define WAN	     "urn:schemas-upnp-org:service:WAN"
#define POST(action) "POST /c HTTP/1.1\r\nSOAPAction: \"" WAN action "\"\r\n\r\n"
#define OK	     "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n"

static void other_calls(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&w, OK ENVELOPE("<u:AddAnyPortMappingResponse xmlns:u=\"" WAN
					     "IPConnection:2\"><NewReservedPort>37768"
					     "</NewReservedPort></u:AddAnyPortMappingResponse>")),
		"igd by content\n"
		"nvrwatch.portmap.external_port=37768\n"
		"nvrwatch.service.type=urn:schemas-upnp-org:service:WANIPConnection:2");
	assert_string_equal(
		NW_WIRE_READ(&w,
			     POST("IPv6FirewallControl:1#AddPinhole") ENVELOPE(
				     "<u:AddPinhole><InternalClient>2001:db8::7</InternalClient>"
				     "<InternalPort>554</InternalPort><Protocol>6</Protocol>"
				     "<LeaseTime>60</LeaseTime></u:AddPinhole>")),
		"igd by content\n"
		"nvrwatch.portmap.action=open\n"
		"nvrwatch.portmap.client=2001:db8::7\n"
		"nvrwatch.portmap.internal_port=554\n"
		"nvrwatch.portmap.lifetime=60\n"
		"nvrwatch.portmap.transport=tcp\n"
		"nvrwatch.service.type=urn:schemas-upnp-org:service:WANIPv6FirewallControl:1");
	assert_string_equal(
		NW_WIRE_READ(&w, POST("PPPConnection:1#GetExternalIPAddress")),
		"igd by content\n"
		"nvrwatch.service.type=urn:schemas-upnp-org:service:WANPPPConnection:1");
}

/* Numbers that are none, arguments in the wrong place, escapes, a description of the device. */
static void near_misses(void **state)
{
#define TYPE "nvrwatch.service.type=urn:schemas-upnp-org:service:WANIPConnection:1"
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&w,
			     POST("IPConnection:1#AddPortMapping") ENVELOPE(
				     "<a:AddPortMapping><NewExternalPort>-1</NewExternalPort>"
				     "<NewInternalPort>99999999999</NewInternalPort>"
				     "<NewProtocol>SCTP</NewProtocol>"
				     "<NewPortMappingDescription>a&lt;b</NewPortMappingDescription>"
				     "</a:AddPortMapping>")),
		"igd by content\n"
		"nvrwatch.portmap.action=open\n"
		"nvrwatch.portmap.description=a<b\n" TYPE);
	assert_string_equal(
		NW_WIRE_READ(&w, POST("IPConnection:1#GetGenericPortMappingEntry") ENVELOPE(
					 "<a><AddPortMapping><NewInternalPort>1</NewInternalPort>"
					 "</AddPortMapping></a><b><NewInternalPort>2"
					 "</NewInternalPort></b>")),
		"igd by content\n" TYPE);
	assert_string_equal(
		NW_WIRE_READ(&w, POST("CommonInterfaceConfig:1#GetCommonLinkProperties")),
		"no claim");
	assert_string_equal(NW_WIRE_READ(&w, "GET /c HTTP/1.1\r\nSOAPAction: \"" WAN
					     "IPConnection:1#AddPortMapping\"\r\n\r\n"),
			    "no claim");
	assert_string_equal(NW_WIRE_READ(&w, "POST /c HTTP/1.1\r\nX: \"" WAN
					     "IPConnection:1#AddPortMapping\"\r\n\r\n"),
			    "no claim");
	assert_string_equal(NW_WIRE_READ(&w, OK "<root><serviceType>" WAN "IPConnection:1"
						"</serviceType></root>"),
			    "no claim");
	assert_string_equal(NW_WIRE_READ(&w, OK ENVELOPE("<a/>")), "no claim");
}

NW_TESTS(decoders_igd, cmocka_unit_test(real_messages), cmocka_unit_test(first_bytes),
	 cmocka_unit_test(above_http), cmocka_unit_test(other_calls),
	 cmocka_unit_test(near_misses));
