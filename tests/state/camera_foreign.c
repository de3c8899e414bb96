/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras, recorders and what is neither, by strings that their makers' devices were seen with in
 * public: written by one who had not read the rule, its signs or its tests, before the first run.
 * What a row expects is what somebody who knows cameras says of the bytes, not what the rule says
 * of them. A source is repository:path, a page, or "id N": a public file in an index that tells no
 * repository. The catalogue is the one that is shipped. A row that is not met is marked as missed,
 * and stays so only as long as it is missed.
 */
#include "state/camera_feed.h"

#include <ctype.h>

#include "enrich/enrich.h"

enum is {
	IS_CAMERA, /* or recorder: it is told */
	IS_OTHER,
	IS_UNDECIDABLE, /* these bytes can be of both: not asked, why says so */
};

enum how {
	HOW_PAGE,  /* an answer and no more */
	HOW_MEDIA, /* 2 Mbit/s for 10 s */
	HOW_FILM,  /* 4 Mbit/s for 10 s */
	HOW_FILE,  /* 5 MB/s for 4 s */
	HOW_SOUND, /* 64 kbit/s both ways for 10 s */
};

static const struct volume volumes[] = {
	[HOW_PAGE] = { 3000, 300, 5 },	   [HOW_MEDIA] = { 250000, 1500, 50 },
	[HOW_FILM] = { 500000, 1500, 50 }, [HOW_FILE] = { 5000000, 9000, 20 },
	[HOW_SOUND] = { 8000, 8000, 50 },
};

struct row {
	const char *source;
	enum is is;
	enum how how;
	const char *maker; /* of a camera: letters and digits are compared; NULL: not asked */
	const char *why;   /* of what is undecidable */
	uint8_t mac[6];	   /* the neighbour table says, as data/oui.tsv has it; zero: nothing */
	bool missed;	   /* a camera that is not told, or another that is told as one */
	bool missed_maker; /* told, and not whose it is: what is missed has none either */
	struct talk talk;
};

#define TALK(name, p, n, say, hear) \
	.talk = { .what = name, .proto = p, .port = n, .sent = BYTES(say), .heard = BYTES(hear) }
#define TCP(name, n, say, hear) TALK(name, IPPROTO_TCP, n, say, hear)
#define UDP(name, n, say, hear) TALK(name, IPPROTO_UDP, n, say, hear)

#define ASK	      "CSeq: 1\r\nUser-Agent: Lavf59.27.100\r\n\r\n"
#define OPTIONS(path) "OPTIONS rtsp://10.0.0.9:554" path " RTSP/1.0\r\n" ASK
#define DESCRIBE(path)                                      \
	"DESCRIBE rtsp://10.0.0.9:554" path " RTSP/1.0\r\n" \
	"Accept: application/sdp\r\nCSeq: 2\r\nUser-Agent: Lavf59.27.100\r\n\r\n"
#define RTSP(name, n, path, hear) TCP(name, n, OPTIONS(path) DESCRIBE(path), hear)
/* The answers' first lines; the rest is the row's, each line ended, the last one by hand. */
#define R200		    "RTSP/1.0 200 OK\r\n"
#define R401		    "RTSP/1.0 401 Unauthorized\r\n"
#define PUBLIC(more)	    "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN" more "\r\n"
#define DIGEST(realm, more) "WWW-Authenticate: Digest realm=\"" realm "\"" more "\r\n"
#define BASIC(realm)	    "WWW-Authenticate: Basic realm=\"" realm "\"\r\n"
#define NONCE		    ", nonce=\"938032d91ffc30ca80b5da94c18887ac\""
#define SDP		    "Content-Type: application/sdp\r\n"
#define H264		    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
#define TS		    "m=video 0 RTP/AVP 33\r\na=control:stream=0\r\n"

#define GET(path) \
	"GET " path " HTTP/1.1\r\nHost: 10.0.0.9\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n"
#define HTTP(name, n, path, hear) TCP(name, n, GET(path), hear)
#define H200			  "HTTP/1.1 200 OK\r\n"
#define H401			  "HTTP/1.1 401 Unauthorized\r\n"
#define TYPE(type)		  "Content-Type: " type "\r\n"
#define SERVER(name)		  "Server: " name "\r\n"
#define TITLE(text)		  "\r\n<html><head><title>" text "</title></head><body></body></html>\r\n"

#define WSD "http://schemas.xmlsoap.org/ws/2005/04/discovery"
#define ENVELOPE                                                                            \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>"                                        \
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "                  \
	"xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" xmlns:d=\"" WSD "\" " \
	"xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\" "                             \
	"xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\"><s:Body>"
#define PROBE ENVELOPE "<d:Probe/></s:Body></s:Envelope>"
#define MATCH(types, scopes, address)                                                  \
	ENVELOPE "<d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>"      \
		 "urn:uuid:e83a0086-3fdc-4d87-b8c4-83c0a16ad9f4</a:Address>"           \
		 "</a:EndpointReference><d:Types>" types "</d:Types><d:Scopes>" scopes \
		 "</d:Scopes><d:XAddrs>" address "</d:XAddrs><d:MetadataVersion>1"     \
		 "</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
#define ONVIF(name, types, scopes) \
	UDP(name, 3702, PROBE, MATCH(types, scopes, "http://10.0.0.9/onvif/device_service"))
#define SCOPE "onvif://www.onvif.org/"

#define DEVICE(schema, model, more)                                                        \
	H200 TYPE("application/xml") "\r\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"    \
				     "<DeviceInfo version=\"2.0\" xmlns=\"" schema "\">\n" \
				     "<model>" model "</model>\n" more "</DeviceInfo>\n"

#define SIP_ASK                                                                  \
	"OPTIONS sip:10.0.0.9 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2:5060\r\n"     \
	"From: <sip:nvr@10.0.0.2>;tag=1\r\nTo: <sip:10.0.0.9>\r\nCall-ID: 1\r\n" \
	"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
#define SIP(name, more)                                                                    \
	UDP(name, 5060, SIP_ASK,                                                           \
	    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.2:5060\r\n"                         \
	    "From: <sip:nvr@10.0.0.2>;tag=1\r\nTo: <sip:10.0.0.9>;tag=2\r\nCall-ID: 1\r\n" \
	    "CSeq: 1 OPTIONS\r\n" more "Content-Length: 0\r\n\r\n")
#define SSDP(name, server, st)                                                          \
	UDP(name, 1900,                                                                 \
	    "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"                     \
	    "MAN: \"ssdp:discover\"\r\nMX: 2\r\nST: ssdp:all\r\n\r\n",                  \
	    "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nSERVER: " server \
	    "\r\nLOCATION: http://10.0.0.9:80/desc.xml\r\nST: " st                      \
	    "\r\nUSN: uuid:2fac1234-31f8-11b4-a222-08002b34c003::" st "\r\n\r\n")

static const struct row rows[] = {
#include "state/camera_foreign.inc"
#include "state/camera_foreign_other.inc"
};

struct catalogue {
	struct nw_feed *f;
	unsigned told;
};

static void tell(void *ctx, const char *key, const char *value)
{
	struct catalogue *c = ctx;
	char numbered[64];

	snprintf(numbered, sizeof(numbered), "%s.%u", key, c->told++);
	nw_feed_fact(c->f, numbered, value);
}

/* "D-Link" is dlink. */
static void squeeze(char *ret, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++) {
		if (isalnum((unsigned char)*text)) {
			ret[n++] = (char)tolower((unsigned char)*text);
		}
	}
	ret[n] = '\0';
}

/* The maker's id or name, or the brand, holds the word. */
static bool is_of(const struct nw_state *st, const struct nw_camera *c, const char *word)
{
	enum nw_maker_basis basis = NW_MAKER_UNKNOWN;
	const char *maker = nw_camera_maker(st, c, &basis);
	char text[128];

	squeeze(text, sizeof(text), maker && basis != NW_MAKER_UNKNOWN ? maker : "");
	if (strstr(text, word)) {
		return true;
	}
	squeeze(text, sizeof(text), c->brand);
	return strstr(text, word) != NULL;
}

static struct nw_feed *play(struct nw_enrich *e, const struct row *r)
{
	static const uint8_t none[6];
	struct nw_feed *f = nw_feed_new("", 60 * NW_FEED_SEC);
	struct catalogue c = { .f = f };

	nw_enrich_catalogue(e, tell, &c);
	assert_true(c.told > 20);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 100, .exe = "/usr/local/bin/recorder" });
	if (memcmp(r->mac, none, 6) != 0) {
		char text[NW_ENRICH_TEXT];

		nw_enrich_device(e, r->mac, text);
		camera_mac(f, "10.0.0.9", text);
	}
	assert_true(r->talk.heard.len <=
		    (r->talk.proto == IPPROTO_UDP ? NW_HEAD_DGRAM_MAX : NW_HEAD_TEXT_MAX));
	camera_talk(f, &r->talk, 1, "10.0.0.9", volumes[r->how]);
	nw_feed_tick(f, NW_FEED_SEC);
	return f;
}

static struct nw_enrich *catalogue_open(void)
{
	static const struct nw_geo_files none;
	struct nw_enrich *e = NULL;

	assert_int_equal(nw_enrich_open(&none, &e), 0);
	return e;
}

struct sums {
	unsigned all, found;
	unsigned named, right; /* the maker is asked for, and told */
	unsigned unlike;       /* what the row expects */
};

static void judge(struct nw_enrich *e, const struct row *r, struct sums *n)
{
	struct nw_feed *f = play(e, r);
	const struct nw_camera *c = nw_camera_next(f->state, NULL);
	bool is_expected = (r->is == IS_CAMERA) != r->missed;
	bool is_named = r->maker && !r->missed && !r->missed_maker;
	bool is_right = c && r->maker && is_of(f->state, c, r->maker);

	n->all++;
	n->found += c != NULL;
	n->named += r->maker != NULL;
	n->right += is_right;
	if (!c == is_expected || is_right != is_named) {
		enum nw_maker_basis basis = NW_MAKER_UNKNOWN;
		const char *maker = c ? nw_camera_maker(f->state, c, &basis) : NULL;

		n->unlike++;
		print_message(
			"%s: %u %%, '%s', why %x, of '%s' (%s), brand '%s'; expected %s of '%s'\n",
			r->talk.what, c ? c->confidence : 0, c ? nw_camera_kind(c) : "",
			c ? c->why : 0, maker ? maker : "", nw_maker_basis_name(basis),
			c ? c->brand : "", is_expected ? "one" : "none", is_named ? r->maker : "");
	}
	nw_feed_free(f);
}

static struct sums judge_all(enum is is)
{
	struct nw_enrich *e = catalogue_open();
	struct sums n = { .all = 0 };

	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		if (rows[i].is == is) {
			judge(e, &rows[i], &n);
		}
	}
	nw_enrich_free(e);
	return n;
}

static void cameras_are_told(void **state)
{
	const struct sums n = judge_all(IS_CAMERA);

	(void)state;
	print_message("%u of %u cameras found; the maker of %u of %u\n", n.found, n.all, n.right,
		      n.named);
	assert_true(n.all >= 30);
	assert_int_equal(n.unlike, 0);
}

static void others_are_not(void **state)
{
	const struct sums n = judge_all(IS_OTHER);
	unsigned left_out = 0;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		left_out += rows[i].is == IS_UNDECIDABLE;
	}
	print_message("%u of %u others were called a camera\n", n.found, n.all);
	assert_true(n.all >= 40);
	assert_true(left_out <= 3);
	assert_int_equal(n.unlike, 0);
}

NW_TESTS(state_camera_foreign, cmocka_unit_test(cameras_are_told),
	 cmocka_unit_test(others_are_not));
