/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTSP: what ffmpeg 5.1.9 and GStreamer's RTSP server 1.22.0 of Debian 12 said to each other, plain
 * and in an HTTP tunnel, and the frames that followed; strings of makers as they were seen in
 * public reports (Dahua's path, realm and server, Xiongmai's path and server); forms of RFC 2326,
 * 7826 and 8866; what is near and is not RTSP.
 */
#include "decoders/wire.h"
#include "scrub.h"

extern const struct nw_decoder nw_decoder_rtsp;

static const struct nw_wire sent = { .decoder = &nw_decoder_rtsp,
				     .proto = IPPROTO_TCP,
				     .port = 554 };
static const struct nw_wire received = {
	.decoder = &nw_decoder_rtsp, .proto = IPPROTO_TCP, .port = 554, .is_received = true
};

#define AGENT  "User-Agent: Lavf59.27.100\r\n"
#define SERVER "Server: GStreamer RTSP server\r\nDate: Sat, 28 Nov 2026 12:49:36 GMT\r\n"
#define URL    "rtsp://127.0.0.1:554/Streaming/Channels/101"
#define SDP                                                                                          \
	"v=0\r\no=- 4471842066439569211 1 IN IP4 127.0.0.1\r\ns=Session streamed with GStreamer\r\n" \
	"i=rtsp-server\r\nt=0 0\r\na=tool:GStreamer\r\na=type:broadcast\r\na=control:*\r\n"          \
	"a=range:npt=now-\r\nm=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\nb=AS:204\r\n"               \
	"a=rtpmap:96 H264/90000\r\na=framerate:8\r\na=fmtp:96 packetization-mode=1\r\n"              \
	"a=control:stream=0\r\nm=audio 0 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\n"                          \
	"a=rtpmap:8 PCMA/8000\r\na=control:stream=1\r\n"

static void requests(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&sent, "OPTIONS " URL "?transportmode=unicast RTSP/1.0\r\n"
						"CSeq: 1\r\n" AGENT "\r\n"),
			    "rtsp by content\nnvrwatch.rtsp.method=OPTIONS\nurl.domain=127.0.0.1\n"
			    "url.path=/Streaming/Channels/101\n"
			    "user_agent.original=Lavf59.27.100");
	/* what is asked for may be refused: the answer says how media are carried */
	assert_string_equal(NW_WIRE_READ(&sent, "SETUP " URL "/stream=0 RTSP/1.0\r\nTransport: "
						"RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
						"CSeq: 3\r\n" AGENT "\r\n"),
			    "rtsp by content\nnvrwatch.rtsp.method=SETUP\nurl.domain=127.0.0.1\n"
			    "url.path=/Streaming/Channels/101/stream=0\n"
			    "user_agent.original=Lavf59.27.100");
	assert_string_equal(NW_WIRE_READ(&sent, "DESCRIBE rtsp://admin:x@[2001:db8::7]:554/cam/"
						"realmonitor?channel=1&subtype=0 RTSP/2.0\n\n"),
			    "rtsp by content\nnvrwatch.rtsp.method=DESCRIBE\n"
			    "url.domain=[2001:db8::7]\nurl.path=/cam/realmonitor");
	assert_string_equal(NW_WIRE_READ(&sent, "OPTIONS * RTSP/1.0\r\n\r\n"),
			    "rtsp by content\nnvrwatch.rtsp.method=OPTIONS");
	assert_string_equal(
		NW_WIRE_READ(&sent, "ANNOUNCE rtsp://h/live RTSP/1.0\r\n"
				    "Content-Type: application/sdp\r\n\r\n" SDP),
		"rtsp by content\nnvrwatch.media.codec=H264\nnvrwatch.media.codec=PCMA\n"
		"nvrwatch.rtsp.method=ANNOUNCE\nurl.domain=h\nurl.path=/live");
}

/* Heads are parted where the talk turns: what begins with a message is one, wherever it stands. */
static void later_turn(void **state)
{
	static const char bytes[] = "RTSP/1.0 200 OK\r\nServer: a\r\n\r\n";
	struct nw_ev_head *head = nw_wire_head(&received, bytes, sizeof(bytes) - 1, 1000);
	static struct nw_facts facts;

	(void)state;
	head->offset = 190;
	assert_int_equal(nw_decode(head, &facts), 1);
	assert_string_equal(nw_wire_text(&received, &facts, NW_BASIS_CONTENT),
			    "rtsp by content\nnvrwatch.rtsp.status=200\n"
			    "nvrwatch.server.software=a");
	free(head);
}

static void answers(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&received, "RTSP/1.0 200 OK\r\nCSeq: 3\r\nTransport: "
						    "RTP/AVP/TCP;unicast;interleaved=0-1;"
						    "ssrc=10CFCFF0;mode=\"PLAY\"\r\n" SERVER
						    "Session: k1-SnVORHUmC7NFt\r\n\r\n"),
			    "rtsp by content\n"
			    "nvrwatch.media.transport=RTP/AVP/TCP;interleaved\n"
			    "nvrwatch.rtsp.status=200\n"
			    "nvrwatch.server.software=GStreamer RTSP server");
	assert_string_equal(NW_WIRE_READ(&received,
					 "RTSP/1.0 200 OK\r\nTransport: RTP/AVP;unicast;"
					 "client_port=30672-30673;server_port=40524-40525\r\n\r\n"),
			    "rtsp by content\nnvrwatch.media.transport=RTP/AVP;unicast\n"
			    "nvrwatch.rtsp.status=200");
	assert_string_equal(NW_WIRE_READ(&received, "RTSP/2.0 200 OK\r\nTransport: RTP/SAVPF;"
						    "multicast;ttl=1,RTP/AVP;unicast\r\n\r\n"),
			    "rtsp by content\nnvrwatch.media.transport=RTP/SAVPF;multicast\n"
			    "nvrwatch.rtsp.status=200");
	assert_string_equal(NW_WIRE_READ(&received,
					 "RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\n"
					 "WWW-Authenticate: Digest realm=\"IP Camera("
					 "C6496)\", nonce=\"2650c1847cd6546a\"\r\n" SERVER "\r\n"),
			    "rtsp by content\nnvrwatch.realm=IP Camera(C6496)\n"
			    "nvrwatch.rtsp.status=401\n"
			    "nvrwatch.server.software=GStreamer RTSP server");
	assert_string_equal(NW_WIRE_READ(&received, "RTSP/1.0 401 Unauthorized\r\nServer: Rtsp "
						    "Server/3.0\r\nCSeq: 2\r\nWWW-Authenticate: "
						    "Digest realm=\"Login to 4M0A1B2PAJ00001\","
						    "nonce=\"0\"\r\nTransport: RTP/AVP;unicast"
						    "\r\n\r\n"),
			    "rtsp by content\nnvrwatch.realm=Login to 4M0A1B2PAJ00001\n"
			    "nvrwatch.rtsp.status=401\n"
			    "nvrwatch.server.software=Rtsp Server/3.0");
	/* as a head of 256 bytes leaves it */
	assert_string_equal(
		NW_WIRE_READ(&received, "RTSP/1.0 200 OK\r\nServer: H264DVR 1.0\r\nCse"),
		"rtsp by content\nnvrwatch.rtsp.status=200\n"
		"nvrwatch.server.software=H264DVR 1.0");
}

static void descriptions(void **state)
{
	(void)state;
	assert_string_equal(
		NW_WIRE_READ(&received, "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: "
					"application/sdp\r\nContent-Base: " URL "/\r\n" SERVER
					"Content-Length: 699\r\n\r\n" SDP),
		"rtsp by content\nnvrwatch.media.codec=H264\nnvrwatch.media.codec=PCMA\n"
		"nvrwatch.rtsp.status=200\n"
		"nvrwatch.server.software=GStreamer RTSP server");
	/* no rtpmap for what is assigned; what is no RTP, no type, no codec */
	assert_string_equal(
		NW_WIRE_READ(&received, "RTSP/1.0 200 OK\r\nContent-Type: application/sdp; "
					"charset=utf-8\r\n\r\nm=video 0 RTP/AVP 26 97 999 x\n"
					"m=application 0 TCP/BFCP 3\na=rtpmap:97 a b/90000\n"
					"a=rtpmap:98\nm=audio 0 RTP/AVP 8\na=rtpmap:99 H265/9"),
		"rtsp by content\nnvrwatch.media.codec=JPEG\nnvrwatch.media.codec=PCMA\n"
		"nvrwatch.rtsp.status=200");
	/* behind the body, whose length is told, stands the next answer */
	assert_string_equal(
		NW_WIRE_READ(&received,
			     "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\n"
			     "Content-Length: 22\r\n\r\nm=audio 0 RTP/AVP 0\r\n\n"
			     "RTSP/1.0 200 OK\r\nServer: a\r\nTransport: RTP/AVP\r\n\r\n"
			     "RTSP/1.0 454 No\r\nServer: b\r\n\r\nm=audio 0 RTP/AVP 9\r\n"),
		"rtsp by content\nnvrwatch.media.codec=PCMU\n"
		"nvrwatch.media.transport=RTP/AVP;unicast\nnvrwatch.rtsp.status=200\n"
		"nvrwatch.server.software=a");
}

static void tunnels(void **state)
{
	(void)state;
	assert_string_equal(NW_WIRE_READ(&sent, "GET /Streaming/Channels/101 HTTP/1.1\r\n"
						"User-Agent: Lavf/59.27.100\r\nRange: bytes=0-\r\n"
						"Connection: close\r\nHost: 127.0.0.1:8081\r\n"
						"Icy-MetaData: 1\r\n"
						"x-sessioncookie: cc22c45575633b5c\r\n"
						"Accept: application/x-rtsp-tunnelled\r\n"),
			    "rtsp by content");
	assert_string_equal(NW_WIRE_READ(&received, "HTTP/1.1 200 OK\r\n"
						    "Server: GStreamer RTSP Server\r\n"
						    "Connection: close\r\nContent-Type: "
						    "application/x-rtsp-tunnelled\r\n\r\n"),
			    "rtsp by content");
	assert_string_equal(NW_WIRE_READ(&sent, "GET / HTTP/1.1\r\nAccept: */*\r\nX: "
						"application/x-rtsp-tunnelled\r\n\r\n"),
			    "no claim");
}

/* The tunnel is HTTP's own word, and what is carried names the flow. */
static void tunnel_names_the_flow(void **state)
{
	static const char bytes[] = "POST /a HTTP/1.0\r\n"
				    "Content-Type: application/x-rtsp-tunnelled\r\n\r\n"
				    "T1BUSU9OUyBydHNwOi8vMTI3LjAuMC4xOjgwODE=";
	struct nw_ev_head *head = nw_wire_head(&sent, bytes, sizeof(bytes) - 1, sizeof(bytes) - 1);
	static struct nw_facts facts;

	(void)state;
	assert_int_equal(nw_decode(head, &facts), 1);
	assert_string_equal(facts.protocol, "rtsp");
	assert_int_equal(facts.depth, 1);
	assert_string_equal(nw_wire_text(&sent, &facts, NW_BASIS_CONTENT),
			    "rtsp by content\nhttp.request.method=POST\n"
			    "http.request.mime_type=application/x-rtsp-tunnelled\n"
			    "http.version=1.0\nurl.path=/a");
	free(head);
}

/* ffmpeg's first frames: an access unit delimiter, then PCMA that the head cuts. */
static const char frames[] = "24 00 000e 8060 0c10 c382198e 10cfcff0 0910"
			     "24 02 040c 8088 6b31 a017e1f6 f01860a1 a7b0960c39212d2c";
static const char rtcp_frame[] = "24 01 0008 80c90001 00000000";

static void interleaved(void **state)
{
	(void)state;
	assert_string_equal(nw_wire_read_hex(&received, frames),
			    "rtsp by content\nnvrwatch.media.transport=RTP/AVP/TCP;interleaved");
	assert_string_equal(nw_wire_read_hex(&sent, rtcp_frame),
			    "rtsp by content\nnvrwatch.media.transport=RTP/AVP/TCP;interleaved");
	assert_string_equal(nw_wire_read_hex(&received, "24 00 000d 8008 0c10 c382198e 10cfcff0 09"
							"525453502f312e3020323030204f4b"),
			    "rtsp by content\nnvrwatch.media.codec=PCMA\n"
			    "nvrwatch.media.transport=RTP/AVP/TCP;interleaved");
	/* one frame, one and something else, a second that is none */
	assert_string_equal(
		nw_wire_read_hex(&received, "24 02 040c 8088 6b31 a017e1f6 f01860a1 a7"),
		"no claim");
	assert_string_equal(nw_wire_read_hex(&received,
					     "24 00 000e 8060 0c10 c382198e 10cfcff0 0910"
					     "25 02 040c 8088 6b31 a017e1f6 f01860a1 a7"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&received,
					     "24 00 000e 8060 0c10 c382198e 10cfcff0 0910"
					     "24 02 040c 4088 6b31 a017e1f6 f01860a1 a7"),
			    "no claim");
	assert_string_equal(nw_wire_read_hex(&sent, "24 01 0008 80c90002 00000000"), "no claim");
	assert_string_equal(nw_wire_read_hex(&sent, "24 01 0000"), "no claim");
}

/* Passwords in paths: what the scrubber masks may take the version with it. */
static void scrubbed(void **state)
{
	uint8_t head[] = "DESCRIBE rtsp://10.0.0.9:554/user=admin_password=tlJwpbo6_channel=1_"
			 "stream=0.sdp?real_stream RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: a\r\n\r\n";

	(void)state;
	nw_scrub_head(head, sizeof(head) - 1);
	assert_null(strstr((char *)head, "tlJw"));
	assert_null(strstr((char *)head, "RTSP/1.0"));
	assert_non_null(strstr(nw_wire_read(&sent, head, sizeof(head) - 1),
			       "rtsp by content\nnvrwatch.rtsp.method=DESCRIBE\n"
			       "url.domain=10.0.0.9\nurl.path=/user=admin_password=xxxxxxxx"));
}

static void hostile(void **state)
{
	char many[NW_WIRE_MAX] = "RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\n\r\n";
	size_t len = strlen(many);

	(void)state;
	while (len + 40 < sizeof(many)) {
		len += (size_t)snprintf(many + len, sizeof(many) - len,
					"m=a 0 RTP/AVP 0 0 0\na=rtpmap:1 c/1\n");
	}
	assert_string_equal(nw_wire_read_cut(&received, many, len, len),
			    "rtsp by content\nnvrwatch.media.codec=PCMU\nnvrwatch.media.codec=c\n"
			    "nvrwatch.rtsp.status=200");
	for (len = 0; len + 32 < sizeof(many);) {
		len += (size_t)snprintf(many + len, sizeof(many) - len,
					"PLAY rtsp://h/%zu RTSP/1.0\n\n", len);
	}
	assert_string_equal(
		nw_wire_read_cut(&sent, many, len, len),
		"rtsp by content\nnvrwatch.rtsp.method=PLAY\nurl.domain=h\nurl.path=/0");
}

static void not_rtsp(void **state)
{
	static const struct nw_wire udp = { .decoder = &nw_decoder_rtsp,
					    .proto = IPPROTO_UDP,
					    .port = 554 };
	static const char *const others[] = {
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"HTTP/1.1 200 OK\r\nServer: Rtsp Server\r\n\r\n",
		"OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n",
		"SIP/2.0 200 OK\r\n\r\n",
		"RTSP/9.9 200 OK\r\n\r\n",
		"RTSP/1.0 OK\r\n\r\n",
		"RTSP/1.0",
		"PLAY rtsp://h/a HTTP/1.1\r\n\r\n",
		"PLAY /a\r\n\r\n",
		"WATCH rtsp://h/a\r\n\r\n",
		"$",
		"$100 is what it costs\r\n",
	};

	(void)state;
	nw_wire_check_foreign(&sent, others, NW_ARRAY_SIZE(others));
	assert_string_equal(NW_WIRE_READ(&udp, "RTSP/1.0 200 OK\r\n\r\n"), "no claim");
}

NW_TESTS(decoders_rtsp, cmocka_unit_test(requests), cmocka_unit_test(later_turn),
	 cmocka_unit_test(answers), cmocka_unit_test(descriptions), cmocka_unit_test(tunnels),
	 cmocka_unit_test(tunnel_names_the_flow), cmocka_unit_test(interleaved),
	 cmocka_unit_test(scrubbed), cmocka_unit_test(hostile), cmocka_unit_test(not_rtsp));
