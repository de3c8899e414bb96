/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What indicators cost for each event: recordings are held in memory and go through the real
 * pipeline, without a sink, again and again: with no indicator, with each alone, with all; the least
 * CPU time of the rounds counts. And at scale: made-up measures of many flows and cameras.
 * Usage: indicators [-r ROUNDS] FILE...  |  indicators -s SECONDS FLOWS CAMERAS ACTIVE_PER_MILLE
 */
#include <stdio.h>
#include <unistd.h>

#include "feed.h"
#include "own.h"
#include "recording.h"

#define NONE (1ULL << 63) /* a place that no indicator has */

/* ---- recordings ----------------------------------------------------------------------------- */

struct held {
	struct nw_recording *rec;
	uint8_t *bytes;
	size_t len, room;
	unsigned events;
};

static void hold(void *ctx, const struct nw_event *ev)
{
	struct held *h = ctx;
	size_t size = (ev->size + 7U) & ~7U;

	if (h->len + size > h->room) {
		h->room = 2 * h->room + size + (1U << 20);
		h->bytes = realloc(h->bytes, h->room);
		if (!h->bytes) {
			abort();
		}
	}
	memcpy(h->bytes + h->len, ev, ev->size);
	h->len += size;
	h->events++;
}

static double run_once(const struct held *h, uint64_t mask)
{
	struct nw_pipeline *p;
	double t;

	if (nw_pipeline_new(h->rec->config, h->rec->flow_interval_ns, &p) < 0) {
		abort();
	}
	nw_pipeline_set_indicators(p, mask);
	t = cpu_s();
	for (size_t at = 0; at < h->len;) {
		const struct nw_event *ev = (const void *)(h->bytes + at);

		nw_pipeline_event(p, ev);
		at += (ev->size + 7U) & ~7U;
	}
	t = cpu_s() - t;
	nw_pipeline_free(p);
	return t;
}

/* Of each recording and each choice the least of the rounds, which take turns. */
#define CHOICES 66 /* none, each alone, all */

static double least[512][CHOICES];

static double mean_ns(unsigned n, unsigned choice, uint64_t events)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++) {
		sum += least[i][choice];
	}
	return sum / (double)events * 1e9;
}

static void measure_all(const struct held *h, unsigned n, unsigned rounds, unsigned choices)
{
	for (unsigned k = 0; k < rounds; k++) {
		for (unsigned i = 0; i < n; i++) {
			for (unsigned c = 0; c < choices; c++) {
				uint64_t mask = c == 0		  ? NONE
						: c < choices - 1 ? 1ULL << (c - 1)
								  : 0;
				double t = run_once(&h[i], mask);

				least[i][c] = k ? NW_MIN(least[i][c], t) : t;
			}
		}
	}
}

static int run_recordings(char **files, unsigned n, unsigned rounds)
{
	static struct held h[512];
	unsigned indicators = 0;
	uint64_t events = 0;
	double none, worst = 0;

	while (nw_indicators[indicators]) {
		indicators++;
	}
	n = NW_MIN(n, 512U);
	for (unsigned i = 0; i < n; i++) {
		if (nw_recording_open(files[i], &h[i].rec) < 0 ||
		    nw_recording_read(h[i].rec, hold, &h[i]) < 0) {
			return 1;
		}
		events += h[i].events;
	}
	measure_all(h, n, rounds, indicators + 2);
	none = mean_ns(n, 0, events);
	printf("%u recordings, %ju events, %u rounds; state alone %.0f ns an event, and beyond it:\n",
	       n, (uintmax_t)events, rounds, none);
	printf("| indicator | ns an event |\n| --- | --- |\n");
	for (unsigned i = 0; i < indicators; i++) {
		printf("| %s | %.0f |\n", nw_indicators[i]->id, mean_ns(n, i + 1, events) - none);
	}
	for (unsigned i = 0; i < n; i++) {
		worst = NW_MAX(worst, (least[i][indicators + 1] - least[i][0]) / h[i].events * 1e9);
	}
	printf("| all; of the dearest recording | %.0f; %.0f |\n",
	       mean_ns(n, indicators + 1, events) - none, worst);
	return 0;
}

/* ---- scale ---------------------------------------------------------------------------------- */

static void measure(struct nw_feed *f, struct nw_ev_sock *e, uint64_t tx, uint64_t rx)
{
	e->t0_ns = e->ev.ts_ns;
	e->t0_tx_bytes = e->tx_bytes;
	e->t0_rx_bytes = e->rx_bytes;
	e->ev.ts_ns = f->now_ns;
	nw_feed_bytes(e, e->tx_bytes + tx, e->rx_bytes + rx);
	nw_pipeline_event(f->pipeline, &e->ev);
	f->told_count = 0;
}

/* Cameras move in each bin; of the other flows so many of a thousand; of 64 programs. */
static void run_scale(const char *what, const unsigned how[4], uint64_t mask)
{
	unsigned seconds = how[0], flows = how[1], cameras = how[2], active = how[3];
	struct nw_feed *f =
		nw_feed_new("cameras: [{name: c, network: 192.168.0.0/16}]", 60 * NW_FEED_SEC);
	struct nw_ev_sock *e = calloc(flows + cameras, sizeof(*e));
	uint64_t events = 0, random = 88172645463325252ULL;
	double t;

	nw_pipeline_set_indicators(f->pipeline, mask);
	for (unsigned i = 0; e && i < flows + cameras; i++) {
		bool is_camera = i < cameras;

		e[i] = nw_feed_sock(f, NW_SOCK_BIN, 1000 + i, 100 + i % (is_camera ? 4 : 64));
		e[i].flags = NW_SOCK_CONNECTED;
		e[i].raddr[12] = is_camera ? 192 : (uint8_t)(11 + i % 100);
		e[i].raddr[13] = is_camera ? 168 : (uint8_t)(i >> 8);
		e[i].raddr[14] = (uint8_t)(i >> 8);
		e[i].raddr[15] = (uint8_t)i;
		e[i].rport_be = htons(is_camera ? 554 : 443);
		e[i].lport_be = htons((uint16_t)(20000 + i));
	}
	t = cpu_s();
	for (unsigned bin = 0; e && bin < seconds * 5; bin++) {
		for (unsigned i = 0; i < flows + cameras; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			if (i < cameras) {
				measure(f, &e[i], 40, 40000 + random % 20000);
			} else if (random % 1000 < active) {
				measure(f, &e[i], 200 + random % 30000, 300 + random % 3000);
			} else {
				continue;
			}
			events++;
		}
		nw_feed_tick(f, NW_FEED_SEC / 5);
		f->told_count = 0;
		events++;
	}
	t = cpu_s() - t;
	printf("%s: %u flows, %u cameras, %u of 1,000 flows move in a bin, %u s: %ju events, "
	       "%.0f ns each, %.2f %% of a core, %lu KiB private\n",
	       what, flows, cameras, active, seconds, (uintmax_t)events, t / (double)events * 1e9,
	       t / seconds * 100, private_kib());
	nw_feed_free(f);
	free(e);
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "-s") == 0) {
		const unsigned how[] = { (unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]),
					 (unsigned)atoi(argv[4]), (unsigned)atoi(argv[5]) };

		run_scale("all indicators", how, 0); /* the first, or its memory is not its own */
		run_scale("state alone", how, NONE);
		for (unsigned i = 0; nw_indicators[i]; i++) {
			run_scale(nw_indicators[i]->id, how, 1ULL << i);
		}
		return 0;
	}
	if (argc > 3 && strcmp(argv[1], "-r") == 0) {
		return run_recordings(argv + 3, (unsigned)argc - 3, (unsigned)atoi(argv[2]));
	}
	fprintf(stderr, "usage: %s -r ROUNDS FILE... | -s SECONDS FLOWS CAMERAS ACTIVE_PER_MILLE\n",
		argv[0]);
	return 2;
}
