/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras by what their makers' devices were seen to say: the strings of public captures and reports
 * (rapid7/recog; a capture of a Dahua device at blog.csdn.net/BeanGuohui/article/details/121969076,
 * of a Hikvision one at cnblogs.com/jingzhishen/p/5673143.html; the sources of the rows of
 * data/catalogue/signs.yaml), each with the media behind it. And what one of them alone is not.
 */
#include "state/camera_feed.h"
#include "state/maker.h"

#define ASK(path)                           \
	"DESCRIBE rtsp://10.0.0.9:554" path \
	" RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Lavf59.27.100\r\n\r\n"
#define DENIED(server, realm)                             \
	"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n" server \
	"WWW-Authenticate: Digest realm=\"" realm "\", nonce=\"0\"\r\n\r\n"
#define SERVED(server)                                  \
	"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: " server \
	"\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\n\r\n"
#define RTSP(path, answer)                                                   \
	{                                                                    \
		.proto = IPPROTO_TCP, .port = 554, .sent = BYTES(ASK(path)), \
		.heard = BYTES(answer)                                       \
	}
#define MATCH(types, scopes)                                                                                                                                                                                       \
	"<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><d:ProbeMatches xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><d:ProbeMatch><d:Types>" types \
	"</d:Types><d:Scopes>" scopes                                                                                                                                                                              \
	"</d:Scopes></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
#define FOUND(types, scopes)                                                              \
	{                                                                                 \
		.proto = IPPROTO_UDP, .port = 3702, .is_inbound = true, .own_port = 3702, \
		.heard = BYTES(MATCH(types, scopes))                                      \
	}

static const struct volume stream = { 40000, 500, 25 }; /* 320 kbit/s, 5 s */
static const struct volume silent = { 300, 300, 5 };

static struct nw_feed *start(void)
{
	static const char *const facts[][2] = {
		{ "maker.1", "hikvision\tcameras\tHangzhou Hikvision" },
		{ "maker.2", "dahua\tcameras\tZhejiang Dahua" },
		{ "maker.3", "reolink\tcameras\tReolink" },
		{ "maker.4", "axis\tcameras\tAxis" },
		{ "maker.5", "tplink\tmixed\tTP-Link" },
		{ "maker.6", "xiongmai\tcameras\tXiongmai" },
		{ "brand.1", "hikvision\tLorex" },
		{ "brand.2", "dahua\tLorex" },
		{ "brand.3", "dahua\tAmcrest" },
		{ "sign.1", "dahua\tserver\tRtsp Server/2.0" },
		{ "sign.2", "reolink\tserver\tRtsp Server/2.0" },
		{ "sign.3", "dahua\trealm\tLogin to " },
		{ "sign.4", "reolink\trealm\tBC Streaming Media" },
		{ "sign.5", "hikvision\trealm\tIP Camera(" },
		{ "sign.6", "hikvision\tserver\tApp-webs/" },
		{ "sign.7", "axis\trealm\tAXIS_" },
		{ "sign.8", "tplink\trealm\tTP-LINK IP-Camera" },
		{ "sign.9", "hikvision\tpath\t/Streaming/Channels/" },
		{ "restriction.1", "hikvision\tUS\t2019-08-13\tmay not be bought" },
		{ "restriction.2", "hikvision\tGB\t2022-11-24\tnot on sensitive sites" },
	};
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);

	for (size_t i = 0; i < NW_ARRAY_SIZE(facts); i++) {
		nw_feed_fact(f, facts[i][0], facts[i][1]);
	}
	return f;
}

static const struct nw_camera *only(const struct nw_feed *f)
{
	assert_int_equal(camera_count(f), 1);
	return nw_camera_next(f->state, NULL);
}

static void assert_maker(const struct nw_feed *f, const struct nw_camera *c, const char *id,
			 enum nw_maker_basis want)
{
	enum nw_maker_basis basis;

	assert_string_equal(nw_camera_maker(f->state, c, &basis), id);
	assert_int_equal(basis, want);
}

/* Each is listed from its media, with the maker that its words leave over. */
static void what_makers_devices_say(void **state)
{
	static const struct {
		struct talk talk;
		const char *mac, *maker, *kind;
		enum nw_maker_basis basis;
	} rows[] = {
		{ RTSP("/Streaming/Channels/101", DENIED("", "IP Camera(C6496)")), NULL,
		  "hikvision", "camera", NW_MAKER_SAYS },
		{ RTSP("/cam/realmonitor", DENIED("", "Login to be8c87b7ecbc1c2c89f8b4da109a4f78")),
		  NULL, "dahua", "camera", NW_MAKER_SAYS },
		{ RTSP("/cam/realmonitor", SERVED("Rtsp Server/2.0")), NULL, "", "camera",
		  NW_MAKER_UNKNOWN },
		{ RTSP("/h264Preview_01_main",
		       DENIED("Server: Rtsp Server/2.0\r\n", "BC Streaming Media")),
		  NULL, "reolink", "camera", NW_MAKER_SAYS },
		{ RTSP("/axis-media/media.amp",
		       DENIED("Server: GStreamer RTSP server\r\n", "AXIS_00408CA5EA04")),
		  NULL, "axis", "camera", NW_MAKER_SAYS },
		{ RTSP("/stream1", DENIED("", "TP-LINK IP-Camera")),
		  "14:cc:20:00:00:01 tplink TP-LINK", "tplink", "camera", NW_MAKER_MAC },
		{ RTSP("/live", SERVED("GStreamer RTSP server")), NULL, "", "recorder or camera",
		  NW_MAKER_UNKNOWN },
		{ RTSP("/live", SERVED("GStreamer RTSP server")),
		  "00:40:8c:00:00:13 axis Axis Communications AB", "axis", "camera", NW_MAKER_MAC },
		{ RTSP("/1", SERVED("Customer RTSP Server/1.0.0")),
		  "c0:56:e3:01:02:03 hikvision Hikvision", "hikvision", "camera", NW_MAKER_MAC },
		{ RTSP("/Streaming/Channels/101", DENIED("", "IP Camera(C6496)")),
		  "3c:ef:8c:00:00:12 dahua Dahua", "dahua", "camera", NW_MAKER_MAC },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();
		const struct nw_camera *c;

		if (rows[i].mac) {
			camera_mac(f, "10.0.0.9", rows[i].mac);
		}
		camera_talk(f, &rows[i].talk, 1, "10.0.0.9", stream);
		c = only(f);
		assert_maker(f, c, rows[i].maker, rows[i].basis);
		assert_string_equal(nw_camera_kind(c), rows[i].kind);
		assert_true(c->media_ns && c->media_ns - c->first_ns <= 5 * NW_FEED_SEC);
		assert_int_equal(c->encrypted, NW_ENCRYPTED_NO);
		assert_int_equal(c->reader.tgid, 100);
		assert_int_equal(c->rx_bytes, rows[i].talk.heard.len + 200000);
		assert_in_range(nw_camera_rate(f->state, c), 35000, 45000);
		assert_int_equal(nw_feed_count(f, NW_DATASET_CAMERA), 1);
		nw_feed_free(f);
	}
}

/* The same words from who sends nothing: too little for a camera, enough to be looked at. */
static void a_word_alone_is_none(void **state)
{
	static const struct talk rows[] = {
		RTSP("/1", DENIED("", "IP Camera(C6496)")),
		RTSP("/1", SERVED("Rtsp Server/2.0")),
		{ .proto = IPPROTO_TCP,
		  .port = 80,
		  .sent = BYTES("GET / HTTP/1.1\r\nHost: 10.0.0.9\r\n\r\n"),
		  .heard = BYTES(
			  "HTTP/1.1 200 OK\r\nServer: App-webs/\r\nContent-Type: text/html\r\n\r\n") },
		FOUND("tds:Device", "onvif://www.onvif.org/name/door"),
	};
	const struct nw_camera *c;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		camera_talk(f, &rows[i], 1, "10.0.0.9", silent);
		assert_int_equal(camera_count(f), 0);
		c = nw_camera_next_candidate(f->state, NULL);
		assert_non_null(c);
		assert_in_range(c->confidence, 1, NW_CAMERA_SURE - 1);
		assert_int_equal(nw_feed_count(f, NW_DATASET_CAMERA), 0);
		nw_feed_free(f);
	}
}

/* A brand of two makers proves neither; what the device speaks, or its MAC, does. */
static void a_brand_is_no_maker(void **state)
{
	static const struct talk found = FOUND(
		"dn:NetworkVideoTransmitter",
		"onvif://www.onvif.org/name/Lorex%20E841CA onvif://www.onvif.org/hardware/E841CA");
	struct nw_feed *f = start();
	const struct nw_camera *c;

	(void)state;
	camera_talk(f, &found, 1, "10.0.0.9", silent);
	c = only(f);
	assert_string_equal(c->brand, "Lorex");
	assert_string_equal(c->model, "E841CA");
	assert_string_equal(nw_camera_kind(c), "camera");
	assert_maker(f, c, "", NW_MAKER_UNKNOWN);
	assert_int_equal(__builtin_popcountll(c->said_makers), 2);
	camera_mac(f, "10.0.0.9", "3c:ef:8c:00:00:12 dahua Dahua");
	camera_talk(f, &found, 2, "10.0.0.9", silent);
	c = only(f);
	assert_maker(f, c, "dahua", NW_MAKER_MAC);
	assert_string_equal(c->brand, "Lorex");
	nw_feed_free(f);
}

/* A protocol of one maker's own says more than the MAC of another's module. */
static const struct talk isapi =
	ISAPI("www.hikvision.com",
	      "<model>DS-2CD2042WD-I</model><firmwareVersion>V5.6.3</firmwareVersion>"
	      "<deviceType>IPCamera</deviceType>");

static void what_it_speaks_decides(void **state)
{
	struct nw_feed *f = start();
	const struct nw_camera *c;

	(void)state;
	nw_feed_fact(f, "sign.20", "hikvision\tprotocol\tisapi");
	camera_mac(f, "10.0.0.9", "3c:ef:8c:00:00:12 dahua Dahua");
	camera_talk(f, &isapi, 1, "10.0.0.9", silent);
	c = only(f);
	assert_maker(f, c, "hikvision", NW_MAKER_SPEAKS);
	assert_string_equal(c->mac_maker, "dahua"); /* kept, and told beside it */
	assert_string_equal(c->model, "DS-2CD2042WD-I");
	assert_string_equal(c->firmware, "V5.6.3");
	assert_string_equal(nw_camera_kind(c), "camera");
	nw_feed_free(f);
}

/* Whose own a protocol is, the catalogue says: nobody's, another's longer name, or two makers' decides nothing. */
static void a_protocol_without_one_maker(void **state)
{
	static const char *const rows[][2] = {
		{ "hikvision\tpath\tisapi", "hikvision\tmodel\tisapi" },
		{ "xiongmai\tprotocol\tisap", "xiongmai\tprotocol\tisapi2" },
		{ "hikvision\tprotocol\tisapi", "dahua\tprotocol\tisapi" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct nw_feed *f = start();

		nw_feed_fact(f, "sign.20", rows[i][0]);
		nw_feed_fact(f, "sign.21", rows[i][1]);
		camera_mac(f, "10.0.0.9", "3c:ef:8c:00:00:12 dahua Dahua");
		camera_talk(f, &isapi, 1, "10.0.0.9", silent);
		assert_maker(f, only(f), "dahua", NW_MAKER_MAC);
		nw_feed_free(f);
	}
}

static void restrictions_are_its_makers(void **state)
{
	struct nw_feed *f = start();
	const struct nw_restriction *r = nw_restriction_next(f->state, "hikvision", NULL);

	(void)state;
	assert_string_equal(r->where, "US");
	r = nw_restriction_next(f->state, "hikvision", r);
	assert_string_equal(r->what, "not on sensitive sites");
	assert_null(nw_restriction_next(f->state, "hikvision", r));
	assert_null(nw_restriction_next(f->state, "axis", NULL));
	assert_null(nw_restriction_next(f->state, "", NULL));
	nw_feed_free(f);
}

NW_TESTS(state_camera_known, cmocka_unit_test(what_makers_devices_say),
	 cmocka_unit_test(a_word_alone_is_none), cmocka_unit_test(a_brand_is_no_maker),
	 cmocka_unit_test(what_it_speaks_decides), cmocka_unit_test(a_protocol_without_one_maker),
	 cmocka_unit_test(restrictions_are_its_makers));
