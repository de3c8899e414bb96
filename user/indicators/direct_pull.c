/* SPDX-License-Identifier: Apache-2.0 */
/*
 * direct-pull: a program that is not the recorder takes pictures from a camera. Who the recorder is
 * says the configuration, else the catalogue, else who has read most for the longest time; what it
 * started, and what shares its unit or container, is its own. One case for each program and camera;
 * a stream, or pictures one by one. Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "meter.h"
#include "rule.h"
#include "state/reader.h"

#define CASES	       512
#define STREAM_BYTES   131072 /* told at once where the protocol is one of streams */
#define PICTURE_BYTES  8192   /* an icon of a web page is smaller */
#define PICTURES_ALERT 3
#define RECORDERS      (1U << 31) /* in a flow's mark */
#define QUIET_NS       (300 * NW_NSEC_PER_SEC)
#define GONE_NS	       (30 * NW_NSEC_PER_SEC)

static const struct nw_rule rule = {
	.id = "direct-pull",
	.name = "A program that is not the recorder reads a camera",
	.question = "live",
	.wrong = "who the recorder is may be assumed from what it did; what runs in the recorder's "
		 "unit or container, or was started by it, counts as the recorder; a tool of the "
		 "administrator looks the same until it is declared in allowed or recorders",
	.technique = { "T1125" },
	.over = "The program took nothing more from the camera for five minutes",
	.quiet_ns = QUIET_NS,
};

struct pull {
	struct nw_meter meter;
	uint32_t pictures;
	bool is_stream; /* by its protocol */
	bool was_there; /* before the start */
};

struct direct_pull {
	struct nw_watcher w; /* first: fini() is its */
	struct pull *pull;
};

static int direct_pull_init(void *self, const struct nw_config *config)
{
	struct direct_pull *me = self;
	int r = nw_watcher_init(&me->w, CASES, sizeof(*me->pull), config);

	me->pull = me->w.item;
	return r;
}

static bool speaks_media(const struct nw_flow *f)
{
	const char *p = f->said && f->said->basis == NW_BASIS_CONTENT ? f->said->protocol : NULL;

	return p && (strcmp(p, "rtsp") == 0 || strcmp(p, "rtp") == 0);
}

/* "image/jpeg", and "multipart/x-mixed-replace" and "video/…" are streams of them */
static bool is_picture(const struct nw_flow *f)
{
	const char *type = f->said ? nw_said_find(f->said, NW_ATTR_HTTP_RESPONSE_TYPE) : NULL;

	return type && (strncmp(type, "image/", 6) == 0 || strncmp(type, "video/", 6) == 0 ||
			strncmp(type, "multipart/x-mixed-replace", 25) == 0);
}

/* 0: nothing to tell (yet). */
static uint8_t score_of(const struct nw_state *st, const struct nw_flow *f, const struct pull *p,
			enum nw_recorder_basis basis, uint64_t now)
{
	bool is_stream = nw_meter_is_media(&p->meter, now) ||
			 (p->is_stream && p->meter.total >= STREAM_BYTES);
	const struct nw_reader *first = nw_reader_first(st);
	unsigned score;

	if (!is_stream && !p->pictures) {
		return 0;
	}
	if (nw_policy_allowed(st, f)) {
		return 20;
	}
	if (!is_stream) {
		return p->pictures >= PICTURES_ALERT ? 65 : 45;
	}
	score = basis >= NW_RECORDER_CATALOGUE ? 80 : 70;
	if (f->owner->flags & (NW_PROC_MEMFD | NW_PROC_DELETED)) {
		score += 10;
	}
	if (basis == NW_RECORDER_BEHAVIOUR && p->was_there) {
		score = 45; /* nobody saw who came first */
	} else if (basis == NW_RECORDER_BEHAVIOUR && now > first->last_ns + GONE_NS) {
		score = 40; /* it may have taken the other's place */
	}
	return (uint8_t)score;
}

static void tell(struct direct_pull *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, const struct nw_flow *f, const struct nw_camera *c, uint8_t score,
		 uint64_t now)
{
	enum nw_recorder_basis basis = nw_recorder_known(st);
	const struct nw_reader *first = nw_reader_first(st);
	const struct pull *p = &me->pull[i];
	struct nw_finding found;
	char key[NW_READER_KEY];

	if (!nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	found.reason = p->pictures && !p->is_stream
			       ? "A program that is not the recorder fetches pictures from a camera"
			       : "A program that is not the recorder takes a stream from a camera";
	found.camera = c;
	found.flow = f;
	found.confidence = (uint8_t)NW_MIN(c->confidence, basis == NW_RECORDER_BEHAVIOUR ? 70 : 95);
	nw_reader_key(f->owner, key);
	nw_finding_text(&found, "reader", key);
	nw_finding_text(&found, "recorder_by", nw_recorder_basis_name(basis));
	nw_finding_text(&found, "recorder", first ? first->key : NULL);
	nw_finding_text(&found, "protocol", f->said ? f->said->protocol : NULL);
	nw_finding_u64(&found, "bytes", p->meter.total);
	nw_finding_u64(&found, "bytes_per_s", nw_meter_rate(&p->meter));
	nw_finding_u64(&found, "pictures", p->pictures);
	nw_finding_u64(&found, "before_start", p->was_there);
	emit->finding(emit->ctx, &found);
}

static struct pull *pull_of(struct direct_pull *me, const struct nw_flow *f, uint32_t *ret_place)
{
	struct nw_case_key key = { .len = 0 };
	char program[NW_READER_KEY];
	bool is_new;

	nw_reader_key(f->owner, program);
	nw_case_key_addr(&key, f->raddr);
	nw_case_key_text(&key, program);
	*ret_place = nw_cases_get(&me->w.cases, key.text, &is_new);
	if (is_new) {
		me->pull[*ret_place] = (struct pull){ .was_there = false };
	}
	return &me->pull[*ret_place];
}

static void on_flow(struct direct_pull *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	const struct nw_camera *c = nw_camera_find(st, f->raddr);
	uint32_t second = (uint32_t)(ev->ts_ns / NW_NSEC_PER_SEC) & ~RECORDERS;
	struct nw_delta m;
	struct pull *p;
	uint8_t score;
	uint32_t i;

	if (!c || !f->owner || nw_flow_stays_here(f) || (f->flags & NW_SOCK_FORWARDED) ||
	    f->proto == IPPROTO_ICMP || f->proto == IPPROTO_ICMPV6) {
		return;
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	if (!m.rx || m.w->mark == (second | RECORDERS) || !nw_recorder_known(st)) {
		return;
	}
	if (nw_recorder_of(st, f->owner)) { /* most flows: asked once a second */
		m.w->mark = second | RECORDERS;
		return;
	}
	p = pull_of(me, f, &i);
	nw_rule_touch(&me->w.cases, i, f, ev->ts_ns);
	nw_meter_add(&p->meter, m.from_ns, ev->ts_ns, m.rx);
	p->is_stream |= speaks_media(f);
	p->was_there |= (f->flags & (NW_SOCK_PRESTART | NW_SOCK_FOUND)) != 0;
	if (m.rx >= PICTURE_BYTES && m.w->mark != second && is_picture(f)) {
		m.w->mark = second; /* several in a second are a stream */
		p->pictures++;
	}
	score = score_of(st, f, p, nw_recorder_known(st), ev->ts_ns);
	if (score) {
		tell(me, st, emit, i, f, c, score, ev->ts_ns);
	}
}

static void direct_pull_on_event(void *self, const struct nw_state *st, const struct nw_event *ev,
				 const struct nw_emit *emit)
{
	struct direct_pull *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f) {
		on_flow(me, st, ev, f, emit);
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_direct_pull = {
	.id = "direct-pull",
	.doc = "a program that is not the recorder takes a stream or pictures from a camera",
	.self_size = sizeof(struct direct_pull),
	.init = direct_pull_init,
	.fini = nw_watcher_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = direct_pull_on_event,
};
