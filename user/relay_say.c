/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict in words and numbers. Owns nothing; texts are constants, labels go where they are asked. */
#include "relay_say.h"

#include <string.h>

const struct nw_camera *nw_relay_camera(const struct nw_relay *r, const struct nw_state *st,
					unsigned stream)
{
	const struct nw_flow *f = nw_relay_stream_flow(r, st, stream);

	return f ? nw_camera_of(st, f) : NULL;
}

/* ---- words ---------------------------------------------------------------------------------- */

static bool is_listed(const struct nw_relay *r, const struct nw_state *st,
		      const struct nw_relay_verdict *v, unsigned member)
{
	unsigned i = 0;

	while (nw_relay_camera(r, st, v->member[i]) != nw_relay_camera(r, st, v->member[member])) {
		i++;
	}
	return i < member;
}

void nw_relay_labels(const struct nw_relay *r, const struct nw_state *st,
		     const struct nw_relay_verdict *v, char *ret, size_t size)
{
	unsigned count = NW_MIN(NW_MAX(v->members, v->rivals + 1), NW_RELAY_MEMBERS);
	size_t at = 0;

	ret[0] = '\0';
	if (v->rivals >= NW_RELAY_MEMBERS) {
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		const struct nw_camera *c = nw_relay_camera(r, st, v->member[i]);
		char label[NW_CAMERA_LABEL];
		size_t len;

		if (!c || is_listed(r, st, v, i)) {
			continue;
		}
		nw_camera_label(c, label);
		len = strlen(label);
		if (at + len + 3 > size) {
			break;
		}
		if (at) {
			memcpy(ret + at, ", ", 2);
			at += 2;
		}
		memcpy(ret + at, label, len + 1);
		at += len;
	}
}

const char *nw_relay_word(const struct nw_relay_verdict *v, const struct nw_camera *camera)
{
	return camera ? "camera" : v->members > 1 ? "cameras" : "one_of";
}

const char *nw_relay_basis(const struct nw_relay_verdict *v)
{
	static const char *const tied[] = {
		[NW_RELAY_NONE] = "",
		[NW_RELAY_LINEAGE] = "lineage",
		[NW_RELAY_PACE] = "lineage, pace",
		[NW_RELAY_TIMING] = "lineage, timing",
		[NW_RELAY_CONSERVED] = "lineage, bytes",
		[NW_RELAY_BURSTS] = "lineage, bursts",
		[NW_RELAY_LATE] = "lineage, rate",
		[NW_RELAY_RATE] = "lineage, rate",
	};

	if (v->tie > NW_RELAY_TIE_UNIT) {
		return tied[v->how];
	}
	if (v->tie == NW_RELAY_TIE_UNIT) {
		return v->how == NW_RELAY_BURSTS  ? "same unit, bursts"
		       : v->how > NW_RELAY_BURSTS ? "same unit, rate"
						  : "";
	}
	return "rate";
}

const char *nw_relay_reason(const struct nw_relay_verdict *v)
{
	if (v->tie == NW_RELAY_TIE_NONE) {
		return "What leaves the host moves as a camera's stream does; nobody was seen to join "
		       "them";
	}
	switch (v->how) {
	case NW_RELAY_LINEAGE:
		return v->tie == NW_RELAY_TIE_SAME
			       ? "A program that reads a camera sends like media to outside"
			       : "A program that is joined to one that reads a camera sends like media "
				 "to outside";
	case NW_RELAY_PACE:
		return "A program that reads cameras sends to outside what is paced as pictures are";
	case NW_RELAY_TIMING:
		return "A program that reads a camera sends to outside what grows and shrinks with its "
		       "picture";
	case NW_RELAY_CONSERVED:
		return "A program that reads a camera sends as much to outside as it gets from it";
	default:
		return "A program that reads a camera sends its stream to outside";
	}
}

/* ---- how much it weighs --------------------------------------------------------------------- */

uint8_t nw_relay_score(const struct nw_relay_verdict *v, bool is_allowed)
{
	static const uint8_t tied[] = {
		[NW_RELAY_LINEAGE] = 60,   [NW_RELAY_PACE] = 60,   [NW_RELAY_TIMING] = 70,
		[NW_RELAY_CONSERVED] = 80, [NW_RELAY_BURSTS] = 88, [NW_RELAY_LATE] = 88,
		[NW_RELAY_RATE] = 90,
	};
	uint8_t score = tied[v->how];

	if (v->tie == NW_RELAY_TIE_UNIT) {
		score = 75;
	} else if (v->tie == NW_RELAY_TIE_NONE || v->is_weak ||
		   (v->how == NW_RELAY_LINEAGE && v->streams > 1)) {
		score = 45; /* a recorder sends this and that */
	} else if (v->how == NW_RELAY_PACE && v->streams > 1) {
		score = 55;
	}
	return is_allowed ? NW_MIN(score, 20) : score;
}

uint8_t nw_relay_confidence(const struct nw_relay_verdict *v)
{
	static const uint8_t tied[] = {
		[NW_RELAY_LINEAGE] = 50,   [NW_RELAY_PACE] = 60,   [NW_RELAY_TIMING] = 65,
		[NW_RELAY_CONSERVED] = 80, [NW_RELAY_BURSTS] = 90, [NW_RELAY_LATE] = 90,
		[NW_RELAY_RATE] = 97,
	};

	return v->tie > NW_RELAY_TIE_UNIT ? tied[v->how] : v->tie == NW_RELAY_TIE_UNIT ? 80 : 40;
}
