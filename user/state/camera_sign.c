/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one flow shows of its far end: does it look like a camera, and who does it say that it is?
 * Owns nothing. Signs add up, and none is enough alone: what a sign is worth is in weigh(), and why
 * in docs/cameras.md.
 */
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

#include "camera.h"
#include "internal.h"
#include "maker.h"
#include "policy.h"

/* Of what is not known to be media: less than any sub-stream, more than a page of a web interface. */
#define VOLUME_RATE  12500
#define VOLUME_BYTES 131072
/* In a protocol for media: more than answers and their SDP. */
#define MEDIA_RATE  1500
#define MEDIA_BYTES 16384
/* More of it is sent than that share comes back: a call, an upload. */
#define ONE_WAY 4

enum level {
	LITTLE,
	AS_MEDIA,
	AS_VOLUME,
};

static const struct {
	const char *name;
	enum nw_camera_protocol protocol;
	uint32_t why;
} spoken[] = {
	{ "rtsp", NW_CAMERA_RTSP_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "rtp", NW_CAMERA_RTP_SPOKEN, NW_CAMERA_RTP },
	{ "rtcp", NW_CAMERA_RTP_SPOKEN, 0 },
	{ "onvif", NW_CAMERA_ONVIF_SPOKEN, NW_CAMERA_SERVICE },
	{ "isapi", NW_CAMERA_ISAPI_SPOKEN, NW_CAMERA_SERVICE },
	{ "sadp", NW_CAMERA_SADP_SPOKEN, NW_CAMERA_SERVICE },
	{ "hiksdk", NW_CAMERA_HIKSDK_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "dahua", NW_CAMERA_DAHUA_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "xiongmai", NW_CAMERA_XIONGMAI_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "http", NW_CAMERA_HTTP_SPOKEN, 0 },
	{ "tls", NW_CAMERA_TLS_SPOKEN, 0 },
};

/* What was heard from there, by content; -1: nothing of these. */
static int heard(const struct nw_flow *f)
{
	if (!f->said || !f->said->protocol || f->said->basis != NW_BASIS_CONTENT ||
	    !(f->said->ways & NW_SAID_THERE)) {
		return -1;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(spoken); i++) {
		if (strcmp(f->said->protocol, spoken[i].name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

static const char *said(const struct nw_flow *f, enum nw_attr key)
{
	return f->said ? nw_said_find(f->said, key) : NULL;
}

static bool begins(const char *text, const char *word)
{
	return text && strncasecmp(text, word, strlen(word)) == 0;
}

/* ---- media ---------------------------------------------------------------------------------- */

uint8_t nw_camera_level(const struct nw_flow *f)
{
	if (f->rx_rate < MEDIA_RATE || f->rx_bytes < MEDIA_BYTES ||
	    f->rx_bytes <= ONE_WAY * f->tx_bytes) {
		return LITTLE;
	}
	return f->rx_rate < VOLUME_RATE || f->rx_bytes < VOLUME_BYTES ? AS_MEDIA : AS_VOLUME;
}

/* What it is cannot be seen, or it is pictures: no name is known that speaks against media. */
static bool is_opaque(const struct nw_flow *f)
{
	const char *protocol = f->said ? f->said->protocol : NULL;
	const char *type = said(f, NW_ATTR_HTTP_RESPONSE_TYPE);

	return !protocol || strcmp(protocol, "tls") == 0 || strcmp(protocol, "rtp") == 0 ||
	       (strcmp(protocol, "http") == 0 &&
		(begins(type, "image/") || begins(type, "video/") ||
		 begins(type, "multipart/x-mixed-replace")));
}

static bool is_media(const struct nw_flow *f, int i, uint32_t known)
{
	if (nw_camera_level(f) < AS_MEDIA) {
		return false;
	}
	if (i >= 0 && (spoken[i].why & (NW_CAMERA_PROTOCOL | NW_CAMERA_RTP))) {
		return true;
	}
	/* datagrams from who has answered in RTSP are what was asked for there */
	if (f->proto == IPPROTO_UDP && (known & NW_CAMERA_PROTOCOL) && is_opaque(f)) {
		return true;
	}
	return begins(said(f, NW_ATTR_HTTP_RESPONSE_TYPE), "multipart/x-mixed-replace");
}

/* ---- words ---------------------------------------------------------------------------------- */

/* Does a word begin here? "IPC-HFW" has two, "DomeCamera" and "IPDome" too. */
static bool begins_word(const char *text, const char *p)
{
	if (!isalpha((unsigned char)*p)) {
		return false;
	}
	return p == text || !isalnum((unsigned char)p[-1]) ||
	       (isupper((unsigned char)*p) &&
		(islower((unsigned char)p[-1]) || islower((unsigned char)p[1])));
}

/* Behind the word, or its plural, where it stands for itself in the text; or NULL. */
static const char *behind_word(const char *text, const char *word)
{
	for (const char *p = text; (p = strcasestr(p, word)); p++) {
		const char *end = p + strlen(word);

		end += (*end == 's' || *end == 'S') && !isalpha((unsigned char)end[1]);
		if (begins_word(text, p) &&
		    (!isalpha((unsigned char)*end) || begins_word(text, end))) {
			return end;
		}
	}
	return NULL;
}

/* What another word follows only says what that is for: a camera controller is no camera. Few letters,
 * or letters with digits, are its model or how it is made: "IPC-HFW4431R", "Camera PTZ". */
static bool is_named_so(const char *text, const char *word)
{
	while ((text = behind_word(text, word))) {
		const char *next = text + strspn(text, " -_");
		size_t letters = 0;

		while (isalpha((unsigned char)next[letters])) {
			letters++;
		}
		if (letters < 4 || isdigit((unsigned char)next[letters])) {
			return true;
		}
	}
	return false;
}

/* The trade's own names for the two, ONVIF's types among them. */
static uint32_t type_of(const char *text)
{
	static const char *const cameras[] = { "camera", "ipcamera", "ipcam", "ipc",
					       "ipdome", "ipzoom",   "dome" };
	static const char *const recorders[] = {
		"NetworkVideoStorage", "nvr", "dvr", "xvr", "hvr", "recorder"
	};
	uint32_t why = behind_word(text, "NetworkVideoTransmitter") ? NW_CAMERA_TYPE : 0;

	for (size_t i = 0; i < NW_ARRAY_SIZE(cameras); i++) {
		why |= is_named_so(text, cameras[i]) ? NW_CAMERA_TYPE : 0;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(recorders); i++) {
		why |= behind_word(text, recorders[i]) ? NW_CAMERA_RECORDER : 0;
	}
	return why;
}

static bool sign_of(enum nw_attr key, enum nw_sign_place *ret)
{
	switch (key) {
	case NW_ATTR_SERVER_SOFTWARE:
		*ret = NW_SIGN_SERVER;
		return true;
	case NW_ATTR_REALM:
		*ret = NW_SIGN_REALM;
		return true;
	case NW_ATTR_TLS_SERVER_SUBJECT:
		*ret = NW_SIGN_CERTIFICATE;
		return true;
	case NW_ATTR_URL_PATH:
		*ret = NW_SIGN_PATH;
		return true;
	case NW_ATTR_DEVICE_MODEL:
	case NW_ATTR_DEVICE_HARDWARE:
		*ret = NW_SIGN_MODEL;
		return true;
	default:
		return false;
	}
}

/* Words count for a camera where they are the device's own: a path is what it is asked for. */
uint32_t nw_camera_words(const struct nw_state *st, const struct nw_flow *f)
{
	int i = heard(f);
	bool is_camera_protocol = i >= 0 && spoken[i].why;
	struct nw_said_value v;
	enum nw_sign_place place;
	uint32_t why = 0;
	unsigned signs = 0;
	uint16_t at = 0;

	while (f->said && nw_said_next(f->said, &at, &v)) {
		bool is_type = v.key == NW_ATTR_SERVICE_TYPE || v.key == NW_ATTR_DEVICE_TYPE ||
			       v.key == NW_ATTR_DEVICE_MODEL;

		if (is_type && is_camera_protocol) {
			why |= type_of(v.text);
		}
		if (v.key == NW_ATTR_DEVICE_MODEL && is_camera_protocol) {
			why |= NW_CAMERA_DEVICE;
		}
		if (sign_of(v.key, &place) && place != NW_SIGN_PATH) {
			signs += nw_makers_by_sign(st, place, v.text) != 0;
		}
	}
	why |= signs > 0 ? NW_CAMERA_SIGN : 0;
	return why | (signs > 1 ? NW_CAMERA_SIGNS : 0);
}

/* ---- the flow ------------------------------------------------------------------------------- */

static bool is_single(const uint8_t addr[16])
{
	bool is_v4 = memcmp(addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0;

	return is_v4 ? addr[12] > 0 && addr[12] < 224 && addr[12] != 127 : addr[0] != 0xff;
}

static uint32_t mac_of(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_neighbour *n = nw_neighbour_find(st, f->netns, f->ifindex, f->raddr);
	const struct nw_maker *m = n ? nw_maker_find(st, n->maker) : NULL;

	if (!n || !n->maker[0]) {
		return 0;
	}
	return m && m->is_mixed ? NW_CAMERA_MIXED : NW_CAMERA_MAC;
}

uint32_t nw_camera_signs(const struct nw_state *st, const struct nw_flow *f, uint32_t known,
			 uint32_t words)
{
	int i = heard(f);
	bool has_media;
	bool has_volume;
	uint32_t why;

	if (!f->is_inside || (f->flags & (NW_SOCK_LOOPBACK | NW_SOCK_FORWARDED)) || f->peer ||
	    f->family >= NW_FAMILY_OTHER || !is_single(f->raddr)) {
		return 0;
	}
	has_media = is_media(f, i, known);
	has_volume = !has_media && nw_camera_level(f) == AS_VOLUME && is_opaque(f);
	why = mac_of(st, f);
	/* who connects to us may be anybody; who sends media then is no viewer */
	if (f->proto == IPPROTO_TCP && !f->is_outbound) {
		if (!(has_media || (has_volume && (why || i >= 0)))) {
			return 0;
		}
		why |= NW_CAMERA_PUSHES;
	}
	why |= words | (i >= 0 ? spoken[i].why : 0) | (has_volume ? NW_CAMERA_VOLUME : 0);
	if (has_media) {
		why |= NW_CAMERA_MEDIA;
		why |= begins(said(f, NW_ATTR_HTTP_RESPONSE_TYPE), "multipart/")
			       ? NW_CAMERA_PICTURES
			       : 0;
	}
	return why;
}

uint8_t nw_camera_weigh(uint32_t why)
{
	static const struct {
		uint32_t why;
		unsigned worth;
	} worths[] = {
		{ NW_CAMERA_PROTOCOL, 40 }, { NW_CAMERA_MEDIA, 25 },	{ NW_CAMERA_MAC, 25 },
		{ NW_CAMERA_MIXED, 9 },	    { NW_CAMERA_DEVICE, 15 },	{ NW_CAMERA_TYPE, 35 },
		{ NW_CAMERA_SERVICE, 20 },  { NW_CAMERA_SIGN, 9 },	{ NW_CAMERA_SIGNS, 9 },
		{ NW_CAMERA_RTP, 15 },	    { NW_CAMERA_PICTURES, 30 },
	};
	unsigned sure = 0;

	if (why & NW_CAMERA_DECLARED) {
		return 100;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(worths); i++) {
		sure += why & worths[i].why ? worths[i].worth : 0;
	}
	/* a copy of a file looks the same, but from a maker's device it is pictures */
	if ((why & NW_CAMERA_VOLUME) && (why & NW_CAMERA_MAC)) {
		sure += 25;
	}
	return (uint8_t)NW_MIN(sure, 95U);
}

/* ---- who ------------------------------------------------------------------------------------ */

static void keep(char *to, size_t size, const char *text)
{
	if (!to[0] && text && text[0]) {
		size_t len = strnlen(text, size - 1);

		memcpy(to, text, len);
		to[len] = '\0';
	}
}

/* What two words have in common is surer than either; words that contradict each other stay both. */
static void narrow(uint64_t *set, uint64_t more)
{
	if (more) {
		*set = !*set ? more : *set & more ? *set & more : *set | more;
	}
}

static void identify_mac(const struct nw_state *st, const struct nw_flow *f, struct nw_camera *c)
{
	const struct nw_neighbour *n = nw_neighbour_find(st, f->netns, f->ifindex, f->raddr);

	if (n) {
		memcpy(c->mac, n->mac, sizeof(c->mac));
		c->has_mac = true;
		memcpy(c->mac_maker, n->maker, sizeof(c->mac_maker));
	}
}

void nw_camera_identify(const struct nw_state *st, const struct nw_flow *f, struct nw_camera *c)
{
	const char *name = said(f, NW_ATTR_DEVICE_NAME);
	struct nw_said_value v;
	enum nw_sign_place place;
	uint16_t at = 0;
	int i = heard(f);

	identify_mac(st, f, c);
	if (i >= 0) {
		const struct nw_maker *own =
			nw_maker_only(st, nw_makers_by_sign(st, NW_SIGN_PROTOCOL, spoken[i].name));

		c->spoken |= 1U << spoken[i].protocol;
		keep(c->spoken_maker, sizeof(c->spoken_maker), own ? own->id : NULL);
	}
	keep(c->brand, sizeof(c->brand), said(f, NW_ATTR_DEVICE_BRAND));
	keep(c->brand, sizeof(c->brand), said(f, NW_ATTR_DEVICE_MAKER));
	if (name && !c->brand[0] && nw_makers_by_brand(st, name)) { /* "HIKVISION DS-2CD2042WD" */
		keep(c->brand, sizeof(c->brand), name);
		c->brand[strcspn(c->brand, " ")] = '\0';
	}
	keep(c->model, sizeof(c->model), said(f, NW_ATTR_DEVICE_MODEL));
	keep(c->model, sizeof(c->model), said(f, NW_ATTR_DEVICE_HARDWARE));
	keep(c->firmware, sizeof(c->firmware), said(f, NW_ATTR_DEVICE_FIRMWARE));
	while (f->said && nw_said_next(f->said, &at, &v)) {
		if (sign_of(v.key, &place)) {
			narrow(&c->said_makers, nw_makers_by_sign(st, place, v.text));
		}
	}
	if (c->brand[0]) {
		narrow(&c->said_makers, nw_makers_by_brand(st, c->brand));
	}
}
