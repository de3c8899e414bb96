/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1: what curl 7.88.1, ffmpeg 5.1.9 and nginx 1.22.1 of Debian 12 sent each other; header
 * strings of makers as they were seen with their devices (recog, BSD-2, http_servers.xml; the
 * realm and paths from public reports); forms of RFC 9112; what is near and is not HTTP/1.
 */
#include "decoders/wire.h"
#include "scrub.h"

extern const struct nw_decoder nw_decoder_http;

static const struct nw_wire sent = { .decoder = &nw_decoder_http,
				     .proto = IPPROTO_TCP,
				     .port = 80 };
static const struct nw_wire received = {
	.decoder = &nw_decoder_http, .proto = IPPROTO_TCP, .port = 80, .is_received = true
};

static void requests(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&sent, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
						"User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"),
			    "http by content\nhttp.request.method=GET\nhttp.version=1.1\n"
			    "url.domain=127.0.0.1\nurl.path=/\nuser_agent.original=curl/7.88.1");
	assert_string_equal(NW_WIRE_READ(&sent, "GET /priv/x?token=abc HTTP/1.1\r\n"
						"Host: localhost\r\n"
						"Authorization: Basic YTpi\r\n"
						"User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"),
			    "http by content\nhttp.request.method=GET\nhttp.version=1.1\n"
			    "url.domain=localhost\nurl.path=/priv/x\n"
			    "user_agent.original=curl/7.88.1");
	assert_string_equal(NW_WIRE_READ(&sent, "POST /post HTTP/1.1\r\nHost: localhost\r\n"
						"User-Agent: curl/7.88.1\r\nAccept: */*\r\n"
						"Content-Type: application/json\r\n"
						"Content-Length: 7\r\n\r\n{\"a\":1}"),
			    "http by content\nhttp.request.method=POST\n"
			    "http.request.mime_type=application/json\nhttp.version=1.1\n"
			    "url.domain=localhost\nurl.path=/post\n"
			    "user_agent.original=curl/7.88.1");
	assert_string_equal(NW_WIRE_READ(&sent, "GET /video.mjpg?user=a HTTP/1.1\r\n"
						"User-Agent: Lavf/59.27.100\r\nAccept: */*\r\n"
						"Range: bytes=0-\r\nConnection: close\r\n"
						"Host: 127.0.0.1\r\nIcy-MetaData: 1\r\n\r\n"),
			    "http by content\nhttp.request.method=GET\nhttp.version=1.1\n"
			    "url.domain=127.0.0.1\nurl.path=/video.mjpg\n"
			    "user_agent.original=Lavf/59.27.100");
}

static void answers(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&received,
					 "HTTP/1.1 401 Unauthorized\r\nServer: nginx/1.22.1\r\n"
					 "Date: Sat, 28 Nov 2026 12:49:08 GMT\r\n"
					 "Content-Type: text/html\r\nContent-Length: 179\r\n"
					 "Connection: keep-alive\r\nWWW-Authenticate: Basic "
					 "realm=\"IP Camera(C6496)\"\r\n\r\n<html>\r\n"),
			    "http by content\nhttp.response.mime_type=text/html\n"
			    "http.response.status_code=401\nhttp.version=1.1\n"
			    "nvrwatch.realm=IP Camera(C6496)\n"
			    "nvrwatch.server.software=nginx/1.22.1");
	/* at 256 bytes: what stands before the cut */
	assert_string_equal(NW_WIRE_READ(&received, "HTTP/1.1 200 OK\r\nServer: App-webs/\r\n"
						    "Content-Type: multipart/x-mixed-replace; "
						    "boundary=--myboundary\r\nContent-Len"),
			    "http by content\nhttp.response.mime_type=multipart/x-mixed-replace\n"
			    "http.response.status_code=200\nhttp.version=1.1\n"
			    "nvrwatch.server.software=App-webs/");
	assert_string_equal(NW_WIRE_READ(&received, "HTTP/1.0 200 OK\nServer: uc-httpd 1.0.0\n\n"),
			    "http by content\nhttp.response.status_code=200\nhttp.version=1.0\n"
			    "nvrwatch.server.software=uc-httpd 1.0.0");
	assert_string_equal(NW_WIRE_READ(&received, "HTTP/1.1 304"),
			    "http by content\nhttp.response.status_code=304\nhttp.version=1.1");
}

/* The second request of a connection stands behind the first one. */
static void later_turn(void **state)
{
	static const char bytes[] = "GET /b HTTP/1.1\r\nHost: cam\r\n\r\n";
	struct nw_ev_head *head = nw_wire_head(&sent, bytes, sizeof(bytes) - 1, 1000);
	static struct nw_facts facts;

	(void)state;
	head->offset = 79;
	assert_int_equal(nw_decode(head, &facts), 1);
	assert_string_equal(nw_wire_text(&sent, &facts, NW_BASIS_CONTENT),
			    "http by content\nhttp.request.method=GET\nhttp.version=1.1\n"
			    "url.domain=cam\nurl.path=/b");
	free(head);
}

static void forms_of_targets(void **state)
{
	(void)state;
	/* what the URL names beats Host (RFC 9112 3.2.2); user and password are not told */
	assert_string_equal(NW_WIRE_READ(&sent, "GET http://u:p@cam.example:81/a?b HTTP/1.1\r\n"
						"Host: other.example\r\n\r\n"),
			    "http by content\nhttp.request.method=GET\nhttp.version=1.1\n"
			    "nvrwatch.http.proxied=true\nurl.domain=cam.example\nurl.path=/a");
	assert_string_equal(NW_WIRE_READ(&sent, "CONNECT cam.example:443 HTTP/1.1\r\n"
						"Host: cam.example:443\r\n\r\n"),
			    "http by content\nhttp.request.method=CONNECT\nhttp.version=1.1\n"
			    "nvrwatch.http.proxied=true\nurl.domain=cam.example");
	assert_string_equal(NW_WIRE_READ(&sent, "CONNECT u@cam.example:443 HTTP/1.0\r\n\r\n"),
			    "http by content\nhttp.request.method=CONNECT\nhttp.version=1.0\n"
			    "nvrwatch.http.proxied=true\nurl.domain=cam.example");
	assert_string_equal(
		NW_WIRE_READ(&sent, "GET /a HTTP/1.1\r\nHost: [2001:db8::7]:81\r\n\r\n"),
		"http by content\nhttp.request.method=GET\nhttp.version=1.1\n"
		"url.domain=[2001:db8::7]\nurl.path=/a");
	assert_string_equal(NW_WIRE_READ(&sent, "OPTIONS * HTTP/1.1\r\nHost: a b\r\n\r\n"),
			    "http by content\nhttp.request.method=OPTIONS\nhttp.version=1.1");
	/* a line longer than the head: its query is cut, its path is not */
	assert_string_equal(NW_WIRE_READ(&sent, "GET /cgi-bin/snapshot.cgi?channel=1&subtype=0&a"),
			    "http by content\nhttp.request.method=GET\n"
			    "url.path=/cgi-bin/snapshot.cgi");
	assert_string_equal(NW_WIRE_READ(&sent, "GET /cgi-bin/snapshot/a/b/c/d/e/f/g/h/i HT"),
			    "http by content\nhttp.request.method=GET\n"
			    "url.path=/cgi-bin/snapshot/a/b/c/d/e/f/g/h/i");
	assert_string_equal(NW_WIRE_READ(&sent, "GET /cgi-bin/snapshot/a/b/c/d/e/f/g/h/i"),
			    "http by content\nhttp.request.method=GET");
}

/* What reaches a decoder is scrubbed: a masked value may take the version with it. */
static void scrubbed(void **state)
{
	uint8_t head[] = "GET /a/b?channel=1&user=admin_password=secret HTTP/1.1\r\n"
			 "Host: cam\r\nAuthorization: Digest username=\"u\", response=\"0\"\r\n"
			 "User-Agent: a\r\n\r\n";

	(void)state;
	nw_scrub_head(head, sizeof(head) - 1);
	assert_null(strstr((char *)head, "secret"));
	assert_string_equal(nw_wire_read(&sent, head, sizeof(head) - 1),
			    "http by content\nhttp.request.method=GET\nurl.domain=cam\n"
			    "url.path=/a/b\nuser_agent.original=a");
}

static void hostile(void **state)
{
	char many[NW_WIRE_MAX] = "GET / HTTP/1.1\r\n";
	size_t len = strlen(many);

	(void)state;
	while (len + 16 < sizeof(many)) {
		len += (size_t)snprintf(many + len, sizeof(many) - len, "Host:%zu\r\n", len);
	}
	assert_string_equal(nw_wire_read_cut(&sent, many, len, len),
			    "http by content\nhttp.request.method=GET\nhttp.version=1.1\n"
			    "url.domain=16\nurl.path=/");
}

static void not_http(void **state)
{
	static const struct nw_wire udp = { .decoder = &nw_decoder_http,
					    .proto = IPPROTO_UDP,
					    .port = 1900 };
	static const char *const others[] = {
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", /* curl's, with frames behind it */
		"HTTP/2.0 200 OK\r\n\r\n",
		"OPTIONS rtsp://127.0.0.1:554/Streaming/Channels/101 RTSP/1.0\r\nCSeq: 1\r\n\r\n",
		"OPTIONS /Streaming/Channels/101/a/b/c/d/e/f RTSP/1.0\r\nCSeq: 1\r\n\r\n",
		"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n",
		"REGISTER sip:cam.example SIP/2.0\r\n\r\n",
		"OPTIONS sip:a-long-name@cam.example.org;transport=tcp",
		"SIP/2.0 200 OK\r\n\r\n",
		"ICY 200 OK\r\n\r\n",
		"GET /\r\n",
		"GET /short",
		"MOVE /a/path/that/is/long/enough/but/of/a/word/that/is/no/method/of/the/list",
		"GET is a word and HTTP/1.1 another\r\n",
		"HTTP/1.1 is what 200 people spoke\r\n",
		"220 mail.example ESMTP\r\n",
	};

	(void)state;
	nw_wire_check_foreign(&sent, others, NW_ARRAY_SIZE(others));
	assert_string_equal(NW_WIRE_READ(&udp, "NOTIFY * HTTP/1.1\r\n\r\n"), "no claim");
}

NW_TESTS(decoders_http, cmocka_unit_test(requests), cmocka_unit_test(answers),
	 cmocka_unit_test(later_turn), cmocka_unit_test(forms_of_targets),
	 cmocka_unit_test(scrubbed), cmocka_unit_test(hostile), cmocka_unit_test(not_http));
