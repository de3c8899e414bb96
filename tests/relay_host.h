/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording server in the real pipeline: cameras whose streams programs read, and flows that leave
 * the host, each with what wire_streams.h says that it moved. What was found of it is asked after.
 */
#pragma once

#include "feed.h"
#include "state/camera.h"
#include "wire_streams.h"

#define HOST_FLOWS   80
#define HOST_CAMERAS 64
#define HOST_SUBJECT 100 /* pid that reads and sends, where nothing else is said */

struct host_flow {
	struct nw_ev_sock e;
	struct wire_flow moved;
	bool is_out;
	uint64_t total, last_ns;
};

struct host {
	struct nw_feed *f;
	struct wire_clock clock;
	struct wire_chance chance;
	unsigned flows, cameras;
	unsigned reconnect; /* passes that a connection to outside lasts, 0 = all */
	struct host_flow flow[HOST_FLOWS];
	struct wire_camera camera[HOST_CAMERAS];
};

struct host_found {
	double opened, confirmed; /* seconds after the start; -1 = never */
	double alerted;		  /* first score that is an alert */
	double withdrawn;
	unsigned score;	     /* the highest that was told */
	unsigned last_score; /* of what is still open at the end */
	int named;	     /* camera, -1 = none */
	bool named_two;	     /* more than one name was told */
	unsigned findings, open;
	const struct nw_finding *last;
};

static inline struct host *host_new(uint64_t seed, double seconds, const char *more)
{
	static char yaml[HOST_CAMERAS * 64 + 512];
	struct host *h = calloc(1, sizeof(*h));
	int at = sprintf(yaml, "%s\ncameras:\n", more);

	assert_non_null(h);
	for (unsigned i = 0; i < HOST_CAMERAS; i++) {
		at += sprintf(yaml + at, "  - {name: cam%u, address: 192.168.7.%u}\n", i, 10 + i);
	}
	h->chance.state = seed;
	h->f = nw_feed_new(yaml, 60 * NW_FEED_SEC);
	nw_feed_tick(h->f, NW_FEED_SEC);
	wire_clock(&h->clock, &h->chance, seconds);
	return h;
}

static inline void host_free(struct host *h)
{
	nw_feed_free(h->f);
	free(h);
}

static inline struct host_flow *host_flow(struct host *h, uint32_t pid, const char *to)
{
	struct host_flow *hf = &h->flow[h->flows++];

	assert_true(h->flows <= HOST_FLOWS);
	hf->e = nw_feed_sock(h->f, NW_SOCK_BIN, 1000 + h->flows, pid);
	hf->e.flags = NW_SOCK_CONNECTED;
	hf->e.birth_ns = h->f->now_ns;
	nw_feed_addr(hf->e.raddr, to);
	return hf;
}

/* Not the pictures of another camera a little later: nothing could tell the two apart. */
static inline bool host_has_like(const struct host *h, const struct wire_camera *cam)
{
	for (unsigned i = 0; i < h->cameras; i++) {
		const struct wire_table *t = h->camera[i].table;
		unsigned apart = (cam->first + t->frames - h->camera[i].first) % t->frames;

		if (t == cam->table &&
		    (t->repeats || NW_MIN(apart, t->frames - apart) < 15 * t->fps)) {
			return true;
		}
	}
	return false;
}

/* Its stream, read by pid; returns which camera it is. */
static inline unsigned host_camera(struct host *h, uint32_t pid, const struct wire_camera *cam)
{
	unsigned i = h->cameras++;
	char addr[32];
	struct host_flow *hf;

	snprintf(addr, sizeof(addr), "192.168.7.%u", 10 + i);
	h->camera[i] = *cam;
	hf = host_flow(h, pid, addr);
	hf->e.rport_be = htons(554);
	wire_ingest(&h->clock, &h->chance, cam, &hf->moved);
	return i;
}

static inline struct host_flow *host_out(struct host *h, uint32_t pid, const char *to)
{
	struct host_flow *hf = host_flow(h, pid, to);

	hf->is_out = true;
	return hf;
}

static inline struct host_flow *host_relay(struct host *h, uint32_t pid, const char *to,
					   unsigned camera, const struct wire_way *w)
{
	const struct wire_camera *one = &h->camera[camera];
	struct host_flow *hf = host_out(h, pid, to);

	wire_relay(&h->clock, &h->chance, &one, 1, w, &hf->moved);
	return hf;
}

/* It writes to a pipe, or reads from it: there is one. */
static inline void host_pipe(struct host *h, uint32_t pid, unsigned mode)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(h->f, sizeof(e), NW_SHAPE_FD, NW_FD_PIPE),
			      .scan_ns = h->f->now_ns,
			      .self = nw_feed_pid(pid),
			      .inode = 77,
			      .flags = (uint16_t)mode };

	nw_feed_event(h->f, &e.ev);
}

/* Nothing moves before, or from then on. */
static inline void host_only(struct host *h, struct host_flow *hf, double from, double to)
{
	for (unsigned i = 0; i < h->clock.passes; i++) {
		if (h->clock.at[i] < from || h->clock.at[i] > to) {
			hf->moved.moved[i] = 0;
		}
	}
}

static inline void host_pass(struct host *h, unsigned pass, uint64_t at)
{
	for (unsigned i = 0; i < h->flows; i++) {
		struct host_flow *hf = &h->flow[i];
		uint64_t bytes = (uint64_t)hf->moved.moved[pass];

		if (!bytes) {
			continue;
		}
		hf->e.ev.ts_ns = at;
		hf->e.t0_ns = hf->last_ns;
		hf->e.t0_tx_bytes = hf->e.tx_bytes;
		hf->e.t0_rx_bytes = hf->e.rx_bytes;
		hf->total += bytes;
		nw_feed_bytes(&hf->e, hf->is_out ? hf->total : hf->total / 100,
			      hf->is_out ? hf->total / 100 : hf->total);
		hf->last_ns = at;
		if (h->reconnect && hf->is_out && pass % h->reconnect == h->reconnect - 1) {
			hf->e.ev.what = NW_SOCK_CLOSE;
			nw_feed_event(h->f, &hf->e.ev);
			hf->e.ev.what = NW_SOCK_BIN;
			hf->e.cookie += 1000;
			hf->e.lport_be = htons((uint16_t)(42000 + pass));
			hf->e.birth_ns = at;
			hf->total = hf->last_ns = 0;
			nw_feed_bytes(&hf->e, 0, 0);
			continue;
		}
		nw_feed_event(h->f, &hf->e.ev);
	}
}

static inline void host_run_to(struct host *h, unsigned from, unsigned to)
{
	uint64_t start = NW_FEED_START + NW_FEED_SEC;

	for (unsigned i = from; i < to && i < h->clock.passes; i++) {
		uint64_t at = start + (uint64_t)(h->clock.at[i] * 1e9);

		h->f->now_ns = at;
		host_pass(h, i, at);
		nw_feed_tick(h->f, 1000000);
		h->f->now_ns = at;
	}
}

static inline void host_run(struct host *h)
{
	host_run_to(h, 0, h->clock.passes);
}

static inline int host_camera_of(const struct nw_finding *f)
{
	return f->camera ? f->camera->addr[15] - 10 : -1;
}

/* What the records say, for people who look for why. */
static inline void host_print(const struct nw_told *t, double at)
{
	printf("%.1f s: action %d score %u:", at, t->finding.action, t->finding.score);
	for (unsigned i = 0; i < t->finding.evidence_len; i++) {
		const struct nw_evidence *e = &t->finding.evidence[i];

		if (!e->text) {
			printf(" %s=%ju", e->key, (uintmax_t)e->number);
		}
	}
	printf(" camera %d\n", t->finding.camera ? t->finding.camera->addr[15] - 10 : -1);
}

static inline struct host_found host_found(const struct host *h)
{
	struct host_found r = {
		.opened = -1, .confirmed = -1, .alerted = -1, .withdrawn = -1, .named = -1
	};

	for (unsigned i = 0; i < h->f->told_count; i++) {
		const struct nw_told *t = &h->f->told[i];
		double at = (double)(t->ts_ns - NW_FEED_START - NW_FEED_SEC) / 1e9;
		int named;

		if (t->dataset != NW_DATASET_FINDING ||
		    strcmp(t->finding.rule_id, "live-relay") != 0) {
			continue;
		}
		r.findings++;
		if (getenv("NVRWATCH_VERBOSE")) {
			host_print(t, at);
		}
		if (t->finding.action == NW_FINDING_CLOSED) {
			r.withdrawn = at;
			r.open -= r.open > 0;
			r.last_score = 0;
			continue;
		}
		r.open += t->finding.action == NW_FINDING_OPENED;
		r.last = &t->finding;
		r.opened = r.opened < 0 ? at : r.opened;
		r.score = NW_MAX(r.score, (unsigned)t->finding.score);
		r.last_score = t->finding.score;
		if (t->finding.score >= NW_ALERT_SCORE && r.alerted < 0) {
			r.alerted = at;
		}
		if (t->finding.outcome == NW_OUTCOME_MATCH && r.confirmed < 0) {
			r.confirmed = at;
		}
		named = host_camera_of(&t->finding);
		r.named_two = r.named_two || (named >= 0 && r.named >= 0 && named != r.named);
		r.named = named >= 0 ? named : r.named;
	}
	return r;
}
