/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vendor-cloud: a program of this host talks to a service of somebody who makes cameras or recorders.
 * Every row of the catalogue is measured alike: which service, how much went out, and whether the
 * program has to do with cameras; never whose it is. One case for each program, maker and service.
 * Source: docs/indicators.md.
 */
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "indicators/indicator.h"
#include "meter.h"
#include "rule.h"
#include "state/reader.h"

#define CASES	   512
#define PUSHED	   1000000 /* out, and more than came in: more than asking and registering */
#define NO_LINEAGE 10	   /* less, where the program has nothing to do with cameras */
#define REACHES_IN 50	   /* but not less than this, where the service was asked for by its name */
#define EVERY_NS   (10 * NW_NSEC_PER_SEC)

static const struct nw_rule rule = {
	.id = "vendor-cloud",
	.name = "A service of a maker of cameras or recorders is contacted",
	.question = "back door",
	.wrong = "the catalogue is not complete, and a shared cloud names nobody; an address or a "
		 "server name may belong to others too; a browser of the administrator looks like "
		 "any program without cameras",
	.technique = { "T1071", "T1102" },
	.over = "It was not contacted for fifteen minutes",
	.quiet_ns = 900 * NW_NSEC_PER_SEC,
};

struct contact {
	struct nw_meter meter; /* to the service */
	uint64_t rx;
	uint64_t looked_ns;
	uint32_t flows;
};

struct vendor_cloud {
	struct nw_watcher w; /* first: fini() is its */
	struct contact *contact;
};

static int vendor_cloud_init(void *self, const struct nw_config *config)
{
	struct vendor_cloud *me = self;
	int r = nw_watcher_init(&me->w, CASES, sizeof(*me->contact), config);

	me->contact = me->w.item;
	return r;
}

/* What the service lets its operator do: carry pictures or open a way in, command, collect, nothing.
 * REACHES_IN and more is what somebody far away has a hand on this host by; below is what asks only. */
static unsigned weight_of(const char *service)
{
	static const struct {
		const char *service;
		unsigned weight;
	} rows[] = {
		{ "p2p", 65 },	  { "relay", 65 },   { "cloud", 55 }, { "stun", 50 },
		{ "push", 50 },	  { "config", 50 },  { "log", 50 },   { "statistics", 30 },
		{ "update", 25 }, { "licence", 25 }, { "time", 15 },  { "web", 15 },
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		if (strcmp(service, rows[i].service) == 0) {
			return rows[i].weight;
		}
	}
	return 40; /* of the site's own words, and "company": anything of it */
}

/* Who has no camera may be a desk's browser; yet a cloud's own name is asked for by who has an account
 * there. An address is shared with others: then it counts less. */
static unsigned without_cameras(unsigned score, enum nw_vendor_basis basis)
{
	unsigned less = score - NW_MIN(score, NO_LINEAGE);

	return basis == NW_VENDOR_BY_ADDRESS || score < REACHES_IN ? less
								   : NW_MAX(less, REACHES_IN);
}

static uint8_t score_of(const struct nw_state *st, const struct nw_flow *f, const struct contact *c,
			const struct nw_vendor *v, enum nw_vendor_basis basis, bool has_cameras,
			uint64_t now)
{
	/* who asks a cloud's name for the time gets no more than that */
	unsigned score = weight_of(nw_dest_is_time(f) ? "time" : nw_vendor_service(v));

	if (nw_policy_allowed(st, f)) {
		return 10;
	}
	if (nw_meter_is_media(&c->meter, now) && c->meter.total > 2 * c->rx) {
		score = NW_MAX(score + 25, REACHES_IN);
	} else if (c->meter.total >= PUSHED && c->meter.total > c->rx) {
		score += 15;
	}
	score = has_cameras ? score : without_cameras(score, basis);
	return (uint8_t)NW_MIN(score, 90U);
}

static void tell(struct vendor_cloud *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, const struct nw_flow *f, const struct nw_vendor *v,
		 enum nw_vendor_basis basis, uint64_t now)
{
	static const char *const by[] = { "name", "server_name", "address" };
	static const uint8_t sure[] = { 95, 80, 70 };
	struct contact *c = &me->contact[i];
	struct nw_pictures l;
	struct nw_finding found;
	bool has_cameras =
		nw_pictures_of(st, f, &l) || nw_recorder_of(st, f->owner) || f->owner->speaks_for;
	uint8_t score = score_of(st, f, c, v, basis, has_cameras, now);

	/* who reads a maker's pages does what everybody does */
	if (score < 10 || !nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	found.reason =
		has_cameras ? "A program that has to do with cameras talks to a service of a maker"
			    : "A program talks to a service of a maker of cameras or recorders";
	found.flow = f;
	found.confidence = sure[basis];
	nw_finding_text(&found, "vendor", nw_vendor_name(v));
	nw_finding_text(&found, "vendor_service", nw_vendor_service(v));
	nw_finding_text(&found, "vendor_basis", by[basis]);
	nw_finding_text(&found, "name", f->name);
	nw_finding_u64(&found, "sent_bytes", c->meter.total);
	nw_finding_u64(&found, "received_bytes", c->rx);
	nw_finding_u64(&found, "connections", c->flows);
	nw_finding_text(&found, "recorder_by",
			nw_recorder_basis_name(nw_recorder_of(st, f->owner)));
	nw_finding_text(&found, "library", f->owner->library);
	nw_finding_pictures(&found, &l);
	emit->finding(emit->ctx, &found);
}

static void on_flow(struct vendor_cloud *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	const struct nw_vendor *v;
	enum nw_vendor_basis basis;
	struct contact *c;
	struct nw_delta m;
	bool is_new;
	uint32_t i;

	if (!f->owner || nw_flow_stays_here(f) || (f->flags & NW_SOCK_FORWARDED)) {
		return;
	}
	v = nw_vendor_of_flow(st, f, &basis);
	if (!v || (f->is_inside && basis == NW_VENDOR_BY_ADDRESS) || nw_dest_is_passed_on(st, f)) {
		return;
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	nw_case_key_text(&key, nw_vendor_name(v));
	nw_case_key_text(&key, nw_vendor_service(v));
	nw_case_key_program(&key, f->owner);
	i = nw_cases_get(&me->w.cases, key.text, &is_new);
	c = &me->contact[i];
	if (is_new) {
		*c = (struct contact){ .flows = 0 };
	}
	nw_rule_touch(&me->w.cases, i, f, ev->ts_ns);
	nw_meter_add(&c->meter, m.from_ns, ev->ts_ns, m.tx);
	c->rx += m.rx;
	c->flows += !m.w->mark;
	m.w->mark = 1;
	if (!c->looked_ns || ev->ts_ns >= c->looked_ns + EVERY_NS || ev->what == NW_SOCK_CLOSE) {
		c->looked_ns = ev->ts_ns;
		tell(me, st, emit, i, f, v, basis, ev->ts_ns);
	}
}

static void vendor_cloud_on_event(void *self, const struct nw_state *st, const struct nw_event *ev,
				  const struct nw_emit *emit)
{
	struct vendor_cloud *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f) {
		on_flow(me, st, ev, f, emit);
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_vendor_cloud = {
	.id = "vendor-cloud",
	.doc = "a program contacts a cloud, P2P, update or other service of a maker of cameras or recorders",
	.self_size = sizeof(struct vendor_cloud),
	.init = vendor_cloud_init,
	.fini = nw_watcher_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = vendor_cloud_on_event,
};
