/* SPDX-License-Identifier: Apache-2.0 */
/* A capture (pcap, pcapng) as the stream of events that nw_pipeline_raw() takes from a live host. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "capture_flows.h"

#define NW_CAPTURE_ERROR_MAX 256

struct nw_capture;

struct nw_capture_options {
	uint32_t flows; /* capacity of the table */
	bool has_heads;
	uint64_t config_hash;
	nw_capture_feed_fn feed;
	void *ctx;
};

/* file: owned from here on, also on failure. -EBADMSG: no capture, or none of a link type that is
 * known; error says what. Pointers in opt must stay. */
NW_MUST_CHECK int nw_capture_open(FILE *file, const struct nw_capture_options *opt,
				  char error[NW_CAPTURE_ERROR_MAX], struct nw_capture **ret);
/*
 * Feeds everything, to the end of the session. 0; -ENODATA when the file ends inside a packet,
 * -EBADMSG when it is damaged: what stood before was fed, and error says what is wrong.
 * keep_on: asked at each tick; false ends the session.
 */
NW_MUST_CHECK int nw_capture_read(struct nw_capture *c, bool (*keep_on)(void *ctx),
				  char error[NW_CAPTURE_ERROR_MAX]);
const struct nw_capture_counts *nw_capture_counts(const struct nw_capture *c);
void nw_capture_free(struct nw_capture *c);
