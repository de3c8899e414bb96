/* SPDX-License-Identifier: Apache-2.0 */
/*
 * icmp-tunnel: echo carries data. An answer must bring back what the request had (RFC 792), so who
 * answers honestly sends as many bytes and packets as he got; pings are small, and go by a timer or one
 * after the other. What is in them is not seen, but how the program was called is: one that is run for
 * each packet gets its data so. Packets of which a program makes all, IP's header too, count with echo.
 * Owns a table of (peer, program); the one that was silent longest goes. Source: docs/indicators.md.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "dns_carry.h"
#include "holder.h"
#include "indicators/indicator.h"
#include "util/window.h"

#define PEERS	   1024
#define MINUTES	   10
#define MINUTE_NS  (60 * NW_NSEC_PER_SEC)
#define QUIET_NS   (30 * MINUTE_NS)
#define PING_BYTES 72 /* with ICMP's header: 64 of payload, more than what ping and its kin send */

#define ODD_MIN	   20 /* packets in bins whose answers are of another size */
#define ODD_SCORE  60
#define TELL_SCORE 40
#define PLAIN_MAX  45  /* large pings of one size, honestly answered or not at all */
#define VARIED_MIN 10  /* changes of size */
#define VARIED_OF  150 /* packets: who looks for the largest that goes through sends less */

/* What no honest far end does, whatever was lost or late: only beside this much beyond pings. */
#define DATA_MIN    50000
#define ANSWERS_MIN 20 /* packets each way */
#define OTHER_MEAN \
	2 /* so many times as large is another size; of mixed sizes large ones are lost */
#define ANSWERED_MIN  4	 /* and one in so many requests was answered */
#define SLOW_MIN      40 /* packets, nearly all of them answered once: then less says as much */
#define SLOW_MEAN     1.3
#define MORE_BACK     3	 /* two programs that ping one peer hear each other's answers */
#define EXTRA_MIN     10 /* answers that nobody asked for */
#define BURST_PACKETS 16 /* at once, with nothing before and behind */
#define BURST_GAP_NS  (350 * NW_NSEC_PER_MSEC)
#define BURSTS_MIN    6

#define TOLD_BYTES    5	 /* of arguments that were not there before, in a run */
#define TOLD_RUNS     8	 /* that had so many, and were half of all */
#define FED_RUNS      40 /* with a packet or two each */
#define RAW_MIN	      10
#define RAW_BYTES     1000 /* beyond pings */
#define BY_HAND_SCORE 55

struct minute {
	uint32_t up, down; /* bytes beyond pings' */
	uint32_t odd,
		even; /* packets sent in bins whose answers were of another size, of the same */
	uint32_t varied;
	uint32_t packets, answers;
	uint32_t tx, rx; /* bytes */
	uint32_t bursts;
	uint32_t runs, told_runs;     /* processes; of these, that were called as none before */
	uint32_t told;		      /* bytes that their arguments can carry */
	uint32_t raw_packets, raw_up; /* made by hand; bytes beyond pings */
};

struct peer {
	struct nw_carry_book book; /* of arguments */
	struct nw_proc_id run;	   /* the last process that sent */
	struct minute minute[MINUTES];
	uint32_t now;	  /* the minute that minute[now % MINUTES] is of */
	uint32_t size;	  /* mean of the last bin */
	uint64_t last_ns; /* something was sent */
	bool is_burst;	  /* the last bin was one, if nothing follows */
	bool is_script;	  /* who pings has a tool for it: a script has something to put in */
};

/* How it is known that this is no ping. */
enum sign {
	SIGN_NONE,
	SIGN_BURSTS,
	SIGN_EXTRA,
	SIGN_RAW,
	SIGN_TOLD,
	SIGN_FED,
	SIGN_SIZES,
};

struct icmp_tunnel {
	struct nw_cases cases;
	struct peer *peer;
	struct nw_carry_table table;
};

static int icmp_tunnel_init(void *self, const struct nw_config *config)
{
	struct icmp_tunnel *t = self;

	(void)config;
	nw_carry_init(&t->table);
	t->peer = calloc(PEERS, sizeof(*t->peer));
	return t->peer ? nw_cases_init(&t->cases, PEERS) : -ENOMEM;
}

static void icmp_tunnel_fini(void *self)
{
	struct icmp_tunnel *t = self;

	free(t->peer);
	nw_cases_free(&t->cases);
}

/* ---- measures ------------------------------------------------------------------------------- */

static uint64_t beyond(uint64_t bytes, uint64_t packets)
{
	uint64_t usual = packets < UINT32_MAX ? packets * PING_BYTES : UINT64_MAX;

	return bytes > usual ? bytes - usual : 0;
}

/* Who waits for a timer or for the answer sends no heap at once and then nothing, again and again. */
static void count_burst(struct peer *p, struct minute *w, const struct nw_moved *m, uint64_t now)
{
	bool is_apart = now >= p->last_ns + BURST_GAP_NS;

	if (!m->tx_packets) {
		return;
	}
	w->bursts += is_apart && p->is_burst;
	p->is_burst =
		is_apart && m->tx_packets >= BURST_PACKETS && beyond(m->tx_bytes, m->tx_packets);
	p->last_ns = now;
}

/* What a command line can tell that none before did; the name of the far end is no news. */
static uint32_t told_by(const struct nw_carry_table *t, struct peer *p, const struct nw_flow *f,
			const struct nw_proc *proc)
{
	char text[sizeof(proc->args) + 1];
	struct nw_carried c;
	size_t len = 0;
	size_t n;

	for (size_t at = 0; at < proc->args_len; at += n + 1) {
		n = strnlen(proc->args + at, proc->args_len - at);
		if (n == 0 || (f->name[0] && strcmp(proc->args + at, f->name) == 0)) {
			continue;
		}
		memcpy(text + len, proc->args + at, n);
		len += n;
		text[len++] = '.'; /* a label of the book */
	}
	text[len] = '\0';
	return nw_carry_name(t, &p->book, text, text + len, &c) ? c.bytes : 0;
}

/* A process that was not the last one to send: how was it called? */
static void count_run(const struct nw_carry_table *t, struct peer *p, struct minute *w,
		      const struct nw_flow *f)
{
	const struct nw_proc *proc = nw_dest_proc(f);
	bool is_first = !p->run.tgid;
	uint32_t told;

	if (!proc || nw_proc_id_is_same(&proc->id, &p->run)) {
		return;
	}
	p->run = proc->id;
	told = told_by(t, p, f, proc);
	w->runs++;
	if (!is_first && told >= TOLD_BYTES) {
		w->told_runs++;
		nw_window_add(&w->told, told);
	}
}

static void count(const struct nw_carry_table *t, struct peer *p, const struct nw_moved *m,
		  uint64_t now)
{
	struct minute *w;

	nw_window_turn(p->minute, sizeof(*p->minute), MINUTES, &p->now,
		       (uint32_t)(now / MINUTE_NS));
	w = &p->minute[p->now % MINUTES];
	nw_window_add(&w->up, beyond(m->tx_bytes, m->tx_packets));
	nw_window_add(&w->down, beyond(m->rx_bytes, m->rx_packets));
	nw_window_add(&w->packets, m->tx_packets);
	nw_window_add(&w->answers, m->rx_packets);
	nw_window_add(&w->tx, m->tx_bytes);
	nw_window_add(&w->rx, m->rx_bytes);
	if (m->flow->proto == IPPROTO_RAW) {
		nw_window_add(&w->raw_packets, m->tx_packets);
		nw_window_add(&w->raw_up, beyond(m->tx_bytes, m->tx_packets));
	}
	if (m->tx_packets) {
		count_run(t, p, w, m->flow);
	}
	count_burst(p, w, m, now);
	/* an answer that comes in the next bin makes numbers differ: such a bin says nothing */
	if (m->tx_packets && m->tx_packets == m->rx_packets) {
		nw_window_add(m->tx_bytes == m->rx_bytes ? &w->even : &w->odd, m->tx_packets);
	}
	if (m->tx_packets) {
		uint32_t size = (uint32_t)NW_MIN(m->tx_bytes / m->tx_packets, 65535ULL);

		w->varied += p->size && size != p->size;
		p->size = size;
	}
}

static struct minute window_of(const struct peer *p)
{
	struct minute sum = { .up = 0 };

	for (unsigned i = 0; i < MINUTES; i++) {
		nw_window_add(&sum.up, p->minute[i].up);
		nw_window_add(&sum.down, p->minute[i].down);
		nw_window_add(&sum.odd, p->minute[i].odd);
		nw_window_add(&sum.even, p->minute[i].even);
		nw_window_add(&sum.varied, p->minute[i].varied);
		nw_window_add(&sum.packets, p->minute[i].packets);
		nw_window_add(&sum.answers, p->minute[i].answers);
		nw_window_add(&sum.tx, p->minute[i].tx);
		nw_window_add(&sum.rx, p->minute[i].rx);
		nw_window_add(&sum.bursts, p->minute[i].bursts);
		nw_window_add(&sum.runs, p->minute[i].runs);
		nw_window_add(&sum.told_runs, p->minute[i].told_runs);
		nw_window_add(&sum.told, p->minute[i].told);
		nw_window_add(&sum.raw_packets, p->minute[i].raw_packets);
		nw_window_add(&sum.raw_up, p->minute[i].raw_up);
	}
	return sum;
}

static const struct nw_scale scale[] = {
	{ 0, 0 }, { 10000, 20 }, { 100000, 50 }, { 1000000, 70 }, { 10000000, 85 }
};

/* Are the answers of other sizes than what was asked, all together? What was answered is a part of
 * what was sent: of one size it has the same mean, and never more bytes. */
static bool is_otherwise(const struct minute *w)
{
	double asked = (double)w->tx / NW_MAX(w->packets, 1U);
	double answered = (double)w->rx / NW_MAX(w->answers, 1U);

	if (w->packets < ANSWERS_MIN || w->answers < ANSWERS_MIN) {
		return false;
	}
	return w->rx / MORE_BACK >= w->tx ||
	       (w->answers >= w->packets / ANSWERED_MIN &&
		(asked >= OTHER_MEAN * answered || answered >= OTHER_MEAN * asked));
}

/* The same of little: nobody else is heard, hardly anything was lost. */
static bool is_otherwise_slowly(const struct minute *w)
{
	double asked = (double)w->tx / NW_MAX(w->packets, 1U);
	double answered = (double)w->rx / NW_MAX(w->answers, 1U);

	return w->packets >= SLOW_MIN && w->answers >= w->packets * 4ULL / 5 &&
	       w->answers <= w->packets * 21ULL / 20 &&
	       (asked >= SLOW_MEAN * answered || answered >= SLOW_MEAN * asked);
}

/* Made by hand and large, and nobody listens for answers as a ping does. */
static bool is_by_hand(const struct minute *w)
{
	return w->raw_packets >= RAW_MIN && w->raw_up >= RAW_BYTES &&
	       w->answers < w->raw_packets / 2;
}

static enum sign sign_of(const struct minute *w)
{
	if ((w->odd >= ODD_MIN && w->odd > w->even) || is_otherwise_slowly(w)) {
		return SIGN_SIZES;
	}
	if (w->told_runs >= TOLD_RUNS && w->told_runs >= w->runs / 2) {
		return SIGN_TOLD;
	}
	if (is_by_hand(w)) {
		return SIGN_RAW;
	}
	if (NW_MAX(w->up, w->down) < DATA_MIN) {
		return SIGN_NONE;
	}
	if (is_otherwise(w)) {
		return SIGN_SIZES;
	}
	if (w->runs >= FED_RUNS && w->runs >= w->packets / 2 && w->answers < w->packets / 10) {
		return SIGN_FED;
	}
	if (w->answers >= (uint64_t)w->packets + EXTRA_MIN && w->answers < w->packets * 3ULL / 2) {
		return SIGN_EXTRA;
	}
	return w->bursts >= BURSTS_MIN ? SIGN_BURSTS : SIGN_NONE;
}

static uint8_t score_of(const struct peer *p, const struct minute *w, bool is_inside)
{
	unsigned score = nw_scale_of(scale, NW_ARRAY_SIZE(scale), NW_MAX(w->up, w->down));
	enum sign sign = sign_of(w);

	if (sign == SIGN_SIZES || sign == SIGN_TOLD || (sign && !is_inside)) {
		score = NW_MAX(score, sign == SIGN_RAW || sign == SIGN_TOLD || sign == SIGN_FED
					      ? (unsigned)BY_HAND_SCORE
					      : (unsigned)ODD_SCORE);
		score += w->odd >= 10 * ODD_MIN ? 5 : 0;
		return (uint8_t)(is_inside ? score - 15 : score);
	}
	if (is_inside) { /* load tests and floods of the own network */
		return 0;
	}
	if (p->is_script && w->up >= DATA_MIN) {
		return (uint8_t)NW_MAX(score, (unsigned)NW_ALERT_SCORE);
	}
	return (uint8_t)(w->varied >= VARIED_MIN && w->packets >= VARIED_OF
				 ? score
				 : NW_MIN(score, (unsigned)PLAIN_MAX));
}

/* ---- telling -------------------------------------------------------------------------------- */

static const char *reason_of(enum sign sign)
{
	static const char *const words[] = {
		[SIGN_NONE] = "Echo requests or answers carry more than pings do",
		[SIGN_BURSTS] = "Large echo requests go in heaps, as no ping sends them",
		[SIGN_EXTRA] = "Beside large echo come answers that nobody asked for",
		[SIGN_RAW] =
			"A program makes large packets by hand, echo or others, and awaits no answers",
		[SIGN_TOLD] =
			"Programs are run for single packets, each called with data that none had before",
		[SIGN_FED] = "Programs are run for single large packets, and nobody answers",
		[SIGN_SIZES] = "Answers to echo requests are not of the requests' size",
	};

	return words[sign];
}

static void tell(const struct nw_state *st, const struct nw_emit *emit, const struct nw_case *k,
		 const struct minute *w, uint8_t score, enum nw_finding_action action)
{
	struct nw_finding f = {
		.rule_id = "icmp-tunnel",
		.rule_name = "Echo of ICMP carries data",
		.question = "back door",
		.reason = action == NW_FINDING_CLOSED ? "No such echo for half an hour"
						      : reason_of(sign_of(w)),
		.known_ways_to_be_wrong =
			"path and load tests send large pings; two programs that ping one peer at "
			"the same time with packets of several sizes; load tests by hand-made "
			"packets; the payload is not seen",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = nw_severity_of(score),
		.score = score,
		.confidence = sign_of(w) == SIGN_SIZES ? 80
			      : sign_of(w)	       ? 65
						       : 50,
		.technique = { "T1095", "T1572" },
		.evidence = { { .key = "window_s", .number = MINUTES * 60ULL },
			      { .key = "requests", .number = w->packets },
			      { .key = "answers", .number = w->answers },
			      { .key = "bursts", .number = w->bursts },
			      { .key = "up_bytes_beyond_pings", .number = w->up },
			      { .key = "down_bytes_beyond_pings", .number = w->down },
			      { .key = "packets_answered_otherwise", .number = w->odd },
			      { .key = "packets_answered_alike", .number = w->even },
			      { .key = "changes_of_size", .number = w->varied },
			      { .key = "processes", .number = w->runs },
			      { .key = "called_otherwise", .number = w->told_runs },
			      { .key = "bytes_of_arguments", .number = w->told },
			      { .key = "packets_made_by_hand", .number = w->raw_packets } },
		.evidence_len = 13,
	};

	nw_dest_fill(k, st, &f);
	emit->finding(emit->ctx, &f);
}

static void on_moved(struct icmp_tunnel *t, const struct nw_state *st, const struct nw_moved *m,
		     uint64_t now, const struct nw_emit *emit)
{
	const struct nw_flow *f = m->flow;
	const struct nw_proc *p = nw_dest_proc(f);
	struct nw_case_key key = { .len = 0 };
	enum nw_finding_action action;
	struct minute w;
	uint8_t score;
	bool is_new;
	uint32_t i;

	nw_case_key_addr(&key, f->raddr);
	nw_case_key_program(&key, p);
	i = nw_cases_get(&t->cases, key.text, &is_new);
	if (is_new) {
		t->peer[i] = (struct peer){ .now = (uint32_t)(now / MINUTE_NS),
					    .is_script = p && nw_proc_is_script(p) };
	}
	nw_lru_touch(&t->cases.lru, i);
	t->cases.item[i].last_ns = now;
	count(&t->table, &t->peer[i], m, now);
	w = window_of(&t->peer[i]);
	score = score_of(&t->peer[i], &w, f->is_inside);
	if (score < TELL_SCORE) {
		return;
	}
	nw_dest_subject(&t->cases.item[i], f);
	if (nw_cases_seen(&t->cases, i, now, score, &action)) {
		tell(st, emit, &t->cases.item[i], &w, score, action);
	}
}

static void on_tick(struct icmp_tunnel *t, const struct nw_state *st, uint64_t now,
		    const struct nw_emit *emit)
{
	uint32_t i = nw_cases_quiet(&t->cases, now, QUIET_NS);
	struct minute w;

	if (i == NW_CASE_NONE) {
		return;
	}
	if (t->cases.item[i].is_open) {
		w = window_of(&t->peer[i]);
		tell(st, emit, &t->cases.item[i], &w, t->cases.item[i].score, NW_FINDING_CLOSED);
	}
	nw_cases_remove(&t->cases, i);
}

static void icmp_tunnel_on_event(void *self, const struct nw_state *state,
				 const struct nw_event *ev, const struct nw_emit *emit)
{
	const struct nw_moved *m = nw_state_moved(state);
	static const uint8_t none[16];

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(self, state, ev->ts_ns, emit);
	}
	if (!m->flow ||
	    (m->flow->proto != IPPROTO_ICMP && m->flow->proto != IPPROTO_ICMPV6 &&
	     m->flow->proto != IPPROTO_RAW) ||
	    m->flow->family >= NW_FAMILY_OTHER || (m->flow->flags & NW_SOCK_LOOPBACK) ||
	    memcmp(m->flow->raddr, none, sizeof(none)) == 0 || nw_policy_allowed(state, m->flow)) {
		return;
	}
	if (m->tx_packets || m->rx_packets) {
		on_moved(self, state, m, ev->ts_ns, emit);
	}
}

const struct nw_indicator nw_indicator_icmp_tunnel = {
	.id = "icmp-tunnel",
	.doc = "echo of ICMP carries data: large, or answered with other sizes",
	.self_size = sizeof(struct icmp_tunnel),
	.init = icmp_tunnel_init,
	.fini = icmp_tunnel_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = icmp_tunnel_on_event,
};
