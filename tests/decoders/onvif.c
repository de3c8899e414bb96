/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ONVIF: the Probe of onvif-util 1.4.4 and the Hello of wsdd 0.7.0 (which is no camera's) of Debian
 * 12; answers with the scopes that cameras of Hikvision, Uniview and Dahua are seen to send (their
 * strings from public tests of discovery programs), in the form of WS-Discovery 4-6 and ONVIF's
 * core specification 7.3 and devicemgmt.wsdl.
 */
#include "decoders/wire.h"
#include "scrub.h"

extern const struct nw_decoder nw_decoder_onvif;

static const struct nw_wire sent = { .decoder = &nw_decoder_onvif,
				     .proto = IPPROTO_UDP,
				     .port = 3702 };
static const struct nw_wire received = {
	.decoder = &nw_decoder_onvif, .proto = IPPROTO_UDP, .port = 3702, .is_received = true
};
static const struct nw_wire elsewhere = { .decoder = &nw_decoder_onvif,
					  .proto = IPPROTO_UDP,
					  .port = 37020 };
static const struct nw_wire http = {
	.decoder = &nw_decoder_onvif, .proto = IPPROTO_TCP, .port = 80, .is_received = true
};

#define SOAP	  "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">"
#define DISCOVERY "http://schemas.xmlsoap.org/ws/2005/04/discovery"
#define MATCHES                                                                             \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" SOAP "<s:Header><a:MessageID>uuid:1" \
	"</a:MessageID></s:Header><s:Body><d:ProbeMatches xmlns:d=\"" DISCOVERY             \
	"\"><d:ProbeMatch><a:EndpointReference><a:Address>"                                 \
	"urn:uuid:8a620000-4af4-11b4-82c5-50e538bbaad1</a:Address></a:EndpointReference>"
#define HIKVISION                                                                            \
	"<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>"                 \
	"onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/Profile/Streaming "  \
	"onvif://www.onvif.org/MAC/50:e5:38:bb:aa:d1 onvif://www.onvif.org/hardware/DS-"     \
	"2CD1023G0-I onvif://www.onvif.org/name/HIKVISION%20DS-2CD1023G0-I "                 \
	"onvif://www.onvif.org/location/country/china "                                      \
	"onvif://www.onvif.org/location/city/hangzhou</d:Scopes><d:XAddrs>"                  \
	"http://192.168.1.64/onvif/device_service http://[fe80::52e5:38ff:febb:aad1]/onvif/" \
	"device_service</d:XAddrs>"
#define END "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"

#define ANSWER                                                                           \
	"HTTP/1.1 200 OK\r\nServer: gSOAP/2.8\r\nContent-Type: application/soap+xml\r\n" \
	"Transfer-Encoding: chunked\r\n\r\n1a2\r\n<?xml version=\"1.0\"?>" SOAP "<s:Body>"
#define DEVICE \
	"<tds:GetDeviceInformationResponse xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\">"

static void probes(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(
			&sent,
			"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\""
			"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><s:Header><a:Action "
			"s:mustUnderstand=\"1\">" DISCOVERY "/Probe</a:Action><a:MessageID>"
			"uuid:6bbdae2d-f229-42c8-a27b-93880fb80826</a:MessageID><a:ReplyTo>"
			"<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
			"</a:Address></a:ReplyTo><a:To s:mustUnderstand=\"1\">"
			"urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body>"
			"<Probe xmlns=\"" DISCOVERY "\"><d:Types xmlns:d=\"" DISCOVERY
			"\" xmlns:dp0=\"http://www.onvif.org/ver10/device/wsdl\">dp0:Device"
			"</d:Types></Probe></s:Body></s:Envelope>"),
		"onvif by content\nnvrwatch.service.type=Device");
	/* Windows and printers look for others */
	assert_string_equal(NW_WIRE_READ(&sent, SOAP "<s:Body><d:Probe xmlns:d=\"" DISCOVERY
						     "\"><d:Types>wsdp:Device pub:Computer"
						     "</d:Types></d:Probe></s:Body></s:Envelope>"),
			    "ws-discovery by content\nnvrwatch.service.type=Device Computer");
	assert_string_equal(NW_WIRE_READ(&sent, SOAP "<s:Body><Probe xmlns=\"http://docs."
						     "oasis-open.org/ws-dd/ns/discovery/2009/01\"/>"
						     "</s:Body></s:Envelope>"),
			    "ws-discovery by content");
}

static void answers(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&received, MATCHES HIKVISION END),
			    "onvif by content\nnvrwatch.device.hardware=DS-2CD1023G0-I\n"
			    "nvrwatch.device.ip=192.168.1.64\n"
			    "nvrwatch.device.location=country/china city/hangzhou\n"
			    "nvrwatch.device.mac=50:e5:38:bb:aa:d1\n"
			    "nvrwatch.device.name=HIKVISION DS-2CD1023G0-I\n"
			    "nvrwatch.device.url=http://192.168.1.64/onvif/device_service\n"
			    "nvrwatch.device.uuid=8a620000-4af4-11b4-82c5-50e538bbaad1\n"
			    "nvrwatch.service.type=NetworkVideoTransmitter Device");
	/* Uniview's words for the same; IPv6 first; escapes of XML and of URLs */
	assert_string_equal(
		NW_WIRE_READ(&received,
			     MATCHES "<d:Scopes>onvif://www.onvif.org/macaddr/48EA631BAE10\n"
				     "onvif://www.onvif.org/version/IPC_2401-B5265P13\r\n"
				     "onvif://www.onvif.org/serial/210235C1MCA158001067 "
				     "onvif://www.onvif.org/name/A%26B&amp;C%2&lt;%zz "
				     "onvif://www.onvif.org/hardware/ onvif://www.onvif.org/name "
				     "http://www.onvif.org/hardware/other</d:Scopes><d:XAddrs>"
				     "http://[fe80::1]:81/onvif/device_service?a</d:XAddrs>" END),
		"onvif by content\nnvrwatch.device.firmware=IPC_2401-B5265P13\n"
		"nvrwatch.device.ip=fe80::1\nnvrwatch.device.mac=48:ea:63:1b:ae:10\n"
		"nvrwatch.device.name=A&B&C%2<%zz\nnvrwatch.device.serial=210235C1MCA158001067\n"
		"nvrwatch.device.url=http://[fe80::1]:81/onvif/device_service\n"
		"nvrwatch.device.uuid=8a620000-4af4-11b4-82c5-50e538bbaad1");
	/* no address of a user; a name is no address; the next device is another one */
	assert_string_equal(NW_WIRE_READ(&received,
					 MATCHES "<d:XAddrs>http://u:p@cam/onvif</d:XAddrs>"
						 "</d:ProbeMatch><d:ProbeMatch><d:XAddrs>"
						 "http://10.0.0.2/</d:XAddrs>" END),
			    "ws-discovery by content\n"
			    "nvrwatch.device.uuid=8a620000-4af4-11b4-82c5-50e538bbaad1");
}

/* The same elements where nobody speaks of himself. */
static void other_places(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&received,
			     SOAP "<s:Header><Types>a</Types><a:From><a:EndpointReference>"
				  "<a:Address>uuid:2</a:Address></a:EndpointReference></a:From>"
				  "</s:Header><s:Body><Bye xmlns=\"" DISCOVERY
				  "\"><EndpointReference><Address>http://h/uuid:3</Address>"
				  "</EndpointReference></Bye></s:Body></s:Envelope>"),
		"ws-discovery by content");
	assert_string_equal(NW_WIRE_READ(&http, ANSWER "<AddScopes xmlns=\"http://www.onvif.org/"
						       "ver10/device/wsdl\"><ScopeItem>"
						       "onvif://www.onvif.org/name/a</ScopeItem>"
						       "<Model>b</Model></AddScopes>"),
			    "onvif by content");
	/* a prefix that is bound beyond the cut */
	assert_string_equal(NW_WIRE_READ(&sent,
					 SOAP "<s:Body><Probe xmlns=\"" DISCOVERY
					      "\"><Types>dn:NetworkVideoTransmitter</Types>"),
			    "onvif by content\nnvrwatch.service.type=NetworkVideoTransmitter");
}

static void hello_of_others(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(
			&received,
			"<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\""
			"http://www.w3.org/2003/05/soap-envelope\" xmlns:wsa=\"http://"
			"schemas.xmlsoap.org/ws/2004/08/addressing\" xmlns:wsd=\"" DISCOVERY
			"\" xmlns:wsdp=\"http://schemas.xmlsoap.org/ws/2006/02/devprof\">"
			"<soap:Header><wsa:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</wsa:To>"
			"<wsa:Action>" DISCOVERY "/Hello</wsa:Action><wsa:MessageID>"
			"urn:uuid:283ae826-eb2d-11f1-9faa-72e80f8e5a00</wsa:MessageID>"
			"<wsd:AppSequence InstanceId=\"1795871460\" SequenceId=\"urn:uuid:283aecd6-"
			"eb2d-11f1-9faa-72e80f8e5a00\" MessageNumber=\"0\" /></soap:Header>"
			"<soap:Body><wsd:Hello><wsa:EndpointReference><wsa:Address>"
			"urn:uuid:e5e61fb5-d685-5b50-9ba7-acb6e6962ef3</wsa:Address>"
			"</wsa:EndpointReference><wsd:XAddrs>http://10.77.0.1:5357/e5e61fb5-d685-"
			"5b50-9ba7-acb6e6962ef3</wsd:XAddrs><wsd:MetadataVersion>1"
			"</wsd:MetadataVersion></wsd:Hello></soap:Body></soap:Envelope>"),
		"ws-discovery by content\nnvrwatch.device.ip=10.77.0.1\n"
		"nvrwatch.device.url=http://10.77.0.1:5357/e5e61fb5-d685-5b50-9ba7-acb6e6962ef3\n"
		"nvrwatch.device.uuid=e5e61fb5-d685-5b50-9ba7-acb6e6962ef3");
}

/* A datagram longer than the head: whole words of its scopes are told, half a word is not. */
static void cut(void **state)
{
	static const char whole[] = MATCHES HIKVISION END;
	const char *in_name = strstr(whole, "%20DS");

	(void)state;
	assert_string_equal(
		nw_wire_read_cut(&received, whole, (size_t)(in_name - whole), sizeof(whole) - 1),
		"onvif by content\nnvrwatch.device.hardware=DS-2CD1023G0-I\n"
		"nvrwatch.device.mac=50:e5:38:bb:aa:d1\n"
		"nvrwatch.device.uuid=8a620000-4af4-11b4-82c5-50e538bbaad1\n"
		"nvrwatch.service.type=NetworkVideoTransmitter Device");
}

static void services(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&http, ANSWER DEVICE
			     "<tds:Manufacturer>HIKVISION</tds:Manufacturer>"
			     "<tds:Model>DS-2CD2042WD-I</tds:Model><tds:FirmwareVersion>V5.4.5"
			     " build 170123</tds:FirmwareVersion><tds:SerialNumber>DS-2CD2042WD-"
			     "I20170101AAWR1</tds:SerialNumber><tds:HardwareId>88&amp;1"
			     "</tds:HardwareId></tds:GetDeviceInformationResponse>"),
		"onvif by content\nnvrwatch.device.firmware=V5.4.5 build 170123\n"
		"nvrwatch.device.hardware=88&1\nnvrwatch.device.maker=HIKVISION\n"
		"nvrwatch.device.model=DS-2CD2042WD-I\n"
		"nvrwatch.device.serial=DS-2CD2042WD-I20170101AAWR1");
	assert_string_equal(NW_WIRE_READ(&http,
					 ANSWER "<tds:GetScopesResponse xmlns:tds=\"http://"
						"www.onvif.org/ver10/device/wsdl\"><tds:Scopes>"
						"<tt:ScopeItem>onvif://www.onvif.org/location/a"
						"</tt:ScopeItem></tds:Scopes><tds:Scopes>"
						"<tt:ScopeItem>onvif://www.onvif.org/name/x%20y"
						"</tt:ScopeItem></tds:Scopes>"),
			    "onvif by content\nnvrwatch.device.location=a\n"
			    "nvrwatch.device.name=x y");
	assert_string_equal(NW_WIRE_READ(&http,
					 ANSWER "<GetNetworkInterfacesResponse xmlns=\"http://"
						"www.onvif.org/ver10/device/wsdl\"><Info>"
						"<HwAddress>50-E5-38-BB-AA-D1</HwAddress>"),
			    "onvif by content\nnvrwatch.device.mac=50:e5:38:bb:aa:d1");
	/* requests: who is asked, by the path or by the operation */
	assert_string_equal(NW_WIRE_READ(&http, "POST /onvif/device_service HTTP/1.1\r\nHost: cam"),
			    "onvif by content");
	assert_string_equal(NW_WIRE_READ(&http,
					 "POST /a HTTP/1.1\r\nContent-Type: application/"
					 "soap+xml; action=\"http://www.onvif.org/ver10/device/"
					 "wsdl/GetDeviceInformation\"\r\n"),
			    "onvif by content");
}

/* With what HTTP's decoder says; ONVIF names the flow; a password is masked before it comes here. */
static void in_http(void **state)
{
	uint8_t bytes[] = "POST /onvif/device_service HTTP/1.1\r\nHost: cam\r\nContent-Type: "
			  "application/soap+xml\r\n\r\n" SOAP "<s:Header><UsernameToken><Username>"
			  "admin</Username><Password>geheim</Password></UsernameToken></s:Header>"
			  "<s:Body><GetDeviceInformation xmlns=\"http://www.onvif.org/ver10/device"
			  "/wsdl\"/></s:Body></s:Envelope>";
	static struct nw_facts facts;
	struct nw_ev_head *head;

	(void)state;
	nw_scrub_head(bytes, sizeof(bytes) - 1);
	assert_null(strstr((char *)bytes, "geheim"));
	head = nw_wire_head(&http, bytes, sizeof(bytes) - 1, sizeof(bytes) - 1);
	assert_int_equal(nw_decode(head, &facts), 1);
	assert_string_equal(facts.protocol, "onvif");
	assert_int_equal(facts.depth, 1);
	assert_string_equal(nw_wire_text(&http, &facts, NW_BASIS_CONTENT),
			    "onvif by content\nhttp.request.method=POST\n"
			    "http.request.mime_type=application/soap+xml\nhttp.version=1.1\n"
			    "url.domain=cam\nurl.path=/onvif/device_service");
	free(head);
}

static void hostile(void **state)
{
	static char many[NW_WIRE_MAX];
	size_t len = (size_t)sprintf(many, MATCHES "<d:Scopes>");

	(void)state;
	while (len + 64 < sizeof(many)) {
		len += (size_t)sprintf(many + len, "onvif://www.onvif.org/name/%zu ", len);
	}
	assert_non_null(strstr(nw_wire_read_cut(&received, many, len, len + 1),
			       "onvif by content\nnvrwatch.device.name=3"));
	len = (size_t)sprintf(many, MATCHES);
	while (len + 64 < sizeof(many)) {
		len += (size_t)sprintf(many + len, "<a><b></b>");
	}
	assert_string_equal(nw_wire_read_cut(&received, many, len, len),
			    "ws-discovery by content\n"
			    "nvrwatch.device.uuid=8a620000-4af4-11b4-82c5-50e538bbaad1");
}

static void not_onvif(void **state)
{
	static const char *const others[] = {
		"<?xml version=\"1.0\"?><Probe><Uuid>1</Uuid><Types>inquiry</Types></Probe>", /* SADP */
		"<html><body>www.onvif.org/ver10 " DISCOVERY "</body></html>",
		"M-SEARCH * HTTP/1.1\r\nST: " DISCOVERY "\r\n\r\n",
		SOAP "<s:Body/></s:Envelope>",
		"<Envelope",
		"",
	};
	static const char *const of_http[] = {
		"GET /onvif/snapshot HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /onvi HTTP/1.1\r\n\r\n",
		"GET /a HTTP/1.1\r\nReferer: http://www.onvif.org/ver10/device/wsdl/d.wsdl\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n<html>http://www.onvif.org/ver10/device/wsdl</html>",
		"HTTP/1.1 200 OK\r\n\r\n" SOAP "<s:Body><u:Other xmlns:u=\"urn:upnp\"/></s:Body>",
		"HTTP/1.1 200 OK\r\n\r\n",
		MATCHES,
	};

	(void)state;
	nw_wire_check_foreign(&elsewhere, others, NW_ARRAY_SIZE(others));
	for (size_t i = 0; i < sizeof(of_http) / sizeof(of_http[0]); i++) {
		assert_string_equal(nw_wire_read(&http, of_http[i], strlen(of_http[i])),
				    "no claim");
	}
	/* an envelope that names no discovery speaks by the port alone */
	assert_string_equal(NW_WIRE_READ(&sent, SOAP "<s:Body/></s:Envelope>"),
			    "ws-discovery by port");
}

NW_TESTS(decoders_onvif, cmocka_unit_test(probes), cmocka_unit_test(answers),
	 cmocka_unit_test(other_places), cmocka_unit_test(hello_of_others), cmocka_unit_test(cut),
	 cmocka_unit_test(services), cmocka_unit_test(in_http), cmocka_unit_test(hostile),
	 cmocka_unit_test(not_onvif));
