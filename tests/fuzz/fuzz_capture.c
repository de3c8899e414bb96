/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any file as a capture, and any frames in a good one. What is fed passes the gate of events, time
 * never goes back, no flow has more bytes than the frames. Input: a byte of flags (1: a file follows;
 * else its other bits choose the link type), then for each frame a byte of time, two of length, one
 * of what the capture lacks, and bytes.
 */
#include <stdio.h>

#include "capture.h"
#include "event.h"
#include "fuzz.h"

enum {
	FILE_MAX = 1 << 17,
};

struct world {
	uint64_t now_ns;
	uint64_t wire;
	uint64_t socks;
};

static uint8_t file[FILE_MAX];

static void feed(void *ctx, const void *data, size_t len)
{
	struct world *w = ctx;
	const struct nw_event *ev;

	must(nw_event_check(data, len, &ev) == 0);
	must(ev->ts_ns >= w->now_ns);
	w->now_ns = ev->ts_ns;
	touch(ev, ev->size);
	if (ev->shape == NW_SHAPE_SOCK) {
		const struct nw_ev_sock *e = nw_event_sock(ev);

		must(e->t0_tx_bytes <= e->tx_bytes && e->t0_rx_bytes <= e->rx_bytes);
		must(!w->wire || e->tx_bytes + e->rx_bytes <= w->wire);
		w->socks++;
	}
}

static bool keep_on(void *ctx)
{
	(void)ctx;
	return true;
}

static void put32(size_t at, uint32_t value)
{
	memcpy(file + at, &value, sizeof(value));
}

static size_t put_frames(struct nw_span in, uint8_t flags, struct world *w)
{
	static const uint8_t links[] = { 1, 101, 113, 0, 108, 228, 229 };
	uint32_t seconds = 1000000000;
	size_t at = 24;

	memset(file, 0, at);
	put32(0, 0xa1b2c3d4);
	put32(4, 4U << 16 | 2);
	put32(16, 65535);
	put32(20, flags >> 1 == 7 ? 276 : links[(flags >> 1) % sizeof(links)]);
	while (nw_span_left(&in) && at + 16 < FILE_MAX) {
		uint8_t time = take_u8(&in);
		size_t len = take_u8(&in) | (size_t)take_u8(&in) << 8;
		uint8_t lacks = take_u8(&in);
		struct nw_span bytes;

		len = len < nw_span_left(&in) ? len : nw_span_left(&in);
		len = len < FILE_MAX - at - 16 ? len : FILE_MAX - at - 16;
		(void)nw_span_cut(&in, len, &bytes);
		seconds += time < 200 ? time : (uint32_t)-time;
		put32(at, seconds);
		put32(at + 4, time * 1000U);
		put32(at + 8, (uint32_t)len);
		put32(at + 12, (uint32_t)len + lacks);
		memcpy(file + at + 16, bytes.p, len);
		at += 16 + len;
		w->wire += len + lacks;
	}
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { .now_ns = 0 };
	const struct nw_capture_options opt = {
		.flows = 8, .has_heads = true, .feed = feed, .ctx = &w
	};
	struct nw_span in = nw_span_of(data, size);
	uint8_t flags = take_u8(&in);
	char error[NW_CAPTURE_ERROR_MAX];
	size_t len = nw_span_left(&in);
	struct nw_capture *c;

	if (len == 0 || len > FILE_MAX) {
		return 0;
	}
	if (flags & 1) {
		memcpy(file, in.p, len);
	} else {
		len = put_frames(in, flags, &w);
	}
	if (nw_capture_open(fmemopen(file, len, "r"), &opt, error, &c) == 0) {
		(void)nw_capture_read(c, keep_on, error);
		touch(nw_capture_counts(c), sizeof(struct nw_capture_counts));
		nw_capture_free(c);
	}
	return 0;
}
