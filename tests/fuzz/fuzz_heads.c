/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any pieces, in any order, through assembling and scrubbing. Every byte that comes out is the one
 * that went in at this place of this stream, or 'x'; no stream is told twice; arguments keep their
 * ends. Input: a byte of flags, one of length, and bytes, for each thing that happens.
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "fuzz.h"
#include "heads.h"
#include "scrub.h"

enum {
	STREAMS = 4,
	BYTES_MAX = 8192,
	EVENTS_MAX = 400
};

/* What went into one direction. */
struct stream {
	uint8_t data[BYTES_MAX];
	uint32_t len;
	uint32_t told;
};

struct world {
	struct stream stream[STREAMS][_NW_HEAD_WHAT_MAX];
	const struct nw_ev_head *datagram; /* that is being fed */
	uint64_t now_ns;
	unsigned told;
};

static void check_bytes(const uint8_t *got, const uint8_t *fed, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		must(got[i] == fed[i] || got[i] == 'x');
	}
}

static void on_head(void *ctx, const struct nw_ev_head *head)
{
	struct world *w = ctx;
	struct stream *s;

	w->told++;
	must(head->len <= NW_HEAD_TLS_MAX && head->ev.size == sizeof(*head) + head->len);
	if (head->proto != IPPROTO_TCP) {
		must(w->datagram && head->len == w->datagram->len);
		check_bytes(head->data, w->datagram->data, head->len);
		return;
	}
	s = &w->stream[head->cookie][head->ev.what];
	must(head->len > 0 && head->offset >= s->told && head->offset + head->len <= s->len);
	check_bytes(head->data, s->data + head->offset, head->len);
	s->told = head->offset + head->len;
}

static void feed(struct nw_heads *heads, struct world *w, struct nw_span *in, uint8_t flags)
{
	static const uint16_t ports[] = { 80, 53, 5353, 443 };
	size_t times = flags & 128 ? 16 : 1; /* inputs are short, streams are not */
	size_t len = take_u8(in);
	struct nw_ev_head *head;
	struct nw_span bytes;
	struct stream *s;

	len = len < nw_span_left(in) ? len : nw_span_left(in);
	(void)nw_span_cut(in, len, &bytes);
	len *= times;
	head = calloc(1, sizeof(*head) + len);
	must(head != NULL);
	head->ev.shape = NW_SHAPE_HEAD;
	head->ev.size = (uint32_t)(sizeof(*head) + len);
	head->ev.what = flags & 1;
	head->ev.ts_ns = w->now_ns;
	head->cookie = flags >> 1 & 3;
	head->rport_be = htons(ports[flags >> 3 & 3]);
	head->proto = flags & 32 ? IPPROTO_UDP : IPPROTO_TCP;
	head->flags = flags & 64 ? NW_HEAD_END : 0;
	head->len = (uint16_t)len;
	for (size_t i = 0; i < times; i++) {
		memcpy(head->data + i * (len / times), bytes.p, len / times);
	}
	s = &w->stream[head->cookie][head->ev.what];
	if (head->proto == IPPROTO_TCP && s->len + len > BYTES_MAX) {
		free(head); /* the kernel stops long before */
		return;
	}
	if (head->proto == IPPROTO_TCP) {
		memcpy(s->data + s->len, head->data, len);
		head->offset = s->len;
		s->len += (uint32_t)len;
	}
	w->datagram = head->proto == IPPROTO_UDP ? head : NULL;
	nw_heads_piece(heads, head, on_head, w);
	w->datagram = NULL;
	free(head);
}

static void scrub_args(struct nw_span *in)
{
	size_t len = take_u8(in);
	struct nw_span bytes;
	char *args;

	len = len < nw_span_left(in) ? len : nw_span_left(in);
	(void)nw_span_cut(in, len, &bytes);
	args = malloc(len);
	must(args != NULL);
	memcpy(args, bytes.p, len);
	nw_scrub_args(args, len);
	for (size_t i = 0; i < len; i++) {
		must((uint8_t)args[i] == bytes.p[i] || (args[i] == 'x' && bytes.p[i] != '\0'));
	}
	free(args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum {
		TICK = 0xfd,
		CLOSE = 0xfe,
		ARGS = 0xff
	};
	static struct world w;
	struct nw_span in = nw_span_of(data, size);
	struct nw_heads *heads;

	memset(&w, 0, sizeof(w));
	w.now_ns = 1;
	must(nw_heads_new(5, &heads) == 0);
	for (unsigned n = 0; n < EVENTS_MAX && nw_span_left(&in); n++) {
		uint8_t flags = take_u8(&in);

		w.now_ns += 10 * NW_NSEC_PER_MSEC;
		if (flags == TICK) {
			w.now_ns += NW_HEADS_WAIT_NS;
			nw_heads_tick(heads, w.now_ns, on_head, &w);
		} else if (flags == CLOSE) {
			nw_heads_close(heads, take_u8(&in) % STREAMS, on_head, &w);
		} else if (flags == ARGS) {
			scrub_args(&in);
		} else {
			feed(heads, &w, &in, flags);
		}
	}
	for (uint64_t c = 0; c < STREAMS; c++) {
		nw_heads_close(heads, c, on_head, &w);
	}
	nw_heads_free(heads);
	return 0;
}
