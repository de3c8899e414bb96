/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot-push: single pictures go out. A piece is what a program sends to the outside, over whichever
 * connections, between two silences of a second; one from 20 kB to 1.5 MB may be a picture. Not where
 * they are all of one size, as a buffer or a tool cuts them, or together the camera's stream. Told when
 * the program, or one that its data can come from, reads a camera, when it says that it sends images, or
 * when before each piece somebody of the same stock took a picture: one program takes it, another one
 * sends it, each time new ones. One case for each program: destinations change, and so do processes.
 * Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "kin.h"
#include "rule.h"
#include "state/reader.h"

#define CASES	      512
#define PIECE_MIN     20000
#define PIECE_MAX     1500000
#define SILENCE_NS    (800 * NW_NSEC_PER_MSEC)
#define PIECES	      4
#define PIECES_FRESH  3			    /* are enough where a picture was taken before each */
#define UNANSWERED_NS (3 * NW_NSEC_PER_SEC) /* what a limit holds to a rate goes on */
#define SIZES	      8			    /* the last ones */
#define SAME	      8192 /* sizes that differ by a part in so many are the same, */
#define SAME_BYTES    16U  /* or by so much */
#define STREAM_LOW    75   /* per cent of what is read from cameras */
#define STREAM_HIGH   160
#define CUT_MAX	      45
#define SPREAD	      8 /* pictures of one kind are no more different in size */
#define STEADY_MAX \
	120 /* seconds: while somebody reads on and on, reports are seldom, pictures are not */
#define WINDOW_NS (3600 * NW_NSEC_PER_SEC)

static const struct nw_rule rule = {
	.id = "snapshot-push",
	.name = "Pieces as large as pictures are sent to the outside",
	.question = "live",
	.wrong =
		"a piece of a picture's size need not be one: what a recorder reports in batches of "
		"more than 20 kB looks the same inside TLS; what a script sends each time after it "
		"took a picture need not be the picture",
	.technique = { "T1125", "T1020", "T1041" },
	.over = "No such piece was sent for an hour",
	.quiet_ns = WINDOW_NS,
};

/* Of the stock of who sends, somebody reads cameras. */
enum kin {
	KIN_NONE,
	KIN_STEADY, /* on and on, and each piece is sent by a new process, or one started the other */
	KIN_FRESH, /* and began to after the piece before */
};

struct push {
	uint64_t piece, piece_rx; /* of the open piece */
	uint64_t most, cookie;	  /* the largest part of it, and its connection */
	uint64_t last_ns;	  /* something was sent */
	uint64_t first_ns;	  /* of those counted */
	uint64_t smallest, largest, sum;
	uint32_t pieces;	   /* of a picture's size */
	uint32_t large;		   /* larger ones: a stream, a backup */
	uint32_t gap_min, gap_max; /* seconds between two */
	uint32_t size[SIZES];	   /* a ring of them */
	uint32_t fresh, steady;	   /* pieces with such kin */
	uint64_t whole_ns;	   /* end of the last one that was counted */
	struct nw_proc_id reader;  /* the kin of the open piece, as of the last */
	uint32_t reader_rate;
	uint8_t kin; /* enum kin, of the open piece */
	bool is_answered, says_image, says_text, is_allowed;
};

struct snapshot_push {
	struct nw_watcher w; /* first: fini() is its */
	struct push *push;
	struct nw_kin kin;
};

static int snapshot_push_init(void *self, const struct nw_config *config)
{
	struct snapshot_push *me = self;
	int r = nw_watcher_init(&me->w, CASES, sizeof(*me->push), config);

	me->push = me->w.item;
	return r;
}

/* No two pictures of a camera are of one size, but what a tool or a buffer cuts comes in a few sizes: three
 * of four of the last ones have a twin. */
static bool is_cut(const struct push *p)
{
	unsigned n = NW_MIN(p->pieces, SIZES);
	unsigned twins = 0;

	for (unsigned i = 0; i < n; i++) {
		uint32_t same = NW_MAX(p->size[i] / SAME, SAME_BYTES);
		bool has_twin = false;

		for (unsigned k = 0; k < n && !has_twin; k++) {
			uint32_t more = NW_MAX(p->size[i], p->size[k]);

			has_twin = k != i && more - NW_MIN(p->size[i], p->size[k]) <= same;
		}
		twins += has_twin;
	}
	return twins * 4 >= n * 3;
}

/* As much as comes from the cameras: the stream itself, in pieces. live-relay's. */
static bool is_stream(const struct push *p, uint32_t in, uint64_t now)
{
	uint64_t ms = NW_MAX((now - p->first_ns) / NW_NSEC_PER_MSEC, 1U);
	uint64_t rate = p->sum * 1000 / ms;

	return in && rate * 100 >= (uint64_t)in * STREAM_LOW &&
	       rate * 100 <= (uint64_t)in * STREAM_HIGH;
}

/* What is true of three of four pieces. */
static enum kin kin_of_all(const struct push *p)
{
	if (p->fresh * 4 >= p->pieces * 3) {
		return KIN_FRESH;
	}
	return (p->fresh + p->steady) * 4 >= p->pieces * 3 && p->gap_max <= STEADY_MAX ? KIN_STEADY
										       : KIN_NONE;
}

/* The surest of lineage and kin. */
static enum nw_pictures_how how_of(const struct push *p, const struct nw_pictures *l)
{
	enum kin kin = kin_of_all(p);

	if (l->how >= NW_PICTURES_CHAIN || kin == KIN_FRESH) {
		return NW_PICTURES_CHAIN;
	}
	return kin == KIN_STEADY ? NW_PICTURES_GROUP : l->how;
}

static uint8_t kind_score(const struct push *p, const struct nw_pictures *l)
{
	bool is_alike = p->largest <= SPREAD * p->smallest;
	enum nw_pictures_how how = how_of(p, l);

	if (p->pieces < (kin_of_all(p) == KIN_FRESH ? PIECES_FRESH : PIECES) ||
	    p->large * 2 > p->pieces || p->says_text) {
		return 0;
	}
	if (p->is_allowed) {
		return how ? 20 : 0;
	}
	if (how >= NW_PICTURES_CHAIN) {
		return p->says_image ? 75 : is_alike ? 60 : 45;
	}
	if (how == NW_PICTURES_GROUP) {
		return p->says_image ? 65 : is_alike ? 50 : 40;
	}
	return p->says_image ? 40 : 0;
}

/* Who takes a picture before each piece sends no stream, and a raw picture has always one size. */
static bool is_doubtful(const struct push *p, const struct nw_pictures *l, uint64_t now)
{
	if (p->says_image || kin_of_all(p) == KIN_FRESH) {
		return false;
	}
	return is_cut(p) || is_stream(p, l->rx_rate ? l->rx_rate : p->reader_rate, now);
}

static uint8_t score_of(const struct push *p, const struct nw_pictures *l, uint64_t now)
{
	uint8_t score = kind_score(p, l);

	return score > CUT_MAX && is_doubtful(p, l, now) ? CUT_MAX : score;
}

static void add_kin(struct nw_finding *found, const struct push *p, const struct nw_state *st)
{
	static const char *const words[] = { "", "steady", "fresh" };
	const struct nw_proc *r = p->reader.tgid ? nw_proc_find(st, &p->reader) : NULL;

	nw_finding_text(found, "kin", words[kin_of_all(p)]);
	nw_finding_u64(found, "kin_pieces", p->fresh + p->steady);
	nw_finding_text(found, "kin_reader", r ? r->exe[0] ? r->exe : r->name : NULL);
}

static void tell(struct snapshot_push *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, const struct nw_flow *f, uint64_t now)
{
	const struct push *p = &me->push[i];
	struct nw_pictures l;
	struct nw_finding found;
	uint8_t score;

	(void)nw_pictures_of(st, f, &l);
	score = score_of(p, &l, now);
	if (!score || !nw_rule_seen(&rule, &me->w.cases, i, st, now, score, &found)) {
		return;
	}
	found.reason = "A program that pictures can come to sends pieces of their size to the "
		       "outside, one by one";
	found.flow = f;
	found.confidence = p->says_image ? 90 : 60;
	nw_finding_u64(&found, "pieces", p->pieces);
	nw_finding_u64(&found, "larger_pieces", p->large);
	nw_finding_u64(&found, "bytes_smallest", p->smallest);
	nw_finding_u64(&found, "bytes_largest", p->largest);
	nw_finding_u64(&found, "bytes_mean", p->sum / p->pieces);
	nw_finding_u64(&found, "seconds_between_least", p->gap_min);
	nw_finding_u64(&found, "seconds_between_most", p->gap_max);
	nw_finding_u64(&found, "says_image", p->says_image);
	nw_finding_text(&found, "protocol", f->said ? f->said->protocol : NULL);
	nw_finding_pictures(&found, &l);
	if (l.how < NW_PICTURES_CHAIN && kin_of_all(p)) {
		add_kin(&found, p, st);
	}
	emit->finding(emit->ctx, &found);
}

/* The piece is whole: does it count? True when it is as large as a picture. */
static bool take_piece(struct push *p, uint64_t now)
{
	uint64_t piece = p->piece;
	bool is_answer = p->piece_rx >= piece; /* who gets as much is not sending */
	uint32_t gap = (uint32_t)((now - p->last_ns) / NW_NSEC_PER_SEC);
	enum kin kin = (enum kin)p->kin;

	p->kin = KIN_NONE;
	p->piece = 0;
	p->piece_rx = 0;
	p->most = 0;
	if (is_answer || piece < PIECE_MIN) {
		return false;
	}
	if (piece > PIECE_MAX) {
		p->large++;
		return false;
	}
	p->smallest = p->pieces ? NW_MIN(p->smallest, piece) : piece;
	p->largest = NW_MAX(p->largest, piece);
	p->sum += piece;
	p->gap_min = p->pieces ? NW_MIN(p->gap_min, gap) : gap;
	p->gap_max = NW_MAX(p->gap_max, gap);
	p->size[p->pieces % SIZES] = (uint32_t)piece;
	p->first_ns = p->pieces++ ? p->first_ns : p->last_ns;
	p->whole_ns = p->last_ns;
	p->fresh += kin == KIN_FRESH;
	p->steady += kin == KIN_STEADY;
	return true;
}

/* A silence ends it, a longer one where the connection that had most of it is open and says nothing; or
 * that a new process sends, where somebody takes pictures for it. */
static bool is_whole(const struct push *p, const struct nw_flow *f, uint64_t now)
{
	if (p->kin && f->owner->exec_ns > p->last_ns) {
		return true;
	}
	return now > p->last_ns + (p->is_answered ? SILENCE_NS : UNANSWERED_NS);
}

static void add_to_piece(struct push *p, const struct nw_flow *f, const struct nw_delta *m)
{
	if (m->tx > p->most) {
		p->most = m->tx;
		p->cookie = f->cookie;
		p->is_answered = false;
	}
	p->is_answered |= f->cookie == p->cookie && (m->rx || f->end_ns);
	p->piece += m->tx;
	p->piece_rx += m->rx;
}

static void take_kin(struct push *p, const struct nw_flow *f, const struct nw_kin_reader *r,
		     bool is_lineal)
{
	bool is_fresh = r->first_ns > p->whole_ns;

	if (is_fresh || is_lineal || f->owner->exec_ns > p->whole_ns) {
		p->kin = NW_MAX(p->kin, (uint8_t)(is_fresh ? KIN_FRESH : KIN_STEADY));
		p->reader = r->id;
		p->reader_rate = nw_kin_rate(r);
	}
}

static bool begins(const char *text, const char *with)
{
	return text && strncmp(text, with, strlen(with)) == 0;
}

/* What it says that it sends, where that can be read. */
static void take_words(struct push *p, const struct nw_state *st, const struct nw_flow *f)
{
	const char *type = f->said ? nw_said_find(f->said, NW_ATTR_HTTP_REQUEST_TYPE) : NULL;

	p->is_allowed = nw_policy_allowed(st, f) != NULL;
	p->says_image |= begins(type, "image/") || begins(type, "video/");
	p->says_text = begins(type, "text/") || begins(type, "application/json") ||
		       begins(type, "application/xml") || begins(type, "application/x-protobuf");
}

/* Processes of one program are one, but those that somebody takes pictures for and the others are two:
 * what a tool does for a script says nothing of what it does for another. */
static uint32_t place_of(struct snapshot_push *me, const struct nw_flow *f, bool has_kin,
			 uint64_t now)
{
	struct nw_case_key key = { .len = 0 };
	bool is_new;
	uint32_t i;

	nw_case_key_program(&key, f->owner);
	nw_case_key_u64(&key, f->owner->uid);
	if (has_kin) {
		nw_case_key_text(&key, "kin");
	}
	i = nw_cases_get(&me->w.cases, key.text, &is_new);
	if (is_new || now > me->push[i].first_ns + WINDOW_NS) {
		me->push[i] = (struct push){ .first_ns = now, .last_ns = now };
	}
	return i;
}

static void on_flow(struct snapshot_push *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	const struct nw_kin_reader *kin;
	uint64_t now = ev->ts_ns;
	struct nw_delta m;
	bool is_lineal;
	struct push *p;
	uint32_t i;

	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	if (!m.tx && !m.rx && !f->end_ns) {
		return;
	}
	kin = nw_kin_of(&me->kin, st, f->owner, &is_lineal);
	i = place_of(me, f, kin != NULL, now);
	p = &me->push[i];
	nw_rule_touch(&me->w.cases, i, f, now);
	if (is_whole(p, f, now) && take_piece(p, now)) {
		tell(me, st, emit, i, f, now);
	}
	add_to_piece(p, f, &m);
	if (m.tx) {
		p->last_ns = now;
		take_words(p, st, f);
	}
	if (m.tx && kin) {
		take_kin(p, f, kin, is_lineal);
	}
}

static void on_camera(struct snapshot_push *me, const struct nw_state *st,
		      const struct nw_event *ev, const struct nw_flow *f)
{
	struct nw_delta m;

	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	nw_kin_on_camera(&me->kin, st, f, m.rx);
}

static void snapshot_push_on_event(void *self, const struct nw_state *st, const struct nw_event *ev,
				   const struct nw_emit *emit)
{
	struct snapshot_push *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f && f->owner && !nw_flow_stays_here(f) && !(f->flags & NW_SOCK_FORWARDED)) {
		if (f->is_outbound && nw_policy_leaves(st, f)) {
			on_flow(me, st, ev, f, emit);
		} else if (f->is_inside && nw_camera_of(st, f)) {
			on_camera(me, st, ev, f);
		}
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_snapshot_push = {
	.id = "snapshot-push",
	.doc = "a program that pictures can come to sends pieces of their size to the outside, one by one",
	.self_size = sizeof(struct snapshot_push),
	.init = snapshot_push_init,
	.fini = nw_watcher_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = snapshot_push_on_event,
};
