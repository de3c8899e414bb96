/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras: what sends pictures to this host or through it, as far as is known and how sure. Written
 * by user/state/camera.c alone. A camera is found from several kinds of evidence; no single word
 * decides, and a brand proves no maker.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "state/state.h"

#define NW_CAMERAS_MAX	1024
#define NW_CAMERA_LABEL 64 /* bytes of a label, with NUL */

/* From this confidence on it is one; what is less sure is kept and not shown as a camera. */
#define NW_CAMERA_SURE 50

/* What speaks for it. */
#define NW_CAMERA_DECLARED (1U << 0) /* the configuration says so */
#define NW_CAMERA_PROTOCOL (1U << 1) /* it answers in a protocol of cameras */
#define NW_CAMERA_MEDIA	   (1U << 2) /* media-like volume comes from it */
#define NW_CAMERA_DEVICE   (1U << 3) /* it says which device it is */
#define NW_CAMERA_MAC	   (1U << 4) /* its MAC is of a maker of cameras */

struct nw_camera_decl;

struct nw_camera {
	uint8_t addr[16];
	uint32_t netns;			       /* from where it is reached */
	const struct nw_camera_decl *declared; /* or NULL */
	uint32_t why;			       /* NW_CAMERA_* */
	uint8_t confidence;		       /* 0-100 */
	uint64_t first_ns, last_ns;
	uint64_t media_ns; /* first media; 0 = none yet */
	uint64_t rx_bytes; /* from it */
	uint64_t tx_bytes; /* to it */
	uint32_t flows;	   /* open ones */
};

/* NULL unless it is known with NW_CAMERA_SURE or more. */
const struct nw_camera *nw_camera_find(const struct nw_state *st, const uint8_t addr[16]);
/* The camera at the far end of the flow, or NULL. */
const struct nw_camera *nw_camera_of(const struct nw_state *st, const struct nw_flow *f);
/* Those that are sure, in no particular order; first after NULL. */
const struct nw_camera *nw_camera_next(const struct nw_state *st, const struct nw_camera *after);
/* Its declared name, else its address: printable, and the same as long as it is in the table. */
void nw_camera_label(const struct nw_camera *c, char ret[NW_CAMERA_LABEL]);

/* Open flows whose far end is a camera; first after NULL. A flow that ends is the last time here
 * while its end is handled. */
const struct nw_flow *nw_ingest_next(const struct nw_state *st, const struct nw_flow *after);
