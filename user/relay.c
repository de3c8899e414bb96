/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which flows feed which series. A camera's flow is a stream of its own. A flow to outside belongs
 * to two groups: its sender's to that network, and its sender's to anywhere, so that reconnecting,
 * or sending over many connections or to many places, changes nothing.
 */
#include "relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "state/camera.h"
#include "state/policy.h"
#include "util/text.h"

#define OUT_RATE  4000U			  /* bytes a second of a flow without a tie to a camera */
#define SILENT_NS (120 * NW_NSEC_PER_SEC) /* then a group is given back, and a stream */

int nw_relay_init(struct nw_relay *r, uint32_t flows)
{
	int e = nw_lru_init(&r->track_lru, NW_MIN(flows, NW_RELAY_TRACKS));

	e = e < 0 ? e : nw_lru_init(&r->group_lru, NW_RELAY_GROUPS);
	if (e < 0) {
		return e;
	}
	r->track = calloc(r->track_lru.capacity, sizeof(*r->track));
	r->group = calloc(NW_RELAY_GROUPS, sizeof(*r->group));
	r->stream = calloc(NW_RELAY_STREAMS, sizeof(*r->stream));
	r->pass_ns = NW_SERIES_SLOT_NS;
	return r->track && r->group && r->stream ? 0 : -ENOMEM;
}

void nw_relay_free(struct nw_relay *r)
{
	nw_lru_free(&r->track_lru);
	nw_lru_free(&r->group_lru);
	free(r->track);
	free(r->group);
	free(r->stream);
}

const struct nw_proc *nw_relay_subject(const struct nw_flow *f)
{
	return f->sender ? f->sender : f->owner;
}

const struct nw_flow *nw_relay_stream_flow(const struct nw_relay *r, const struct nw_state *st,
					   unsigned stream)
{
	return nw_flow_find(st, r->stream[stream].cookie, r->stream[stream].slot);
}

const struct nw_flow *nw_relay_group_flow(const struct nw_relay_group *g, const struct nw_state *st)
{
	return nw_flow_find(st, g->far.cookie, g->far.slot);
}

/* ---- ties ----------------------------------------------------------------------------------- */

static bool reads(const struct nw_flow *in, const struct nw_proc *p)
{
	if (p == in->owner || p == in->sender) {
		return true;
	}
	for (unsigned i = 0; i < in->roles; i++) {
		if (in->role[i].proc == p &&
		    (in->role[i].bits & (NW_ROLE_RECEIVED | NW_ROLE_HOLDS))) {
			return true;
		}
	}
	return false;
}

/* Not of systemd itself, which is everybody's parent. An orphan is still of its unit, its container and
 * its session. */
static bool are_kin(const struct nw_proc *a, const struct nw_proc *b)
{
	bool is_child = a->parent_id.tgid > 1 && a->parent_id.tgid == b->id.tgid;
	bool is_parent = b->parent_id.tgid > 1 && b->parent_id.tgid == a->id.tgid;
	bool are_siblings = a->parent_id.tgid > 1 && a->parent_id.tgid == b->parent_id.tgid;

	return is_child || is_parent || are_siblings ||
	       (a->session > 1 && a->session == b->session) ||
	       (a->unit[0] && !strcmp(a->unit, b->unit)) ||
	       (a->container[0] && !strcmp(a->container, b->container));
}

enum nw_relay_tie nw_relay_tie(const struct nw_proc *subject, const struct nw_flow *out,
			       const struct nw_flow *in)
{
	if (!subject) {
		return NW_RELAY_TIE_NONE;
	}
	if (reads(in, subject) || (out && out->owner && reads(in, out->owner))) {
		return NW_RELAY_TIE_SAME;
	}
	for (unsigned i = 0; out && i < out->roles; i++) {
		if ((out->role[i].bits & NW_ROLE_SENT) && reads(in, out->role[i].proc)) {
			return NW_RELAY_TIE_SAME;
		}
	}
	for (unsigned i = 1; out && out->chain && i < out->chain->len; i++) {
		if (reads(in, out->chain->link[i].proc)) {
			return NW_RELAY_TIE_CHAIN;
		}
	}
	return in->owner && are_kin(subject, in->owner) ? NW_RELAY_TIE_UNIT : NW_RELAY_TIE_NONE;
}

enum nw_relay_tie nw_relay_group_tie(const struct nw_relay_group *g, const struct nw_state *st,
				     const struct nw_proc *subject, const struct nw_flow *out,
				     const struct nw_flow *in)
{
	enum nw_relay_tie tie = nw_relay_tie(subject, out, in);
	const struct nw_proc *feeder;

	if (out || !g->feeder.tgid || tie > NW_RELAY_TIE_UNIT) {
		return tie;
	}
	feeder = nw_proc_find(st, &g->feeder);
	return feeder && reads(in, feeder) ? NW_RELAY_TIE_CHAIN : tie;
}

static bool look_for_tie(const struct nw_relay *r, const struct nw_state *st,
			 const struct nw_flow *out)
{
	for (unsigned i = 0; i < r->streams; i++) {
		const struct nw_flow *in;

		if (!r->stream[i].is_used) {
			continue;
		}
		in = nw_relay_stream_flow(r, st, i);
		if (in && nw_relay_tie(nw_relay_subject(out), out, in) > NW_RELAY_TIE_UNIT) {
			return true;
		}
	}
	return false;
}

/* Slow flows are many, so a program's answer holds for all that it alone speaks for, for a second. */
static bool has_tie(struct nw_relay *r, const struct nw_state *st, const struct nw_flow *out)
{
	const struct nw_proc *p = nw_relay_subject(out);
	uint64_t now = nw_state_now_ns(st);
	struct nw_relay_asked *a;

	if (out->chain || out->roles || p != out->owner) {
		return look_for_tie(r, st, out);
	}
	a = &r->asked[nw_proc_id_hash(r->track_lru.seed, &p->id) % NW_RELAY_ASKED];
	if (now >= a->until_ns || !nw_proc_id_is_same(&a->proc, &p->id)) {
		*a = (struct nw_relay_asked){ .proc = p->id,
					      .until_ns = now + NW_NSEC_PER_SEC,
					      .has_tie = look_for_tie(r, st, out) };
	}
	return a->has_tie;
}

uint64_t nw_relay_came_in(const struct nw_relay *r, const struct nw_state *st,
			  const struct nw_relay_group *g, enum nw_relay_tie tie, uint64_t end,
			  unsigned n)
{
	const struct nw_proc *subject = nw_proc_find(st, &g->proc);
	const struct nw_flow *out = nw_relay_group_flow(g, st);
	uint64_t sum = 0;

	for (unsigned i = 0; i < r->streams; i++) {
		const struct nw_relay_stream *s = &r->stream[i];
		const struct nw_flow *in = s->is_used ? nw_relay_stream_flow(r, st, i) : NULL;

		if (in && nw_relay_group_tie(g, st, subject, out, in) >= tie) {
			sum += nw_series_sum(&s->in, end, n);
		}
	}
	return sum;
}

/* ---- groups --------------------------------------------------------------------------------- */

/* /24 and /48: who sends to a service in turns sends to one. */
static void network_of(const uint8_t addr[16], uint8_t ret[16])
{
	memcpy(ret, addr, 16);
	if (nw_addr_is_v4(addr)) {
		ret[15] = 0;
	} else {
		memset(ret + 6, 0, 10);
	}
}

static uint32_t hash_of(const struct nw_relay *r, const struct nw_proc_id *p, const uint8_t net[16])
{
	uint64_t word[2];
	uint64_t h = nw_proc_id_hash(r->group_lru.seed, p);

	memcpy(word, net, sizeof(word));
	return (uint32_t)nw_hash_mix(nw_hash_mix(h, word[0]), word[1]);
}

static uint16_t group_of(struct nw_relay *r, const struct nw_proc_id *p, const uint8_t net[16],
			 bool is_any)
{
	uint32_t h = hash_of(r, p, net);
	uint32_t i = nw_lru_first(&r->group_lru, h);
	struct nw_relay_group *g;

	while (i != NW_LRU_NONE && (memcmp(&r->group[i].proc, p, sizeof(*p)) != 0 ||
				    memcmp(r->group[i].net, net, 16) != 0)) {
		i = nw_lru_next(&r->group_lru, i);
	}
	if (i != NW_LRU_NONE) {
		nw_lru_touch(&r->group_lru, i); /* the next one must not take its place */
		return (uint16_t)(i + 1);
	}
	i = nw_lru_add(&r->group_lru, h);
	if (i == NW_LRU_NONE) {
		nw_lru_remove(&r->group_lru, r->group_lru.oldest);
		i = nw_lru_add(&r->group_lru, h);
	}
	g = &r->group[i];
	*g = (struct nw_relay_group){ .proc = *p, .is_any = is_any };
	memcpy(g->net, net, 16);
	return (uint16_t)(i + 1);
}

static void put(struct nw_relay *r, uint16_t place, const struct nw_flow *f,
		const struct nw_ev_sock *e, uint64_t from, uint64_t bytes)
{
	struct nw_relay_group *g = &r->group[place - 1];

	nw_series_add(&g->out, from, e->ev.ts_ns, bytes);
	/* rather one that is still there */
	if (f && (e->ev.what != NW_SOCK_CLOSE || !g->far.cookie)) {
		g->far = nw_far_end_of(f);
	}
	g->last_ns = e->ev.ts_ns;
	nw_lru_touch(&r->group_lru, place - 1);
}

/* Who on the chain of a flow that ends reads a camera; zero = nobody. */
static struct nw_proc_id feeder_of(const struct nw_relay *r, const struct nw_state *st,
				   const struct nw_flow *f)
{
	for (unsigned i = 0; i < r->streams && f->chain; i++) {
		const struct nw_flow *in =
			r->stream[i].is_used ? nw_relay_stream_flow(r, st, i) : NULL;

		for (unsigned k = 1; in && k < f->chain->len; k++) {
			if (reads(in, f->chain->link[k].proc)) {
				return f->chain->link[k].proc->id;
			}
		}
	}
	return (struct nw_proc_id){ 0 };
}

static void on_end(struct nw_relay *r, const struct nw_state *st, const struct nw_relay_track *t)
{
	const struct nw_flow *f = nw_state_moved(st)->flow;
	struct nw_proc_id feeder;
	bool is_allowed;

	if (!f || !t->group) {
		return;
	}
	feeder = feeder_of(r, st, f);
	is_allowed = nw_policy_allowed(st, f) != NULL;
	for (unsigned i = 0; i < 2; i++) {
		struct nw_relay_group *g = &r->group[(i ? t->any : t->group) - 1];

		if (nw_proc_id_is_same(&g->proc, &t->proc)) { /* else its place was given away */
			g->feeder = feeder;
			g->was_allowed = is_allowed;
		}
	}
}

/* Two groups, and both are still whose the track says they are: else it is made anew. */
static void send_on(struct nw_relay *r, struct nw_relay_track *t, const struct nw_flow *f,
		    const struct nw_proc_id *p, const struct nw_ev_sock *e, uint64_t from,
		    uint64_t bytes)
{
	static const uint8_t anywhere[16];
	uint8_t net[16];
	uint16_t group, any;

	network_of(e->raddr, net);
	group = group_of(r, p, net, false);
	any = group_of(r, p, anywhere, true);
	t->proc = *p;
	if (t->group != group || t->any != any) {
		t->group = group;
		t->any = any;
		r->group[group - 1].flows++;
		r->group[any - 1].flows++;
	}
	put(r, any, f, e, from, bytes);
	put(r, group, f, e, from, bytes);
}

/* ---- tracks --------------------------------------------------------------------------------- */

static uint32_t track_hash(const struct nw_relay *r, uint64_t cookie, uint32_t slot)
{
	return (uint32_t)nw_hash_mix(nw_hash_mix(r->track_lru.seed, cookie), slot);
}

static struct nw_relay_track *track_find(struct nw_relay *r, uint64_t cookie, uint32_t slot)
{
	uint32_t i = nw_lru_first(&r->track_lru, track_hash(r, cookie, slot));

	while (i != NW_LRU_NONE && (r->track[i].cookie != cookie || r->track[i].slot != slot)) {
		i = nw_lru_next(&r->track_lru, i);
	}
	if (i == NW_LRU_NONE) {
		return NULL;
	}
	nw_lru_touch(&r->track_lru, i);
	return &r->track[i];
}

static void drop_stream(struct nw_relay *r, unsigned i)
{
	r->stream[i].is_used = false;
}

static void track_drop(struct nw_relay *r, struct nw_relay_track *t)
{
	if (t->is_stream && r->stream[t->stream].cookie == t->cookie) {
		drop_stream(r, t->stream);
	}
	nw_lru_remove(&r->track_lru, (uint32_t)(t - r->track));
}

static struct nw_relay_track *track_add(struct nw_relay *r, const struct nw_ev_sock *e)
{
	uint32_t h = track_hash(r, e->cookie, e->slot);
	uint32_t i = nw_lru_add(&r->track_lru, h);

	if (i == NW_LRU_NONE) {
		track_drop(r, &r->track[r->track_lru.oldest]);
		i = nw_lru_add(&r->track_lru, h);
	}
	r->track[i] = (struct nw_relay_track){ .cookie = e->cookie,
					       .slot = e->slot,
					       .last_ns = e->t0_ns };
	return &r->track[i];
}

static bool stream_add(struct nw_relay *r, const struct nw_ev_sock *e, uint16_t *ret)
{
	uint16_t i = 0;

	while (i < r->streams && r->stream[i].is_used) {
		i++;
	}
	if (i == NW_RELAY_STREAMS) {
		return false;
	}
	r->streams = NW_MAX(r->streams, (uint16_t)(i + 1));
	nw_series_clear(&r->stream[i].in);
	r->stream[i].cookie = e->cookie;
	r->stream[i].slot = e->slot;
	r->stream[i].is_used = true;
	*ret = i;
	return true;
}

static bool is_way_out(struct nw_relay *r, const struct nw_state *st, const struct nw_flow *f)
{
	return nw_policy_leaves(st, f) && !nw_flow_stays_here(f) &&
	       !(f->flags & NW_SOCK_FORWARDED) && f->family < NW_FAMILY_OTHER && f->tx_bytes > 0 &&
	       nw_relay_subject(f) && (f->tx_rate >= OUT_RATE || has_tie(r, st, f));
}

/* A flow that begins to matter, or NULL. What it carried before that measure is not known. */
static struct nw_relay_track *begin(struct nw_relay *r, const struct nw_state *st,
				    const struct nw_ev_sock *e)
{
	const struct nw_flow *f = nw_flow_find(st, e->cookie, e->slot);
	struct nw_relay_track *t;
	uint16_t stream = 0;
	bool is_stream;

	if (!f) {
		return NULL;
	}
	is_stream = nw_camera_of(st, f) && f->rx_rate >= NW_RELAY_MEDIA_RATE;
	if (is_stream ? !stream_add(r, e, &stream) : !is_way_out(r, st, f)) {
		return NULL;
	}
	t = track_add(r, e);
	t->is_stream = is_stream;
	t->stream = stream;
	t->total = is_stream ? e->t0_rx_bytes : e->t0_tx_bytes;
	if (!e->t0_ns && (e->flags & NW_SOCK_PRESTART)) {
		t->total = is_stream ? e->rx_bytes : e->tx_bytes;
	}
	return t;
}

/* A connection so short that nobody measured it while it was there. */
static void on_short(struct nw_relay *r, const struct nw_state *st, const struct nw_ev_sock *e)
{
	const struct nw_proc_id *p = e->sender.tgid ? &e->sender : &e->owner;
	uint64_t from = NW_MAX(e->birth_ns, e->t0_ns);
	uint64_t bytes = e->tx_bytes - NW_MIN(e->tx_bytes, e->t0_tx_bytes);
	const struct nw_flow *f = nw_state_moved(st)->flow;
	struct nw_relay_track t = { .group = 0 };

	if (p->tgid && bytes && e->family < NW_FAMILY_OTHER &&
	    !(e->flags & (NW_SOCK_LOOPBACK | NW_SOCK_FORWARDED | NW_SOCK_PRESTART)) &&
	    (f ? nw_policy_leaves(st, f) : !nw_config_is_inside(nw_state_config(st), e->raddr))) {
		send_on(r, &t, f, p, e, from ? from : e->ev.ts_ns, bytes);
		on_end(r, st, &t);
	}
}

/* What listens for connections moves nothing itself. Datagrams of a socket that is bound to a port
 * have a slot, and are one peer's, as those of any other. */
static bool is_measure(const struct nw_ev_sock *e)
{
	return (e->ev.what == NW_SOCK_BIN || e->ev.what == NW_SOCK_CLOSE) &&
	       e->slot != NW_SLOT_ALL &&
	       (e->slot != NW_SLOT_NONE || !(e->flags & NW_SOCK_LISTENER));
}

void nw_relay_on_sock(struct nw_relay *r, const struct nw_state *st, const struct nw_ev_sock *e)
{
	struct nw_relay_track *t;
	uint64_t total, from, bytes;

	if (!is_measure(e)) {
		return;
	}
	t = track_find(r, e->cookie, e->slot);
	if (!t) {
		t = e->ev.what == NW_SOCK_BIN ? begin(r, st, e) : NULL;
	}
	if (!t) {
		if (e->ev.what == NW_SOCK_CLOSE) {
			on_short(r, st, e);
		}
		return;
	}
	total = t->is_stream ? e->rx_bytes : e->tx_bytes;
	bytes = total - NW_MIN(total, t->total);
	from = NW_MAX(t->last_ns, e->t0_ns);
	from = NW_MAX(from, e->ev.ts_ns - NW_MIN(e->ev.ts_ns, r->pass_ns));
	t->total = NW_MAX(total, t->total);
	t->last_ns = e->ev.ts_ns;
	if (bytes && t->is_stream) {
		nw_series_add(&r->stream[t->stream].in, from, e->ev.ts_ns, bytes);
		r->stream[t->stream].last_ns = e->ev.ts_ns;
	} else if (bytes) {
		const struct nw_flow *f = nw_flow_find(st, e->cookie, e->slot);
		const struct nw_proc *p = f ? nw_relay_subject(f) : NULL;

		send_on(r, t, f, p ? &p->id : &e->owner, e, from, bytes);
	}
	if (e->ev.what == NW_SOCK_CLOSE) {
		on_end(r, st, t);
		track_drop(r, t);
	}
}

void nw_relay_on_tick(struct nw_relay *r, const struct nw_ev_tick *e)
{
	uint32_t oldest = r->group_lru.oldest;
	uint64_t at = nw_series_slot_of(e->ev.ts_ns);

	r->pass_ns = NW_MAX(e->period_ns, NW_SERIES_SLOT_NS);
	if (oldest != NW_LRU_NONE && e->ev.ts_ns > r->group[oldest].last_ns + SILENT_NS) {
		nw_lru_remove(&r->group_lru, oldest);
	}
	if (r->streams > 0) {
		struct nw_relay_stream *s = &r->stream[at % r->streams];

		if (s->is_used && s->last_ns && e->ev.ts_ns > s->last_ns + SILENT_NS) {
			struct nw_relay_track *t = track_find(r, s->cookie, s->slot);

			drop_stream(r, (unsigned)(at % r->streams));
			if (t) {
				nw_lru_remove(&r->track_lru, (uint32_t)(t - r->track));
			}
		}
	}
}
