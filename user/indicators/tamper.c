/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tamper: somebody touches what this tool rests on. Its process stood still while the host ran on,
 * the wall clock was set, a hook went off, a counter of the kernel side went back, its memory was
 * written to, a socket was taken out of the ledger, or its own process has traffic. One case for
 * each kind. Source: docs/indicators.md.
 */
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"

#define CASES	 64
#define WORD	 32
#define SEC	 NW_NSEC_PER_SEC
#define QUIET_NS (300 * SEC)

/* A stall is told from here on; slow machines have shorter ones. */
#define STALL_NS      (10 * SEC)
#define STALL_LONG_NS (30 * SEC)
#define STALL_SLOTS   32	 /* parts of it ... */
#define STALL_RAN     4		 /* ... so many of which with events say that the host ran */
#define ASLEEP_NS     (SEC / 10) /* the two clocks are read one after the other */

#define STEP_NS	     (1 * SEC) /* NTP slews less, and steps by less when the clock is nearly right */
#define STEP_LONG_NS (60 * SEC)
#define BOOT_NS	     (600 * SEC) /* so long after the boot a clock is put right */
#define REST_NS	     (120 * SEC) /* and after the host slept or stood still */
#define BACK_NS	     (3600 * SEC)

#define HOOK_START_NS (5 * SEC) /* what fails in it is told by the status, and never worked */

struct tamper {
	struct nw_cases cases;
	uint64_t began_ns;
	/* the tick before */
	uint64_t tick_ns, wall_ns, mono_ns, period_ns;
	/* a stall: events of its time come in front of its tick or behind it, as the loop was stopped, so
	 * it is judged at the next one */
	uint64_t stall_from_ns, stall_to_ns;
	/* since the tick: a bit for each second, and minute, that had an event; the last for all beyond */
	uint64_t seconds, minutes;
	uint32_t ran;	       /* a bit for each part of the stall that had one behind its tick */
	uint32_t ran_in_front; /* seconds or minutes of it that had one in front */
	uint64_t rest_ns;      /* the host slept or stood still until then */
	uint64_t set_ns;       /* the clock was set by much, and by so much */
	int64_t set_by_ns;
	uint64_t total[_NW_LOSS_KERNEL_MAX];
	uint32_t self_pid; /* 0 = not known */
	bool hook_ran[_NW_HOOK_MAX];
};

static int tamper_init(void *self, const struct nw_config *config)
{
	struct tamper *t = self;

	(void)config;
	return nw_cases_init(&t->cases, CASES);
}

static void tamper_fini(void *self)
{
	struct tamper *t = self;

	nw_cases_free(&t->cases);
}

static const struct nw_finding like = {
	.rule_id = "tamper",
	.rule_name = "What watches this host was touched",
	.question = "trust",
	.reason = "Nothing more of this kind for five minutes",
	.known_ways_to_be_wrong = "as it was told when it was opened",
	.outcome = NW_OUTCOME_MATCH,
	.severity = 2,
	.confidence = 70,
	.technique = { "T1562.001" },
};

/* What was seen: more in the finding than in its case. */
struct sign {
	const char *kind;
	const char *what; /* of this kind, or NULL */
	const char *reason;
	const char *wrong;
	uint8_t score;
	bool is_unsure;
	struct nw_evidence evidence[3];
	uint8_t evidence_len;
};

static void raise(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		  const struct sign *s, const struct nw_flow *flow)
{
	struct nw_case_key key = { .len = 0 };
	struct nw_finding f = like;
	struct nw_case *k;
	bool is_new;
	uint32_t i;

	nw_case_key_text(&key, s->kind);
	if (s->what) {
		nw_case_key_text(&key, s->what);
	}
	i = nw_cases_get(&t->cases, key.text, &is_new);
	k = &t->cases.item[i];
	if (flow) {
		k->far = nw_far_end_of(flow);
		k->proc = flow->owner ? flow->owner->id : (struct nw_proc_id){ 0 };
	}
	if (!nw_cases_seen(&t->cases, i, nw_state_now_ns(st), s->score, &f.action)) {
		return;
	}
	f.reason = s->reason;
	f.known_ways_to_be_wrong = s->wrong;
	f.outcome = s->is_unsure ? NW_OUTCOME_CANNOT_TELL : NW_OUTCOME_MATCH;
	f.score = s->score;
	f.severity = nw_severity_of(s->score);
	if (strcmp(s->kind, "clock") == 0) {
		f.technique[0] = "T1070.006";
	}
	f.evidence[0] = (struct nw_evidence){ .key = "kind", .text = s->kind };
	memcpy(&f.evidence[1], s->evidence, sizeof(s->evidence));
	f.evidence_len = (uint8_t)(1 + s->evidence_len);
	nw_case_fill(k, st, &f);
	emit->finding(emit->ctx, &f);
}

/* ---- its process stood still ----------------------------------------------------------------- */

static void note_event(struct tamper *t, uint64_t ts_ns)
{
	if (ts_ns > t->tick_ns) {
		t->seconds |= 1ULL << NW_MIN((ts_ns - t->tick_ns) / SEC, 63ULL);
		t->minutes |= 1ULL << NW_MIN((ts_ns - t->tick_ns) / (60 * SEC), 63ULL);
	}
	if (t->stall_to_ns && ts_ns > t->stall_from_ns && ts_ns < t->stall_to_ns) {
		double part = (double)(ts_ns - t->stall_from_ns) /
			      (double)(t->stall_to_ns - t->stall_from_ns);

		t->ran |= 1U << NW_MIN((unsigned)(part * STALL_SLOTS), STALL_SLOTS - 1U);
	}
}

static void judge_stall(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit)
{
	uint64_t took = t->stall_to_ns - t->stall_from_ns;
	bool has_run = t->ran_in_front >= STALL_RAN || __builtin_popcount(t->ran) >= STALL_RAN;
	struct sign s = {
		.kind = "stall",
		.reason = has_run ? "This tool's process stood still while the host ran on"
				  : "This tool's process stood still, perhaps with the host",
		.wrong = "a host that is short of memory or CPU for so long; a virtual machine "
			 "that was paused has no events in that time",
		.score = (uint8_t)(!has_run		   ? 20
				   : took >= STALL_LONG_NS ? 60
							   : 45),
		.is_unsure = !has_run,
		.evidence = { { .key = "stood_still_ms", .number = took / NW_NSEC_PER_MSEC },
			      { .key = "host_ran", .text = has_run ? "yes" : "unknown" } },
		.evidence_len = 2,
	};

	raise(t, st, emit, &s, NULL);
	if (!has_run) {
		t->rest_ns = t->stall_to_ns;
	}
	t->stall_to_ns = 0;
}

/* ---- the clock ------------------------------------------------------------------------------- */

static void judge_step(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		       int64_t step)
{
	uint64_t now = nw_state_now_ns(st);
	uint64_t by = step < 0 ? 0 - (uint64_t)step : (uint64_t)step;
	bool is_back = step < 0;
	bool is_undone = t->set_ns && now < t->set_ns + BACK_NS && (t->set_by_ns < 0) != is_back;
	bool is_put_right = now < BOOT_NS || (t->rest_ns && now < t->rest_ns + REST_NS);
	struct sign s = {
		.kind = "clock",
		.wrong =
			"an administrator who sets the clock by hand; a time server that was wrong",
		.evidence = { { .key = "by_ms", .number = by / NW_NSEC_PER_MSEC },
			      { .key = "direction", .text = is_back ? "back" : "forward" },
			      { .key = "undone", .text = is_undone ? "yes" : "no" } },
		.evidence_len = 3,
	};

	if (by < STEP_NS) {
		return;
	}
	if (is_put_right || by < STEP_LONG_NS) {
		s.score = 20;
		s.reason = "The wall clock was put right";
	} else if (is_undone) {
		s.score = 75;
		s.reason = "The wall clock was set, and set again the other way";
	} else {
		s.score = is_back ? 60 : 45;
		s.reason =
			is_back ? "The wall clock was set back" : "The wall clock was set forward";
	}
	if (by >= STEP_LONG_NS && !is_put_right) {
		t->set_ns = now;
		t->set_by_ns = step;
	}
	raise(t, st, emit, &s, NULL);
}

/* ---- ticks ----------------------------------------------------------------------------------- */

static void on_tick(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		    const struct nw_ev_tick *e)
{
	uint64_t now = e->ev.ts_ns;
	uint64_t took = now > t->tick_ns ? now - t->tick_ns : 0;
	uint64_t mono = e->mono_ns > t->mono_ns ? e->mono_ns - t->mono_ns : 0;
	uint64_t asleep = e->mono_ns && t->mono_ns && took > mono ? took - mono : 0;

	if (t->stall_to_ns) {
		judge_stall(t, st, emit);
	}
	if (t->began_ns && t->tick_ns) {
		if (asleep > ASLEEP_NS) {
			t->rest_ns = now;
			took -= asleep;
		}
		if (took > NW_MAX(e->period_ns, t->period_ns) + STALL_NS) {
			t->stall_from_ns = t->tick_ns;
			t->stall_to_ns = now;
			t->ran = 0;
			t->ran_in_front = (uint32_t)NW_MAX(__builtin_popcountll(t->seconds),
							   __builtin_popcountll(t->minutes));
		}
		judge_step(t, st, emit, (int64_t)((e->wall_ns - now) - (t->wall_ns - t->tick_ns)));
	}
	t->tick_ns = now;
	t->seconds = t->minutes = 0;
	t->wall_ns = e->wall_ns;
	t->mono_ns = e->mono_ns;
	t->period_ns = e->period_ns;
	nw_cases_close(&t->cases, st, QUIET_NS, &like, emit->finding, emit->ctx);
}

/* ---- hooks, counters, own traffic ------------------------------------------------------------- */

static void on_hook(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		    const char *name, const char *value)
{
	bool is_taken = strcmp(value, NW_HOOK_TAKEN_OFF) == 0;
	bool is_off = strncmp(value, "off", 3) == 0;
	uint64_t now = nw_state_now_ns(st);
	unsigned i = nw_hook_of(name, strlen(name));

	if (i == _NW_HOOK_MAX) {
		return; /* of another release */
	}
	if (is_off && t->hook_ran[i] && t->began_ns &&
	    (is_taken || now >= t->began_ns + HOOK_START_NS)) {
		const struct sign s = {
			.kind = "hook",
			.what = nw_hook_name(i),
			.reason = is_taken
					  ? "Somebody took a hook of the kernel side off its cgroup"
					  : "A hook of the kernel side went off while the session "
					    "ran",
			.wrong = is_taken ? "the observed cgroup was removed"
					  : "the kernel's lack of memory can end a helper process",
			.score = is_taken ? 80 : 70,
			.evidence = { { .key = "hook", .text = nw_hook_name(i) } },
			.evidence_len = 1,
		};

		raise(t, st, emit, &s, NULL);
	}
	t->hook_ran[i] = !is_off;
}

/* By what was written to: what that means. */
static void on_touched(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		       const char *word)
{
	static const struct {
		const char *word;
		const char *reason;
	} kinds[] = {
		{ "ring", "Somebody moved how far this tool has read what the kernel side tells" },
		{ "asked", "Somebody changed a variable of the kernel side" },
		{ "table", "The kernel side's memory can be written by somebody else" },
		{ "link", "Somebody gave a hook of the kernel side another program" },
	};
	struct sign s = {
		.kind = "memory",
		.wrong = "none that is known",
		.score = 80,
		.evidence_len = 1,
	};

	for (unsigned i = 0; i < NW_ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].word, word) == 0) {
			s.what = kinds[i].word;
			s.reason = kinds[i].reason;
			s.evidence[0] = (struct nw_evidence){ .key = "what", .text = s.what };
			raise(t, st, emit, &s, NULL);
		}
	}
}

static bool is_key(const struct nw_ev_fact *e, const char *key)
{
	return e->key_len == strlen(key) && memcmp(e->tail, key, e->key_len) == 0;
}

/* What is behind this in its key. */
static bool rest_of(const struct nw_ev_fact *e, const char *front, char ret[WORD])
{
	size_t len = strlen(front);

	if (e->key_len <= len || e->key_len - len >= WORD || memcmp(e->tail, front, len) != 0) {
		return false;
	}
	memcpy(ret, e->tail + len, e->key_len - len);
	ret[e->key_len - len] = '\0';
	return true;
}

static void on_fact(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		    const struct nw_ev_fact *e)
{
	const char *value = e->tail + e->key_len;
	char word[WORD] = { 0 };
	char said[sizeof(NW_HOOK_TAKEN_OFF) + 1] = { 0 }; /* longer ones are others */

	if (is_key(e, "session")) {
		t->began_ns = e->value_len == 5 && memcmp(value, "start", 5) == 0
				      ? nw_state_now_ns(st)
				      : 0; /* what comes behind its end is taking down */
		t->tick_ns = t->stall_to_ns = t->set_ns = t->rest_ns = 0;
		memset(t->total, 0, sizeof(t->total));
	} else if (is_key(e, "tool.pid")) {
		memcpy(word, value, NW_MIN(e->value_len, sizeof(word) - 1));
		t->self_pid = (uint32_t)strtoul(word, NULL, 10);
	} else if (rest_of(e, "hook.", word)) {
		memcpy(said, value, NW_MIN(e->value_len, sizeof(said) - 1));
		on_hook(t, st, emit, word, said);
	} else if (rest_of(e, NW_FACT_TOUCHED, word)) {
		on_touched(t, st, emit, word);
	}
}

/* They only ever grow, unless somebody else writes to their map. */
static void on_loss(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		    const struct nw_ev_loss *e)
{
	for (unsigned i = 0; i < _NW_LOSS_KERNEL_MAX; i++) {
		if (t->began_ns && e->total[i] < t->total[i]) {
			const struct sign s = {
				.kind = "counter",
				.what = nw_loss_name((enum nw_loss)i),
				.reason = "A counter of what was lost went back",
				.wrong = "none that is known",
				.score = 80,
				.evidence = { { .key = "counter",
						.text = nw_loss_name((enum nw_loss)i) },
					      { .key = "was", .number = t->total[i] },
					      { .key = "is", .number = e->total[i] } },
				.evidence_len = 3,
			};

			raise(t, st, emit, &s, NULL);
		}
		t->total[i] = e->total[i];
	}
}

/* It has no Internet sockets of its own: what it tells goes to a file or to who started it. But those
 * with which it was told to ask for cameras (--probe). */
static void on_sock(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		    const struct nw_ev_sock *e)
{
	const struct nw_flow *f = nw_state_moved(st)->flow;
	const struct sign s = {
		.kind = "own_traffic",
		.reason = e->ev.what == NW_SOCK_LISTEN ? "This tool's own process listens"
						       : "This tool's own process has traffic",
		.wrong = "its output is a socket that who started it opened",
		.score = 80,
		.evidence = { { .key = "bytes", .number = f ? f->tx_bytes + f->rx_bytes : 0 } },
		.evidence_len = 1,
	};

	if (t->self_pid && t->began_ns && e->family < NW_FAMILY_OTHER &&
	    (e->owner.tgid == t->self_pid || e->sender.tgid == t->self_pid) &&
	    (f || e->ev.what == NW_SOCK_LISTEN) && !nw_self_has_probe(st, e->cookie)) {
		raise(t, st, emit, &s, f);
	}
}

/* A socket's entry goes with its socket; one that is younger than what it counts was put in its place. */
static void on_reborn(struct tamper *t, const struct nw_state *st, const struct nw_emit *emit,
		      const struct nw_moved *m)
{
	const struct sign s = {
		.kind = "ledger",
		.reason = "A socket was taken out of the ledger while it was open",
		.wrong = "none that is known",
		.score = 80,
		.evidence = { { .key = "bytes", .number = m->flow->tx_bytes + m->flow->rx_bytes } },
		.evidence_len = 1,
	};

	if (t->began_ns) {
		raise(t, st, emit, &s, m->flow);
	}
}

static void tamper_on_event(void *self, const struct nw_state *state, const struct nw_event *ev,
			    const struct nw_emit *emit)
{
	struct tamper *t = self;

	if (nw_state_is_capture(state)) {
		return; /* nobody was there */
	}
	switch (ev->shape) {
	case NW_SHAPE_TICK:
		on_tick(t, state, emit, nw_event_tick(ev));
		break;
	case NW_SHAPE_FACT:
		on_fact(t, state, emit, nw_event_fact(ev));
		break;
	case NW_SHAPE_LOSS:
		on_loss(t, state, emit, nw_event_loss(ev));
		break;
	case NW_SHAPE_SOCK:
		on_sock(t, state, emit, nw_event_sock(ev));
		if (nw_state_moved(state)->is_reborn) {
			on_reborn(t, state, emit, nw_state_moved(state));
		}
		note_event(t, ev->ts_ns);
		break;
	default:
		note_event(t, ev->ts_ns);
		break;
	}
}

const struct nw_indicator nw_indicator_tamper = {
	.id = "tamper",
	.doc = "this tool's process, hooks, counters or clock are touched",
	.self_size = sizeof(struct tamper),
	.init = tamper_init,
	.fini = tamper_fini,
	.on_event = tamper_on_event,
};
