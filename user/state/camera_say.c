/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a far end says of itself in words: that it is a camera, or something else, and whose. Words
 * are free to take, so a word counts once, and none decides. Owns nothing.
 */
#include "camera_sign.h"

#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

#include "internal.h"
#include "maker.h"

/* ---- is it called so? ----------------------------------------------------------------------- */

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

/* What another word follows only says what that is for: a camera controller is no camera. Few
 * letters, or letters with digits, are its model or how it is made: "IPC-HFW4431R", "Camera PTZ"; a
 * realm says who logs in: "Camera User". */
static bool is_named_so(const char *text, const char *word)
{
	while ((text = behind_word(text, word))) {
		const char *next = text + strspn(text, " -_");
		size_t letters = 0;

		while (isalpha((unsigned char)next[letters])) {
			letters++;
		}
		if (letters < 4 || isdigit((unsigned char)next[letters]) ||
		    (letters == 4 && strncasecmp(next, "user", 4) == 0)) {
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

/* ---- words ---------------------------------------------------------------------------------- */

/* Where a word of the far end stands; who connects to us hears our own server and realm. */
static bool sign_of(const struct nw_flow *f, enum nw_attr key, enum nw_sign_place *ret)
{
	static const struct {
		enum nw_attr key;
		enum nw_sign_place place;
	} places[] = {
		{ NW_ATTR_SERVER_SOFTWARE, NW_SIGN_SERVER },
		{ NW_ATTR_REALM, NW_SIGN_REALM },
		{ NW_ATTR_TLS_SERVER_SUBJECT, NW_SIGN_CERTIFICATE },
		{ NW_ATTR_URL_PATH, NW_SIGN_PATH },
		{ NW_ATTR_DEVICE_MODEL, NW_SIGN_MODEL },
		{ NW_ATTR_DEVICE_HARDWARE, NW_SIGN_MODEL },
		{ NW_ATTR_DEVICE_TYPE, NW_SIGN_TYPE },
	};

	bool is_served = f->proto == IPPROTO_TCP && !f->is_outbound;

	for (size_t i = 0; i < NW_ARRAY_SIZE(places); i++) {
		if (places[i].key == key) {
			*ret = places[i].place;
			return !is_served || *ret > NW_SIGN_CERTIFICATE;
		}
	}
	return false;
}

/* How the words of a flow count; what is a maker's sign and a camera's name at once, as one. */
struct tally {
	const struct nw_state *st;
	const struct nw_flow *f;
	bool is_camera_protocol; /* it was heard to speak one */
	bool is_page;		 /* it answered in HTTP and in nothing that says more */
	unsigned names, signs, shared;
	uint32_t why;
};

/* "Vivotek Network Camera" has a sign, and a name behind it; "IP Camera(" is either. */
static void count_sign(struct tally *t, enum nw_sign_place place, const char *text)
{
	size_t len = 0;
	bool is_sign = nw_makers_at_sign(t->st, place, text, &len) != 0;
	bool is_name =
		t->is_page && place != NW_SIGN_CERTIFICATE && (type_of(text) & NW_CAMERA_TYPE);

	t->signs += is_sign;
	t->names += is_name;
	t->shared += is_sign && is_name && !(type_of(text + len) & NW_CAMERA_TYPE);
}

static void count(struct tally *t, const struct nw_said_value *v)
{
	bool is_type = v->key == NW_ATTR_SERVICE_TYPE || v->key == NW_ATTR_DEVICE_TYPE ||
		       v->key == NW_ATTR_DEVICE_MODEL;
	enum nw_sign_place place;

	if (is_type && t->is_camera_protocol) {
		t->why |= type_of(v->text);
	}
	if (v->key == NW_ATTR_DEVICE_MODEL && t->is_camera_protocol) {
		t->why |= NW_CAMERA_DEVICE;
	}
	if (v->key == NW_ATTR_DEVICE_BRAND && t->is_page) {
		t->signs += nw_makers_by_brand(t->st, v->text) != 0;
	}
	if (sign_of(t->f, v->key, &place) && place != NW_SIGN_PATH) {
		unsigned other = nw_others_by_sign(t->st, place, v->text);

		count_sign(t, place, v->text);
		t->why |= other & NW_OTHER_FILM ? NW_CAMERA_FILM : 0;
		t->why |= other & NW_OTHER_ELSE ? NW_CAMERA_OTHER : 0;
	}
}

/* A file's name, or the place where such servers keep them. */
static bool is_path_of_film(const char *path)
{
	static const char *const ends[] = { ".mov", ".mp4", ".mkv", ".wmv", ".avi",
					    ".mp3", ".asf", ".3gp", ".webm" };
	size_t len = path ? strlen(path) : 0;

	if (!path || strcasestr(path, "/vod/")) {
		return path != NULL;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(ends); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && strcasecmp(path + len - n, ends[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* Television is packed as MPEG-TS. A path is what RTSP asks for: a maker's word outdoes it. */
static bool is_film(const struct nw_flow *f, const struct nw_camera_tongue *heard, unsigned signs)
{
	struct nw_said_value v;
	uint16_t at = 0;

	if (heard->protocol != NW_CAMERA_RTSP_SPOKEN && heard->protocol != NW_CAMERA_RTP_SPOKEN) {
		return false;
	}
	while (nw_said_next(f->said, &at, &v)) {
		if (v.key == NW_ATTR_MEDIA_CODEC && strcmp(v.text, "MP2T") == 0) {
			return true;
		}
	}
	return heard->protocol == NW_CAMERA_RTSP_SPOKEN && !signs &&
	       is_path_of_film(nw_said_find(f->said, NW_ATTR_URL_PATH));
}

/* Words count for a camera where they are the device's own: a path is what it is asked for. */
uint32_t nw_camera_words(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_camera_tongue *heard = nw_camera_heard(f);
	struct tally t = { .st = st, .f = f, .is_camera_protocol = heard && heard->why };
	struct nw_said_value v;
	uint16_t at = 0;

	if (!f->said) {
		return 0;
	}
	t.is_page = !t.is_camera_protocol && f->is_outbound &&
		    nw_said_find(f->said, NW_ATTR_HTTP_STATUS);
	while (nw_said_next(f->said, &at, &v)) {
		count(&t, &v);
	}
	if (t.names) {
		t.why |= NW_CAMERA_NAMED;
		t.signs -= t.names == t.shared;
	}
	if (heard && is_film(f, heard, t.signs)) {
		t.why |= NW_CAMERA_FILM;
	}
	t.why |= t.signs > 0 ? NW_CAMERA_SIGN : 0;
	return t.why | (t.signs > 1 ? NW_CAMERA_SIGNS : 0);
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

static const char *said(const struct nw_flow *f, enum nw_attr key)
{
	return f->said ? nw_said_find(f->said, key) : NULL;
}

void nw_camera_identify(const struct nw_state *st, const struct nw_flow *f, struct nw_camera *c)
{
	const char *name = said(f, NW_ATTR_DEVICE_NAME);
	const struct nw_camera_tongue *heard = nw_camera_heard(f);
	struct nw_said_value v;
	enum nw_sign_place place;
	uint16_t at = 0;

	identify_mac(st, f, c);
	if (heard) {
		const struct nw_maker *own =
			nw_maker_only(st, nw_makers_by_sign(st, NW_SIGN_PROTOCOL, heard->name));

		c->spoken |= 1U << heard->protocol;
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
		if (sign_of(f, v.key, &place)) {
			narrow(&c->said_makers, nw_makers_by_sign(st, place, v.text));
		}
	}
	if (c->brand[0]) {
		narrow(&c->said_makers, nw_makers_by_brand(st, c->brand));
	}
}
