/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See capture.h. Owns the file and the clock, which only goes forward: the time of the packets, the
 * first of which stands at START_NS of a boot that never was. Ticks come every TICK_NS as on a
 * host; of a long silence only as many as let everything settle that waits.
 */
#include "capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "heads.h"
#include "util/lru.h"

#define START_NS    NW_NSEC_PER_SEC
#define TICK_NS	    (200 * NW_NSEC_PER_MSEC)
#define SETTLE_NS   (150 * NW_NSEC_PER_SEC) /* more than any wait for a packet */
#define SECONDS_MAX (1LL << 33)		    /* the year 2242: what is behind is no time */

struct nw_capture {
	struct nw_capture_options opt;
	pcap_t *pcap;
	struct nw_capture_flows *flows;
	struct nw_capture_counts counts;
	int link_type;
	uint64_t wall_offset_ns; /* wall time of time 0 here */
	uint64_t now_ns;	 /* 0: nothing came yet */
	uint64_t tick_ns;	 /* of the next tick */
	uint64_t losses[_NW_LOSS_MAX];
};

int nw_capture_open(FILE *file, const struct nw_capture_options *opt,
		    char error[NW_CAPTURE_ERROR_MAX], struct nw_capture **ret)
{
	struct nw_capture *c = calloc(1, sizeof(*c));
	char why[PCAP_ERRBUF_SIZE] = "";

	if (!c) {
		(void)fclose(file);
		(void)snprintf(error, NW_CAPTURE_ERROR_MAX, "not enough memory");
		return -ENOMEM;
	}
	c->opt = *opt;
	c->pcap = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!c->pcap) {
		(void)fclose(file);
		(void)snprintf(error, NW_CAPTURE_ERROR_MAX, "%s", why);
		nw_capture_free(c);
		return -EBADMSG;
	}
	c->link_type = pcap_datalink(c->pcap);
	if (!nw_packet_knows_link(c->link_type)) {
		const char *name = pcap_datalink_val_to_name(c->link_type);

		(void)snprintf(error, NW_CAPTURE_ERROR_MAX,
			       "its link type %s%s%d%s is not known here", name ? name : "",
			       name ? " (" : "", c->link_type, name ? ")" : "");
		nw_capture_free(c);
		return -EBADMSG;
	}
	if (nw_capture_flows_new(opt->flows, opt->has_heads, opt->feed, opt->ctx, &c->counts,
				 &c->flows) < 0) {
		(void)snprintf(error, NW_CAPTURE_ERROR_MAX, "not enough memory for the tables");
		nw_capture_free(c);
		return -ENOMEM;
	}
	*ret = c;
	return 0;
}

void nw_capture_free(struct nw_capture *c)
{
	if (!c) {
		return;
	}
	if (c->pcap) {
		pcap_close(c->pcap); /* and the file */
	}
	nw_capture_flows_free(c->flows);
	free(c);
}

const struct nw_capture_counts *nw_capture_counts(const struct nw_capture *c)
{
	return &c->counts;
}

/* ---- what user space makes on a host ----------------------------------------------------------- */

static void feed_fact(struct nw_capture *c, const char *key, const char *value)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)];

	c->opt.feed(c->opt.ctx, buf, nw_event_make_fact(buf, sizeof(buf), c->now_ns, key, value));
}

static void feed_hex(struct nw_capture *c, const char *key, uint64_t value)
{
	char text[17];

	(void)snprintf(text, sizeof(text), "%016llx", (unsigned long long)value);
	feed_fact(c, key, text);
}

static void feed_losses(struct nw_capture *c)
{
	struct nw_ev_loss e = { .ev = { .size = sizeof(e),
					.hook = NW_HOOK_HOST,
					.shape = NW_SHAPE_LOSS,
					.ts_ns = c->now_ns } };

	e.total[NW_LOSS_HEAD] = c->counts.heads;
	e.total[NW_LOSS_LINK] = c->counts.evicted;
	if (memcmp(c->losses, e.total, sizeof(c->losses)) != 0) {
		memcpy(c->losses, e.total, sizeof(c->losses));
		c->opt.feed(c->opt.ctx, &e, sizeof(e));
	}
}

static void tick(struct nw_capture *c)
{
	struct nw_ev_tick e = { .ev = { .size = sizeof(e),
					.hook = NW_HOOK_HOST,
					.shape = NW_SHAPE_TICK,
					.ts_ns = c->now_ns },
				.wall_ns = c->now_ns + c->wall_offset_ns,
				.period_ns = TICK_NS };

	nw_capture_flows_look(c->flows, c->now_ns);
	feed_losses(c);
	c->opt.feed(c->opt.ctx, &e, sizeof(e));
	c->tick_ns = c->now_ns + TICK_NS;
}

/* ---- time -------------------------------------------------------------------------------------- */

/* The same capture has the same ids wherever it is read, another one has others. */
static void begin(struct nw_capture *c, uint64_t wall_ns, struct nw_span data)
{
	uint64_t id = nw_hash_mix(nw_hash_mix(0, wall_ns), nw_span_left(&data));
	uint8_t byte;

	while (nw_span_u8(&data, &byte)) {
		id = nw_hash_mix(id, byte);
	}
	c->now_ns = START_NS;
	c->wall_offset_ns = wall_ns - START_NS;
	tick(c);
	feed_hex(c, "boot.id", id);
	feed_hex(c, "session.id", id);
	feed_fact(c, "tool.version", NW_VERSION);
	feed_hex(c, "config.hash", c->opt.config_hash);
	feed_fact(c, "scope", "capture");
	feed_fact(c, "session", "start");
}

static void advance(struct nw_capture *c, uint64_t to_ns)
{
	uint64_t settled_ns = c->now_ns + SETTLE_NS;

	while (c->tick_ns <= to_ns && c->tick_ns <= settled_ns) {
		c->now_ns = c->tick_ns;
		tick(c);
	}
	c->now_ns = to_ns;
	if (c->tick_ns <= to_ns) {
		tick(c);
	}
}

static void set_time(struct nw_capture *c, const struct pcap_pkthdr *h, struct nw_span data)
{
	bool is_time =
		h->ts.tv_sec >= 0 && h->ts.tv_sec < SECONDS_MAX && h->ts.tv_usec >= 0 &&
		(uint64_t)h->ts.tv_usec < NW_NSEC_PER_SEC; /* nanoseconds, as was asked for */
	uint64_t wall =
		is_time ? (uint64_t)h->ts.tv_sec * NW_NSEC_PER_SEC + (uint64_t)h->ts.tv_usec : 0;

	if (!c->now_ns) {
		begin(c, wall, data);
		c->counts.backwards += !is_time;
		return;
	}
	/* wall_offset_ns may be below 0: all of it wraps the same way */
	if (!is_time || wall + START_NS < c->now_ns + c->wall_offset_ns + START_NS) {
		c->counts.backwards++;
		return;
	}
	advance(c, wall - c->wall_offset_ns);
}

/* ---- the file ---------------------------------------------------------------------------------- */

static void packet(struct nw_capture *c, const struct pcap_pkthdr *h, const uint8_t *data)
{
	struct nw_span frame = nw_span_of(data, h->caplen);
	struct nw_packet pkt;

	c->counts.packets++;
	set_time(c, h, frame);
	switch (nw_packet_parse(c->link_type, frame, h->len, &pkt)) {
	case NW_PACKET_OK:
		nw_capture_flows_packet(c->flows, &pkt, c->now_ns);
		break;
	case NW_PACKET_OTHER:
		c->counts.others++;
		break;
	case NW_PACKET_FRAGMENT:
		c->counts.fragments++;
		break;
	case NW_PACKET_SHORT:
		c->counts.shorts++;
		break;
	case NW_PACKET_BAD:
		c->counts.bad++;
		break;
	}
}

int nw_capture_read(struct nw_capture *c, bool (*keep_on)(void *ctx),
		    char error[NW_CAPTURE_ERROR_MAX])
{
	struct pcap_pkthdr *h;
	const u_char *data;
	uint64_t asked_ns = 0;
	int r;

	while ((r = pcap_next_ex(c->pcap, &h, &data)) == 1) {
		packet(c, h, data);
		if (c->now_ns >= asked_ns + TICK_NS) {
			asked_ns = c->now_ns;
			if (!keep_on(c->opt.ctx)) {
				break;
			}
		}
	}
	if (!c->now_ns) {
		begin(c, 0, nw_span_of("", 0));
	}
	/* heads that wait are told, and time is not made up beyond that */
	advance(c, c->now_ns + NW_HEADS_WAIT_NS);
	nw_capture_flows_end(c->flows, c->now_ns);
	tick(c);
	feed_fact(c, "session", "end");
	if (r != PCAP_ERROR) {
		return 0;
	}
	(void)snprintf(error, NW_CAPTURE_ERROR_MAX, "%s", pcap_geterr(c->pcap));
	return strncmp(error, "truncated", strlen("truncated")) == 0 ? -ENODATA : -EBADMSG;
}
