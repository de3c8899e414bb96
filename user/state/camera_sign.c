/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one flow shows of its far end: does it look like a camera? What it says in words is
 * camera_say.c's. Owns nothing. Signs add up, and none is enough alone: what a sign is worth is in
 * weigh(), and why in docs/cameras.md.
 */
#include "camera_sign.h"

#include <netinet/in.h>
#include <string.h>

#include "internal.h"
#include "maker.h"

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

static const struct nw_camera_tongue tongues[] = {
	{ "rtsp", NW_CAMERA_RTSP_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "rtp", NW_CAMERA_RTP_SPOKEN, NW_CAMERA_RTP },
	{ "rtcp", NW_CAMERA_RTP_SPOKEN, 0 },
	{ "onvif", NW_CAMERA_ONVIF_SPOKEN, NW_CAMERA_SERVICE },
	{ "isapi", NW_CAMERA_ISAPI_SPOKEN, NW_CAMERA_SERVICE },
	{ "sadp", NW_CAMERA_SADP_SPOKEN, NW_CAMERA_SERVICE },
	{ "hiksdk", NW_CAMERA_HIKSDK_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "dahua", NW_CAMERA_DAHUA_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "xiongmai", NW_CAMERA_XIONGMAI_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "baichuan", NW_CAMERA_BAICHUAN_SPOKEN, NW_CAMERA_PROTOCOL },
	{ "vapix", NW_CAMERA_VAPIX_SPOKEN, 0 },
	{ "http", NW_CAMERA_HTTP_SPOKEN, 0 },
	{ "tls", NW_CAMERA_TLS_SPOKEN, 0 },
};

const struct nw_camera_tongue *nw_camera_heard(const struct nw_flow *f)
{
	if (!f->said || !f->said->protocol || f->said->basis != NW_BASIS_CONTENT ||
	    !(f->said->ways & NW_SAID_THERE)) {
		return NULL;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(tongues); i++) {
		if (strcmp(f->said->protocol, tongues[i].name) == 0) {
			return &tongues[i];
		}
	}
	return NULL;
}

static const char *type_of(const struct nw_flow *f)
{
	return f->said ? nw_said_find(f->said, NW_ATTR_HTTP_RESPONSE_TYPE) : NULL;
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

/* Services that move what is no media, by their ports (IANA): of a flow that was there before us no
 * first byte is known. */
static bool is_of_files(const struct nw_flow *f)
{
	static const uint16_t ports[] = { 20,	21,   22,   25,	  69,	111,  139,  143,  161,
					  162,	445,  514,  515,  548,	631,  873,  993,  2049,
					  3260, 3306, 3389, 5432, 5900, 6379, 9100, 10809 };
	uint16_t port = f->is_outbound ? f->rport : f->lport;

	for (size_t i = 0; i < NW_ARRAY_SIZE(ports); i++) {
		if (port == ports[i]) {
			return true;
		}
	}
	return false;
}

/* What files of films are sent as; live ones come as video/mp2t, video/x-flv or in parts. */
static bool is_film(const char *type)
{
	static const char *const types[] = { "video/mp4",  "video/x-matroska", "video/quicktime",
					     "video/webm", "video/x-msvideo",  "video/x-ms-wmv" };

	for (size_t i = 0; i < NW_ARRAY_SIZE(types); i++) {
		if (begins(type, types[i])) {
			return true;
		}
	}
	return false;
}

/* What it is cannot be seen, or it is pictures: nothing is known that speaks against media. */
static bool is_opaque(const struct nw_flow *f)
{
	const char *protocol = f->said ? f->said->protocol : NULL;
	const char *type = type_of(f);

	if (!protocol || strcmp(protocol, "tls") == 0) {
		return !is_of_files(f);
	}
	return strcmp(protocol, "rtp") == 0 || (strcmp(protocol, "http") == 0 && !is_film(type) &&
						(begins(type, "image/") || begins(type, "video/") ||
						 begins(type, "multipart/x-mixed-replace")));
}

uint64_t nw_camera_still(const struct nw_flow *f)
{
	const char *path = f->said ? nw_said_find(f->said, NW_ATTR_URL_PATH) : NULL;

	return path && f->is_outbound && begins(type_of(f), "image/jpeg")
		       ? nw_hash_text(0, path) | 1
		       : 0;
}

static bool is_media(const struct nw_flow *f, const struct nw_camera_tongue *heard, uint32_t known)
{
	if (nw_camera_level(f) < AS_MEDIA) {
		return false;
	}
	if (heard && (heard->why & (NW_CAMERA_PROTOCOL | NW_CAMERA_RTP))) {
		return true;
	}
	/* datagrams from who has answered in RTSP are what was asked for there */
	if (f->proto == IPPROTO_UDP && (known & NW_CAMERA_PROTOCOL) && is_opaque(f)) {
		return true;
	}
	return begins(type_of(f), "multipart/x-mixed-replace");
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

/* RTSP's (IANA: 554, 322 in TLS), or where the catalogue says that a maker's devices send media. */
static bool has_port(const struct nw_state *st, const struct nw_flow *f)
{
	uint16_t port = f->rport;

	return f->is_outbound &&
	       (port == 554 || port == 322 || nw_makers_by_port(st, (uint8_t)f->proto, port) != 0);
}

uint32_t nw_camera_signs(const struct nw_state *st, const struct nw_flow *f, uint32_t known,
			 uint32_t words)
{
	const struct nw_camera_tongue *heard = nw_camera_heard(f);
	bool has_media;
	bool has_volume;
	uint32_t why;

	if (!f->is_inside || (f->flags & (NW_SOCK_LOOPBACK | NW_SOCK_FORWARDED)) || f->peer ||
	    f->family >= NW_FAMILY_OTHER || !is_single(f->raddr)) {
		return 0;
	}
	has_media = is_media(f, heard, known);
	has_volume = !has_media && nw_camera_level(f) == AS_VOLUME && is_opaque(f);
	why = mac_of(st, f);
	/* who connects to us may be anybody; who sends media then is no viewer */
	if (f->proto == IPPROTO_TCP && !f->is_outbound) {
		if (!(has_media || (has_volume && (why || heard)))) {
			return 0;
		}
		why |= NW_CAMERA_PUSHES;
	}
	why |= words | (heard ? heard->why : 0);
	if (has_volume) {
		why |= NW_CAMERA_VOLUME | (has_port(st, f) ? NW_CAMERA_PORT : 0);
	}
	if (has_media) {
		why |= NW_CAMERA_MEDIA;
		why |= begins(type_of(f), "multipart/") ? NW_CAMERA_PICTURES : 0;
	}
	return why;
}

uint8_t nw_camera_weigh(uint32_t why)
{
	static const struct {
		uint32_t why;
		int worth;
	} worths[] = {
		{ NW_CAMERA_PROTOCOL, 40 }, { NW_CAMERA_MEDIA, 25 },	{ NW_CAMERA_MAC, 25 },
		{ NW_CAMERA_MIXED, 9 },	    { NW_CAMERA_DEVICE, 15 },	{ NW_CAMERA_TYPE, 35 },
		{ NW_CAMERA_SERVICE, 20 },  { NW_CAMERA_SIGN, 9 },	{ NW_CAMERA_SIGNS, 9 },
		{ NW_CAMERA_RTP, 15 },	    { NW_CAMERA_PICTURES, 30 }, { NW_CAMERA_NAMED, 41 },
		{ NW_CAMERA_PORT, 9 },	    { NW_CAMERA_STILLS, 25 },	{ NW_CAMERA_FILM, -25 },
		{ NW_CAMERA_OTHER, -40 },
	};
	int sure = 0;

	if (why & NW_CAMERA_DECLARED) {
		return 100;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(worths); i++) {
		sure += why & worths[i].why ? worths[i].worth : 0;
	}
	/* a copy of a file looks the same, but from a maker's device it is pictures */
	if ((why & NW_CAMERA_VOLUME) && (why & NW_CAMERA_MAC) &&
	    !(why & (NW_CAMERA_FILM | NW_CAMERA_OTHER))) {
		sure += 25;
	}
	return (uint8_t)NW_MAX(NW_MIN(sure, 95), 0);
}
