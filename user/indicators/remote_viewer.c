/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote-viewer: somebody outside began a session with this host and gets media-like volume from
 * it. One case for each program and far end (of IPv6 its /64), over all of its connections:
 * segments come on many. Media go on evenly, or in pieces that come by a clock, or are as much as
 * was read of recordings. What the program can serve raises the score: without a way to pictures it
 * is information. Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "meter.h"
#include "rule.h"
#include "state/reader.h"
#include "util/regular.h"
#include "util/text.h"
#include "util/window.h"

#define CASES	 1024
#define ONE_WAY	 4  /* it gets so many times what it sends */
#define LIKE_MIN 80 /* per cent of a camera's rate */
#define LIKE_MAX 130

/* Evenly: in each of ten slots of two seconds something, and no heap among them. */
#define SLOTS	  10
#define SLOT_NS	  (2 * NW_NSEC_PER_SEC)
#define SLOT_MIN  4000
#define EVEN_MIN  250000 /* in all of them: 100 kbit/s */
#define HEAP_PART 40	 /* per cent that is in one slot */

/* By a clock: pieces with silence between them, segments or single pictures. */
#define PIECES	   6
#define PIECE_MIN  8000
#define SILENCE_NS (1200 * NW_NSEC_PER_MSEC)
#define PIECES_NS  (10 * NW_NSEC_PER_SEC) /* from the first to the last, at least */
#define GAP_MAX_MS 12000U		  /* nobody waits longer for a picture that moves */
#define CLOCK	   0.7			  /* how regular */
#define SPREAD	   8			  /* sizes */

/* As much as was read of recordings. */
#define READ_MIN   (1ULL << 20)
#define READ_NS	   (30 * NW_NSEC_PER_SEC)
#define READ_LOW   80 /* per cent of it that was fetched */
#define READ_HIGH  130
#define READ_SCORE 75
#define LATE_NS	   (2 * NW_NSEC_PER_SEC) /* a file may be told so much later */
#define LATE_LOOKS 16

/* As fast as the line goes, and far more than what comes from cameras: a file. */
#define FILE_TIMES 5
#define FILE_SCORE 45

#define OPEN_SCORE 55 /* through a port that is declared for everybody */

static const struct nw_rule rule = {
	.id = "remote-viewer",
	.name = "Somebody outside gets media-like volume from this host",
	.question = "live",
	.wrong =
		"volume is not content: a download of the recorder's own files over a slow line looks "
		"the same; what the program serves is known only where it reads cameras or recordings or "
		"a chain leads to who does; several behind one address are one; less than 100 kbit/s is "
		"not told",
	.technique = { "T1125", "T1041" },
	.over = "Nothing more was fetched for five minutes",
	.quiet_ns = 300 * NW_NSEC_PER_SEC,
};

struct piece {
	uint64_t begin_ns;
	uint64_t bytes;
};

struct view {
	struct nw_meter meter;
	uint32_t slot[SLOTS]; /* bytes, a ring */
	uint32_t slot_now;    /* number of the newest */
	struct piece piece[PIECES];
	struct piece open;   /* the one that goes on */
	uint32_t pieces;     /* whole ones, ever */
	uint64_t read_base;  /* of recordings, when it began */
	uint32_t bins, full; /* measures; and of these, with more written than the line took */
	uint64_t rx;
	uint64_t looked_ns; /* whose pictures it can be: once a second */
	uint16_t port;	    /* that it came to */
	uint16_t proto;
	bool is_declared; /* for everybody, or for him */
	bool is_guest;	  /* for him */
	bool is_allowed;
	struct nw_proc_id sender; /* of the last of it */
	bool has_datagrams;	  /* media beside the session, sent by us */
};

struct remote_viewer {
	struct nw_watcher w; /* first: fini() is its */
	struct view *view;
};

static int remote_viewer_init(void *self, const struct nw_config *config)
{
	struct remote_viewer *me = self;
	int r = nw_watcher_init(&me->w, CASES, sizeof(*me->view), config);

	me->view = me->w.item;
	return r;
}

static void key_of(const struct nw_flow *f, struct nw_case_key *key)
{
	uint8_t addr[16];

	memcpy(addr, f->raddr, sizeof(addr));
	if (!nw_addr_is_v4(addr)) { /* a client's own to choose from */
		memset(addr + 8, 0, 8);
	}
	key->len = 0;
	nw_case_key_addr(key, addr);
	nw_case_key_program(key, f->owner);
}

/* ---- how it is fetched ---------------------------------------------------------------------- */

static void count_slot(struct view *v, uint64_t now, uint64_t tx)
{
	nw_window_turn(v->slot, sizeof(*v->slot), SLOTS, &v->slot_now, (uint32_t)(now / SLOT_NS));
	nw_window_add(&v->slot[v->slot_now % SLOTS], tx);
}

static void count_piece(struct view *v, uint64_t now, uint64_t tx)
{
	if (now > v->meter.last_ns + SILENCE_NS) {
		if (v->open.bytes >= PIECE_MIN) {
			v->piece[v->pieces++ % PIECES] = v->open;
		}
		v->open = (struct piece){ .begin_ns = now };
	}
	v->open.bytes += tx;
}

static bool is_even(const struct view *v)
{
	uint64_t sum = nw_window_sum(v->slot, SLOTS);

	for (unsigned i = 0; i < SLOTS; i++) {
		if (v->slot[i] < SLOT_MIN || v->slot[i] * 100ULL > sum * HEAP_PART) {
			return false;
		}
	}
	return sum >= EVEN_MIN && v->meter.last_ns - v->meter.first_ns >= SLOTS * SLOT_NS;
}

static bool is_clocked(const struct view *v)
{
	const struct piece *first = &v->piece[v->pieces % PIECES];
	const struct piece *last = &v->piece[(v->pieces + PIECES - 1) % PIECES];
	uint64_t span_ns = last->begin_ns - first->begin_ns;
	uint64_t least = UINT64_MAX;
	uint64_t most = 0;
	uint64_t sum = 0;
	uint32_t gap[PIECES];

	if (v->pieces < PIECES || span_ns < PIECES_NS / 2) {
		return false;
	}
	for (unsigned i = 0; i < PIECES; i++) {
		const struct piece *p = &v->piece[(v->pieces + i) % PIECES];
		const struct piece *next = &v->piece[(v->pieces + i + 1) % PIECES];

		least = NW_MIN(least, p->bytes);
		most = NW_MAX(most, p->bytes);
		sum += p->bytes;
		if (p != last) {
			nw_sorted_add(
				gap, i,
				(uint32_t)NW_MIN((next->begin_ns - p->begin_ns) / NW_NSEC_PER_MSEC,
						 (uint64_t)UINT32_MAX));
		}
	}
	return most <= SPREAD * least && nw_regular(gap, PIECES - 1) >= CLOCK &&
	       gap[PIECES - 2] <= NW_MIN(2 * gap[0], GAP_MAX_MS) &&
	       (sum - most) / NW_MAX(span_ns / NW_NSEC_PER_SEC, 1U) >= EVEN_MIN / 20 &&
	       v->meter.last_ns - v->meter.first_ns >= PIECES_NS;
}

/* ---- of what -------------------------------------------------------------------------------- */

static uint64_t was_read(const struct nw_rec_use *u)
{
	return u ? NW_MAX(u->bytes, u->bytes_most) : 0;
}

/* Who read recordings last, of those whose data the flow can carry; or NULL. */
static const struct nw_rec_use *use_of(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_rec_use *best = f->owner ? nw_rec_use_of(st, f->owner) : NULL;
	unsigned links = f->chain ? f->chain->len : 0;

	for (unsigned i = 0; i <= links; i++) {
		const struct nw_proc *p = i < links ? f->chain->link[i].proc : f->sender;
		const struct nw_rec_use *u = p ? nw_rec_use_of(st, p) : NULL;

		if (u && u->files && (!best || !best->files || u->last_ns > best->last_ns)) {
			best = u;
		}
	}
	return best && best->files ? best : NULL;
}

/* Read since it began, while it went on. */
static uint64_t read_for(const struct view *v, const struct nw_rec_use *u, uint64_t now)
{
	uint64_t all = was_read(u);

	return u && now <= u->last_ns + READ_NS && all > v->read_base ? all - v->read_base : 0;
}

static bool is_as_read(const struct view *v, uint64_t read)
{
	uint64_t total = v->meter.total;

	return total >= READ_MIN && total * 100 >= read * READ_LOW &&
	       total * 100 <= read * READ_HIGH;
}

static bool is_camera_like(const struct nw_pictures *l, uint64_t rate)
{
	return l->rx_rate && rate * 100 >= (uint64_t)l->rx_rate * LIKE_MIN &&
	       rate * 100 <= (uint64_t)l->rx_rate * LIKE_MAX;
}

/* What cameras sent just now is not there to be sent so fast, and nothing was read: where files of
 * recordings are looked at, that says what it is. */
static bool is_file(const struct nw_state *st, const struct view *v, const struct nw_pictures *l,
		    uint64_t read)
{
	return nw_fact_find(st, "files.0") && !read && v->full * 5ULL >= v->bins * 4ULL &&
	       nw_meter_rate(&v->meter) >= FILE_TIMES * (uint64_t)NW_MAX(l->rx_rate, 1U);
}

static uint8_t score_of(const struct nw_state *st, const struct nw_flow *f, const struct view *v,
			const struct nw_pictures *l, uint64_t read)
{
	unsigned score;

	if (v->is_guest || v->is_allowed) {
		return 20;
	}
	if (l->how >= NW_PICTURES_CHAIN) {
		score = is_camera_like(l, f->tx_rate) ? 85 : 80;
	} else if (read * 2 >= v->meter.total) {
		score = READ_SCORE;
	} else if (l->how == NW_PICTURES_GROUP) {
		score = 70;
	} else {
		score = nw_recorder_of(st, f->owner) ? 70 : 30;
	}
	if (score >= NW_ALERT_SCORE && is_file(st, v, l, read)) {
		score = FILE_SCORE;
	}
	if (v->is_declared) {
		return (uint8_t)(score >= NW_ALERT_SCORE ? OPEN_SCORE : 20);
	}
	if (score >= NW_ALERT_SCORE && f->iface && f->iface->is_tunnel) {
		score += 5;
	}
	return (uint8_t)score;
}

static const char *reason_of(const struct nw_pictures *l, uint64_t read)
{
	if (l->how != NW_PICTURES_NONE) {
		return "Somebody outside gets media-like volume of a program that has "
		       "pictures of cameras";
	}
	return read ? "Somebody outside gets recordings from a program that reads them"
		    : "Somebody outside gets media-like volume";
}

static void put_measures(struct nw_finding *found, const struct view *v, uint64_t read)
{
	nw_finding_u64(found, "bytes", v->meter.total);
	nw_finding_u64(found, "bytes_per_s", nw_meter_rate(&v->meter));
	nw_finding_u64(found, "listener_port", v->port);
	nw_finding_text(found, "listener_transport", v->proto == IPPROTO_TCP ? "tcp" : "udp");
	nw_finding_u64(found, "listener_declared", v->is_declared);
	nw_finding_u64(found, "datagrams", v->has_datagrams);
	nw_finding_text(found, "pace", is_even(v) ? "even" : is_clocked(v) ? "clock" : NULL);
	if (read) {
		nw_finding_u64(found, "bytes_read", read);
	}
}

static void tell(struct remote_viewer *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, const struct nw_flow *f, uint64_t now)
{
	const struct view *v = &me->view[i];
	uint64_t read = read_for(v, use_of(st, f), now);
	struct nw_pictures l;
	struct nw_finding found;
	uint8_t score;

	(void)nw_pictures_of(st, f, &l);
	score = score_of(st, f, v, &l, read);
	if (!nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	found.reason = reason_of(&l, read);
	found.flow = f;
	put_measures(&found, v, read);
	nw_finding_text(&found, "tunnel", f->iface && f->iface->is_tunnel ? f->iface->name : NULL);
	nw_finding_text(&found, "recorder_by",
			nw_recorder_basis_name(nw_recorder_of(st, f->owner)));
	nw_finding_pictures(&found, &l);
	emit->finding(emit->ctx, &found);
}

/* A session from outside makes the case; what else the same program sends there belongs to it. */
static struct view *view_of(struct remote_viewer *me, const struct nw_state *st,
			    const struct nw_flow *f, uint32_t *ret_place)
{
	/* a datagram that came first to a port that the kernel gave: a hole is being punched */
	bool is_beside =
		f->is_outbound || (f->proto == IPPROTO_UDP && nw_is_client_port(st, f->lport));
	struct nw_case_key key;
	struct view *v;
	bool is_new = false;

	key_of(f, &key);
	*ret_place = is_beside ? nw_cases_find(&me->w.cases, key.text)
			       : nw_cases_get(&me->w.cases, key.text, &is_new);
	if (*ret_place == NW_CASE_NONE) {
		return NULL;
	}
	v = &me->view[*ret_place];
	if (is_new) {
		*v = (struct view){
			.port = f->lport,
			.proto = f->proto,
			.slot_now = (uint32_t)(nw_state_now_ns(st) / SLOT_NS),
			.read_base = was_read(use_of(st, f)),
			.is_declared = nw_policy_listener(st, f->proto, f->lport, f->raddr),
			.is_guest = nw_policy_guest(st, f->proto, f->lport, f->raddr),
		};
	} else if (!is_beside && f->lport != v->port &&
		   !nw_policy_listener(st, f->proto, f->lport, f->raddr)) {
		v->is_declared = false; /* it comes by another door too: that one counts */
		v->is_guest = false;
		v->port = f->lport;
		v->proto = f->proto;
	}
	return v;
}

static void count(struct view *v, const struct nw_flow *f, const struct nw_delta *m, uint64_t now)
{
	if (m->tx) {
		count_slot(v, now, m->tx);
		count_piece(v, now, m->tx);
		v->bins++;
		v->full += f->unsent > 0;
	}
	nw_meter_add(&v->meter, m->from_ns, now, m->tx);
	v->rx += m->rx;
	v->sender = f->sender ? f->sender->id : f->owner->id;
	v->has_datagrams |= f->proto == IPPROTO_UDP && m->tx;
}

static bool is_view(const struct nw_state *st, const struct view *v, const struct nw_flow *f,
		    uint64_t now)
{
	return v->meter.total >= ONE_WAY * v->rx &&
	       (nw_meter_is_media(&v->meter, now) || is_even(v) || is_clocked(v) ||
		(is_as_read(v, read_for(v, use_of(st, f), now))));
}

static void on_flow(struct remote_viewer *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	struct nw_delta m;
	struct view *v;
	uint32_t i;

	if (f->is_inside || nw_flow_stays_here(f) || !f->owner || (f->flags & NW_SOCK_FORWARDED)) {
		return;
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	if (!m.tx && !m.rx) {
		return;
	}
	v = view_of(me, st, f, &i);
	if (!v) {
		return;
	}
	nw_rule_touch(&me->w.cases, i, f, ev->ts_ns);
	count(v, f, &m, ev->ts_ns);
	v->is_allowed = nw_policy_allowed(st, f) != NULL;
	if (ev->ts_ns >= v->looked_ns + NW_NSEC_PER_SEC && is_view(st, v, f, ev->ts_ns)) {
		v->looked_ns = ev->ts_ns;
		tell(me, st, emit, i, f, ev->ts_ns);
	}
}

/* Files are told behind sockets: what was fetched at once is over by then. */
static void on_file(struct remote_viewer *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_emit *emit)
{
	const struct nw_rec *r = nw_rec_of(st, nw_event_file(ev));
	unsigned looks = 0;

	if (!r || !r->is_read) {
		return;
	}
	for (uint32_t i = me->w.cases.lru.newest; i != NW_CASE_NONE && looks++ < LATE_LOOKS;
	     i = me->w.cases.lru.link[i].older) {
		const struct nw_case *k = &me->w.cases.item[i];
		const struct view *v = &me->view[i];
		uint64_t read = read_for(v, nw_rec_use_of(st, r->proc), ev->ts_ns);
		struct nw_finding found;
		uint8_t score = v->is_guest || v->is_allowed ? 20
				: v->is_declared	     ? OPEN_SCORE
							     : READ_SCORE;

		if (ev->ts_ns > k->last_ns + LATE_NS) {
			return;
		}
		if ((nw_proc_id_is_same(&v->sender, &r->proc->id) ||
		     nw_proc_id_is_same(&k->proc, &r->proc->id)) &&
		    v->meter.total >= ONE_WAY * v->rx && is_as_read(v, read) &&
		    nw_rule_seen(&rule, &me->w.cases, i, st, ev->ts_ns,
				 k->is_open ? NW_MAX(score, k->score) : score, &found)) {
			found.reason = reason_of(&(struct nw_pictures){ .how = 0 }, read);
			put_measures(&found, v, read);
			emit->finding(emit->ctx, &found);
			return; /* the order may be another now */
		}
	}
}

static void remote_viewer_on_event(void *self, const struct nw_state *st, const struct nw_event *ev,
				   const struct nw_emit *emit)
{
	struct remote_viewer *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f) {
		on_flow(me, st, ev, f, emit);
	} else if (ev->shape == NW_SHAPE_FILE) {
		on_file(me, st, ev, emit);
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_remote_viewer = {
	.id = "remote-viewer",
	.doc = "somebody outside began a session and gets media-like volume from this host",
	.self_size = sizeof(struct remote_viewer),
	.init = remote_viewer_init,
	.fini = nw_watcher_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(FILE) | NW_SEES(TICK),
	.on_event = remote_viewer_on_event,
};
