/* SPDX-License-Identifier: Apache-2.0 */
/* What one flow shows of its far end: camera_sign.c by what it does, camera_say.c by its words. */
#pragma once

#include <stdint.h>

#include "camera.h"

/* A protocol that is known by content, and what it speaks for. */
struct nw_camera_tongue {
	const char *name; /* a decoder's */
	enum nw_camera_protocol protocol;
	uint32_t why; /* NW_CAMERA_* */
};

/* What was heard from there, by content; NULL: nothing of these. */
const struct nw_camera_tongue *nw_camera_heard(const struct nw_flow *f);
/* As NW_CAMERA_*: what words alone say, which changes with them only; and all of it. known: what is
 * known of that address already, or 0. */
uint32_t nw_camera_words(const struct nw_state *st, const struct nw_flow *f);
uint32_t nw_camera_signs(const struct nw_state *st, const struct nw_flow *f, uint32_t known,
			 uint32_t words);
/* Hash of the path that was asked for in HTTP, when the answer is a picture; 0 = it is none. */
uint64_t nw_camera_still(const struct nw_flow *f);
/* How much comes: 0 little, 1 as media would be where they are meant, 2 where nothing is known. */
uint8_t nw_camera_level(const struct nw_flow *f);
uint8_t nw_camera_weigh(uint32_t why);
/* What the flow's ends and its MAC say of who it is. */
void nw_camera_identify(const struct nw_state *st, const struct nw_flow *f, struct nw_camera *c);
