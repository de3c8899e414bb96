/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ISAPI: the deviceInfo of a camera as it stands in public notes of integrators (its order and
 * values; the serial number is changed), an alarm as cameras push it, and curl 7.88.1's request of
 * Debian 12; the namespaces that firmwares use; what is near and is not ISAPI.
 */
#include "decoders/wire.h"

extern const struct nw_decoder nw_decoder_isapi;

static const struct nw_wire received = {
	.decoder = &nw_decoder_isapi, .proto = IPPROTO_TCP, .port = 80, .is_received = true
};
static const struct nw_wire sent = { .decoder = &nw_decoder_isapi,
				     .proto = IPPROTO_TCP,
				     .port = 80 };

#define ANSWER                                                                          \
	"HTTP/1.1 200 OK\r\nServer: webserver\r\nContent-Type: application/xml\r\n\r\n" \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SPACE "xmlns=\"http://www.hikvision.com/ver20/XMLSchema\""
#define INFO                                                                                \
	"<DeviceInfo version=\"2.0\" " SPACE ">\n<deviceName>IP CAMERA</deviceName>\n"      \
	"<deviceID>8a620000-4af4-11b4-82c5-50e538bbaad1</deviceID>\n"                       \
	"<deviceDescription>IPCamera</deviceDescription>\n"                                 \
	"<deviceLocation>hangzhou</deviceLocation>\n"                                       \
	"<systemContact>Hikvision.China</systemContact>\n<model>DS-2CD63C5G1-IVS</model>\n" \
	"<serialNumber>DS-2CD63C5G1-IVS20250709AAWRGB0000001</serialNumber>\n"              \
	"<macAddress>50:e5:38:bb:aa:d1</macAddress>\n"                                      \
	"<firmwareVersion>V5.8.3</firmwareVersion>\n"                                       \
	"<firmwareReleasedDate>build 240821</firmwareReleasedDate>\n"                       \
	"<encoderVersion>V7.3</encoderVersion>\n<hardwareVersion>0x0</hardwareVersion>\n"   \
	"<deviceType>IPCamera</deviceType>\n<manufacturer>hikvision</manufacturer>\n"       \
	"</DeviceInfo>\n"

static void device(void **state)
{
	static const char *const reading =
		"isapi by content\nnvrwatch.device.firmware=V5.8.3\n"
		"nvrwatch.device.location=hangzhou\nnvrwatch.device.mac=50:e5:38:bb:aa:d1\n"
		"nvrwatch.device.maker=hikvision\nnvrwatch.device.model=DS-2CD63C5G1-IVS\n"
		"nvrwatch.device.name=IP CAMERA\n"
		"nvrwatch.device.serial=DS-2CD63C5G1-IVS20250709AAWRGB0000001\n"
		"nvrwatch.device.type=IPCamera\n"
		"nvrwatch.device.uuid=8a620000-4af4-11b4-82c5-50e538bbaad1";

	(void)state;
	assert_string_equal(NW_WIRE_READ(&received, ANSWER INFO), reading);
	/* an address that is none, escapes, what is deeper than a device's own */
	assert_string_equal(
		NW_WIRE_READ(&received,
			     ANSWER "<DeviceInfo " SPACE "><macAddress>none</macAddress><deviceID>"
				    "88</deviceID><deviceID>8a620000-4af4-11b4-82c5+50e538bbaad1"
				    "</deviceID><deviceID>8a620000-4af4-11b4-82c5-50e538bbaadg"
				    "</deviceID><hdd><model>disk</model></hdd><ipAddress>10.0.0.1"
				    "</ipAddress><deviceName>A&amp;B</deviceName><model>half"),
		"isapi by content\nnvrwatch.device.name=A&B");
	/* too long for a UUID; other documents, and devices inside one */
	assert_string_equal(NW_WIRE_READ(&received, ANSWER "<DeviceInfo " SPACE
							   "><deviceID>8a620000-4af4-11b4-82c5-"
							   "50e538bbaad10</deviceID></DeviceInfo>"),
			    "isapi by content");
	assert_string_equal(NW_WIRE_READ(&received, ANSWER
					 "<hdd " SPACE "><model>disk</model><DeviceInfo><model>a"
					 "</model></DeviceInfo></hdd>"),
			    "isapi by content");
}

static void namespaces(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&received,
					 ANSWER "<ResponseStatus version=\"1.0\" xmlns=\"http://"
						"www.std-cgi.com/ver20/XMLSchema\"><statusCode>4"),
			    "isapi by content");
	assert_string_equal(NW_WIRE_READ(&received,
					 ANSWER "<userCheck xmlns=\"http://www.isapi.org/ver20/"
						"XMLSchema\"><statusValue>401"),
			    "isapi by content");
	/* a camera pushes an alarm to who watches it, or answers a stream of them */
	assert_string_equal(
		NW_WIRE_READ(
			&received,
			"POST /alarms HTTP/1.1\r\nHost: nvr\r\nContent-Type: application/xml\r\n"
			"\r\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			"<EventNotificationAlert version=\"1.0\" xmlns=\"urn:psialliance-org\">\n"
			"<ipAddress>192.168.1.64</ipAddress>\n<protocolType>HTTP</protocolType>"
			"<macAddress>84:9a:40:ec:f1:6d</macAddress>\n<channelID>1</channelID>\n"
			"<serialNumber>a</serialNumber>"),
		"isapi by content\nnvrwatch.device.ip=192.168.1.64\n"
		"nvrwatch.device.mac=84:9a:40:ec:f1:6d");
	assert_string_equal(NW_WIRE_READ(&received,
					 "HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; "
					 "boundary=boundary\r\n\r\n--boundary\r\nContent-Type: "
					 "application/xml\r\n\r\n<EventNotificationAlert " SPACE
					 "><ipAddress>10.0.0.9</ipAddress>"),
			    "isapi by content\nnvrwatch.device.ip=10.0.0.9");
}

static void requests(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&sent, "GET /ISAPI/System/deviceInfo HTTP/1.1\r\n"
						"Host: localhost\r\nUser-Agent: curl/7.88.1\r\n"
						"Accept: */*\r\n\r\n"),
			    "isapi by content");
	assert_string_equal(
		NW_WIRE_READ(&sent, "PUT http://cam/ISAPI/System/reboot?a=b HTTP/1.1\r\n"),
		"isapi by content");
	assert_string_equal(NW_WIRE_READ(&sent, "PUT /ISAPI/PTZCtrl/channels/1/continuous HTT"),
			    "isapi by content");
}

/* With what HTTP's decoder says; ISAPI names the flow. */
static void in_http(void **state)
{
	static const char bytes[] = "GET /ISAPI/Event/notification/alertStream HTTP/1.1\r\n"
				    "Host: 10.0.0.9\r\n\r\n";
	struct nw_ev_head *head = nw_wire_head(&sent, bytes, sizeof(bytes) - 1, sizeof(bytes) - 1);
	static struct nw_facts facts;

	(void)state;
	assert_int_equal(nw_decode(head, &facts), 1);
	assert_string_equal(facts.protocol, "isapi");
	assert_int_equal(facts.depth, 1);
	assert_string_equal(nw_wire_text(&sent, &facts, NW_BASIS_CONTENT),
			    "isapi by content\nhttp.request.method=GET\nhttp.version=1.1\n"
			    "url.domain=10.0.0.9\nurl.path=/ISAPI/Event/notification/alertStream");
	free(head);
}

static void hostile(void **state)
{
	static char many[NW_WIRE_MAX];
	size_t len = (size_t)sprintf(many, ANSWER "<DeviceInfo " SPACE ">");

	(void)state;
	while (len + 64 < sizeof(many)) {
		len += (size_t)sprintf(many + len, "<model>%zu</model>", len);
	}
	assert_string_equal(nw_wire_read_cut(&received, many, len, len),
			    "isapi by content\nnvrwatch.device.model=169");
}

static void not_isapi(void **state)
{
	static const struct nw_wire udp = { .decoder = &nw_decoder_isapi,
					    .proto = IPPROTO_UDP,
					    .port = 37020 };
	static const char *const others[] = {
		"GET /isapi/System HTTP/1.1\r\n\r\n",
		"GET /ISAPI/ HTTP/1.1\r\n\r\n",
		"GET /a/ISAPI/System HTTP/1.1\r\n\r\n",
		"GET /a?/ISAPI/System HTTP/1.1\r\n\r\n",
		"GET /ISAPI/System RTSP/1.0\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\r\n<DeviceInfo><deviceName>a</deviceName></DeviceInfo>",
		"HTTP/1.1 200 OK\r\n\r\n<a xmlns=\"urn:psialliance-org\"/>",
		"HTTP/1.1 200 OK\r\n\r\n<a xmlns=\"urn:a\">http://www.hikvision.com/ver20/</a>",
		"HTTP/1.1 200 OK\r\n\r\n<html><a href=\"http://www.hikvision.com/ver20\">",
		"HTTP/1.1 200 OK\r\n\r\n",
		INFO,
	};

	(void)state;
	nw_wire_check_foreign(&sent, others, NW_ARRAY_SIZE(others));
	assert_string_equal(NW_WIRE_READ(&udp, ANSWER INFO), "no claim");
}

NW_TESTS(decoders_isapi, cmocka_unit_test(device), cmocka_unit_test(namespaces),
	 cmocka_unit_test(requests), cmocka_unit_test(in_http), cmocka_unit_test(hostile),
	 cmocka_unit_test(not_isapi));
