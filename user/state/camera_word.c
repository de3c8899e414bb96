/* SPDX-License-Identifier: Apache-2.0 */
/* A camera in words: what kind it is, who made it and how that is known, its name. Owns nothing. */
#include <string.h>

#include "camera.h"
#include "config.h"
#include "maker.h"
#include "util/text.h"

/* Media alone say nothing of what made them; many streams, and its own word, speak for a recorder. */
const char *nw_camera_kind(const struct nw_camera *c)
{
	bool is_named = c->why & (NW_CAMERA_DECLARED | NW_CAMERA_TYPE | NW_CAMERA_NAMED);
	bool is_known =
		c->why & (NW_CAMERA_DEVICE | NW_CAMERA_MAC | NW_CAMERA_SIGN | NW_CAMERA_SERVICE);
	bool is_live = (c->why & NW_CAMERA_PROTOCOL) && (c->why & NW_CAMERA_MEDIA);

	if (c->why & (NW_CAMERA_RECORDER | NW_CAMERA_FILM) ||
	    (c->why & NW_CAMERA_MANY && !is_named)) {
		return "recorder or camera";
	}
	return is_named || (is_known && is_live) ? "camera" : "recorder or camera";
}

const char *nw_camera_maker(const struct nw_state *st, const struct nw_camera *c,
			    enum nw_maker_basis *ret_basis)
{
	const struct nw_maker *said = nw_maker_only(st, c->said_makers);

	if (c->declared && c->declared->maker) {
		*ret_basis = NW_MAKER_DECLARED;
		return c->declared->maker;
	}
	*ret_basis = c->spoken_maker[0] ? NW_MAKER_SPEAKS
		     : c->mac_maker[0]	? NW_MAKER_MAC
		     : said		? NW_MAKER_SAYS
					: NW_MAKER_UNKNOWN;
	return c->spoken_maker[0] ? c->spoken_maker
	       : c->mac_maker[0]  ? c->mac_maker
	       : said		  ? said->id
				  : "";
}

const char *nw_maker_basis_name(enum nw_maker_basis basis)
{
	static const char *const words[NW_MAKER_BASIS_COUNT] = { "unknown", "says", "mac", "speaks",
								 "declared" };

	return words[basis];
}

const char *nw_camera_sign_name(unsigned sign)
{
	static const char *const words[NW_CAMERA_SIGN_COUNT] = {
		"declared", "protocol", "media", "device",    "mac",  "volume",	  "service",
		"type",	    "sign",	"signs", "mixed_mac", "rtp",  "pictures", "recorder",
		"pushes",   "many",	"named", "port",      "film", "other",	  "stills"
	};

	return words[sign];
}

const char *nw_camera_protocol_name(unsigned protocol)
{
	static const char *const words[NW_CAMERA_PROTOCOL_COUNT] = {
#define NW_CAMERA_WORD(id, word) word,
		NW_CAMERA_PROTOCOLS(NW_CAMERA_WORD)
#undef NW_CAMERA_WORD
	};

	return words[protocol];
}

void nw_camera_label(const struct nw_camera *c, char ret[NW_CAMERA_LABEL])
{
	const char *name = c->declared && c->declared->address ? c->declared->name : NULL;

	if (name) {
		(void)nw_text_escape(ret, NW_CAMERA_LABEL, name, strlen(name));
		return;
	}
	(void)nw_addr_text(ret, c->addr);
}

static bool is_link_local(const uint8_t addr[16])
{
	return addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
}

const struct nw_camera *nw_camera_same(const struct nw_state *st, const struct nw_camera *c)
{
	const struct nw_camera *other = NULL;

	if (!c->has_mac || !is_link_local(c->addr)) {
		return NULL;
	}
	while ((other = nw_camera_next(st, other))) {
		if (other->has_mac && other->netns == c->netns && !is_link_local(other->addr) &&
		    memcmp(other->mac, c->mac, sizeof(c->mac)) == 0) {
			return other;
		}
	}
	return NULL;
}
