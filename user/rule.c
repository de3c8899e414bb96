/* SPDX-License-Identifier: Apache-2.0 */
/* The common part of indicators that keep cases. Owns nothing, tells nothing by itself. */
#include "rule.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "indicators/indicator.h"
#include "state/camera.h"
#include "state/reader.h"

void nw_rule_touch(struct nw_cases *c, uint32_t place, const struct nw_flow *f, uint64_t now_ns)
{
	struct nw_case *k = &c->item[place];

	nw_lru_touch(&c->lru, place);
	k->last_ns = now_ns;
	if (f) {
		k->far = nw_far_end_of(f);
		k->proc = f->owner ? f->owner->id : k->proc;
	}
}

static uint8_t severity_of(uint8_t score)
{
	return score >= 80 ? 4 : score >= NW_ALERT_SCORE ? 3 : score >= 30 ? 2 : 1;
}

static void begin(const struct nw_rule *r, const struct nw_case *k, const struct nw_state *st,
		  enum nw_finding_action action, struct nw_finding *ret)
{
	*ret = (struct nw_finding){
		.rule_id = r->id,
		.rule_name = r->name,
		.question = r->question,
		.known_ways_to_be_wrong = r->wrong,
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = severity_of(k->score),
		.score = k->score,
		.confidence = 80,
	};
	memcpy(ret->technique, r->technique, sizeof(ret->technique));
	nw_case_fill(k, st, ret);
}

bool nw_rule_seen(const struct nw_rule *r, struct nw_cases *c, uint32_t place,
		  const struct nw_state *st, uint64_t now_ns, uint8_t score, struct nw_finding *ret)
{
	enum nw_finding_action action;

	if (!nw_cases_seen(c, place, now_ns, score, &action)) {
		return false;
	}
	begin(r, &c->item[place], st, action, ret);
	return true;
}

void nw_rule_closed(const struct nw_rule *r, struct nw_cases *c, uint32_t place,
		    const struct nw_state *st, struct nw_finding *ret)
{
	struct nw_case *k = &c->item[place];

	begin(r, k, st, NW_FINDING_CLOSED, ret);
	ret->reason = r->over;
	k->is_open = false;
	k->count = 0;
}

/* The next case that was quiet is taken away. True when it is to be told, as *ret; false at the
 * last. Its key stands in `key`. */
static bool take_quiet(const struct nw_rule *r, struct nw_cases *c, const struct nw_state *st,
		       uint64_t now_ns, char key[NW_CASE_KEY], struct nw_finding *ret)
{
	uint32_t i;

	while ((i = nw_cases_quiet(c, now_ns, r->quiet_ns)) != NW_CASE_NONE) {
		const struct nw_case *k = &c->item[i];
		bool is_open = k->is_open;

		if (is_open) {
			begin(r, k, st, NW_FINDING_CLOSED, ret);
			memcpy(key, k->key, NW_CASE_KEY);
			ret->key = key;
			ret->reason = r->over;
		}
		nw_cases_remove(c, i);
		if (is_open) {
			return true;
		}
	}
	return false;
}

void nw_rule_close_quiet(const struct nw_rule *r, struct nw_cases *c, const struct nw_state *st,
			 const struct nw_event *ev, const struct nw_emit *emit)
{
	char key[NW_CASE_KEY];
	struct nw_finding found;

	while (ev->shape == NW_SHAPE_TICK && take_quiet(r, c, st, ev->ts_ns, key, &found)) {
		emit->finding(emit->ctx, &found);
	}
}

/* ---- evidence ------------------------------------------------------------------------------- */

void nw_finding_text(struct nw_finding *f, const char *key, const char *text)
{
	if (text && text[0] && f->evidence_len < NW_EVIDENCE_MAX) {
		f->evidence[f->evidence_len++] = (struct nw_evidence){ .key = key, .text = text };
	}
}

void nw_finding_u64(struct nw_finding *f, const char *key, uint64_t number)
{
	if (f->evidence_len < NW_EVIDENCE_MAX) {
		f->evidence[f->evidence_len++] =
			(struct nw_evidence){ .key = key, .number = number };
	}
}

void nw_finding_pictures(struct nw_finding *f, const struct nw_pictures *l)
{
	nw_finding_text(f, "lineage", nw_pictures_name(l->how));
	if (l->how == NW_PICTURES_CHAIN) {
		nw_finding_text(f, "lineage_via", nw_via_name(l->via));
		nw_finding_u64(f, "lineage_steps", l->steps);
	}
	if (l->reader) {
		nw_finding_text(f, "reader", l->reader->exe[0] ? l->reader->exe : l->reader->name);
		nw_finding_u64(f, "cameras", l->cameras);
		nw_finding_u64(f, "camera_bytes_per_s", l->rx_rate);
	}
	f->camera = l->camera;
}

/* ---- watchers ------------------------------------------------------------------------------- */

int nw_watcher_init(struct nw_watcher *w, uint32_t cases, size_t item_size,
		    const struct nw_config *config)
{
	if (nw_cases_init(&w->cases, cases) < 0) {
		return -1;
	}
	w->item = item_size ? calloc(cases, item_size) : NULL;
	w->watched = calloc(config->limits.flows, sizeof(*w->watched));
	return (w->item || !item_size) && w->watched ? 0 : -1;
}

void nw_watcher_fini(void *self)
{
	struct nw_watcher *w = self;

	nw_cases_free(&w->cases);
	free(w->item);
	free(w->watched);
}

/* ---- flows ---------------------------------------------------------------------------------- */

void nw_watch(struct nw_watched *table, const struct nw_state *st, const struct nw_flow *f,
	      const struct nw_ev_sock *e, struct nw_delta *ret)
{
	struct nw_watched *w = &table[nw_flow_place(st, f)];

	ret->is_first = w->cookie != f->cookie || w->slot != f->slot;
	if (ret->is_first) {
		*w = (struct nw_watched){ .cookie = f->cookie, .slot = f->slot };
		if (e->t0_ns) {
			w->tx = NW_MIN(e->t0_tx_bytes, f->tx_bytes);
			w->rx = NW_MIN(e->t0_rx_bytes, f->rx_bytes);
		} else if (e->flags & NW_SOCK_PRESTART) {
			w->tx = f->tx_bytes;
			w->rx = f->rx_bytes;
		}
	}
	ret->from_ns = e->ev.ts_ns - NW_MIN(e->ev.ts_ns, nw_state_period_ns(st));
	ret->from_ns = NW_MAX(ret->from_ns, NW_MAX(e->birth_ns, e->t0_ns));
	ret->w = w;
	ret->tx = f->tx_bytes > w->tx ? f->tx_bytes - w->tx : 0;
	ret->rx = f->rx_bytes > w->rx ? f->rx_bytes - w->rx : 0;
	w->tx = f->tx_bytes;
	w->rx = f->rx_bytes;
}

const struct nw_flow *nw_measured(const struct nw_state *st, const struct nw_event *ev)
{
	const struct nw_ev_sock *e;

	if (ev->shape != NW_SHAPE_SOCK || (ev->what != NW_SOCK_BIN && ev->what != NW_SOCK_CLOSE)) {
		return NULL;
	}
	e = nw_event_sock(ev);
	if (e->family >= NW_FAMILY_OTHER || e->slot == NW_SLOT_ALL || !e->family) {
		return NULL;
	}
	return nw_flow_measured(st, e);
}
