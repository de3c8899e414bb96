/* SPDX-License-Identifier: Apache-2.0 */
/*
 * first-contact: a program goes where it never went: another network, operator or country. Each
 * program has a time of learning, what it does then is normal; who goes to new places all the time is
 * no news. Owns two tables whose rows are kept over restarts: who is being learnt goes on being learnt,
 * who was is not learnt anew, and what was told once is known.
 * Source: docs/indicators.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "indicators/indicator.h"
#include "util/window.h"

#define PROGRAMS 512
#define KNOWN	 16384 /* (program, what) that were seen: who was not seen longest goes */
#define LEARN_NS (3600 * NW_NSEC_PER_SEC)
#define HOURS	 24
#define HOUR_NS	 (3600 * NW_NSEC_PER_SEC)
#define BUSY	 8 /* new networks in a day: who has more is told of no more */
#define QUIET_NS (24 * HOUR_NS)
#define CASES	 1024

#define LEARNT_SCORE   5
#define NETWORK_SCORE  20
#define OPERATOR_SCORE 30
#define COUNTRY_SCORE  45
#define RECORDER_MARK  15 /* only of a new country */

struct program {
	uint64_t until_ns;     /* the end of learning */
	uint32_t fresh[HOURS]; /* new networks of each hour, after learning */
	uint32_t hour;
	uint32_t networks, operators, countries;
	bool is_learnt;
	uint64_t kept_ns;
	uint32_t kept_sum; /* of what was kept then, to see that it is no longer so */
	bool is_read;	   /* of an earlier session, and not seen in this one */
};

struct known {			    /* one row of the baseline */
	uint64_t program, what;	    /* hashes of fixed seed: the same in every session */
	uint64_t first_ns, last_ns; /* before this boot: negative, modulo 2^64 */
	uint64_t kept_ns;	    /* last_ns when it was kept, 0 = not yet */
	bool is_news;		    /* it came after learning: nobody has accepted it */
};

struct first_contact {
	struct nw_cases cases;
	struct nw_cases programs;
	struct program *program;
	struct nw_lru known_lru;
	struct known *known;
	struct nw_kept_pace pace;
	bool has_policy; /* the site declared where programs go: there is nothing to learn */
};

static int first_contact_init(void *self, const struct nw_config *config)
{
	struct first_contact *c = self;

	c->has_policy = config->allowed_count > 0;
	c->program = calloc(PROGRAMS, sizeof(*c->program));
	c->known = calloc(KNOWN, sizeof(*c->known));
	if (!c->program || !c->known || nw_lru_init(&c->known_lru, KNOWN) < 0 ||
	    nw_cases_init(&c->programs, PROGRAMS) < 0) {
		return -ENOMEM;
	}
	return nw_cases_init(&c->cases, CASES);
}

static void first_contact_fini(void *self)
{
	struct first_contact *c = self;

	free(c->program);
	free(c->known);
	nw_lru_free(&c->known_lru);
	nw_cases_free(&c->programs);
	nw_cases_free(&c->cases);
}

/* ---- what is known -------------------------------------------------------------------------- */

static uint64_t hash_of(const char *kind, const char *text)
{
	return nw_hash_name(nw_hash_name(0x6e76727761746368ULL, kind), text);
}

/* The row, the newest now; made when there is none: then it is zero but for what it is of. */
static struct known *known_of(struct first_contact *c, uint64_t program, uint64_t what)
{
	struct nw_lru *t = &c->known_lru;
	uint32_t hash = (uint32_t)nw_hash_mix(nw_hash_mix(t->seed, program), what);
	uint32_t i = nw_lru_first(t, hash);

	while (i != NW_LRU_NONE && (c->known[i].program != program || c->known[i].what != what)) {
		i = nw_lru_next(t, i);
	}
	if (i != NW_LRU_NONE) {
		nw_lru_touch(t, i);
		return &c->known[i];
	}
	if (t->used == t->capacity) {
		nw_lru_remove(t, t->oldest);
	}
	i = nw_lru_add(t, hash);
	c->known[i] = (struct known){ .program = program, .what = what };
	return &c->known[i];
}

/* True when this program was never seen there; it is known from then on. */
static bool is_new(struct first_contact *c, const struct program *p, uint64_t program,
		   const char *kind, const char *what, uint64_t now)
{
	struct known *k = known_of(c, program, hash_of(kind, what));
	bool is_first = !k->first_ns;

	k->first_ns = is_first ? now : k->first_ns;
	k->is_news = is_first ? p->is_learnt : k->is_news;
	k->last_ns = now;
	return is_first;
}

/* ---- telling -------------------------------------------------------------------------------- */

struct news {
	const char *what; /* "network", "operator", "country", "learnt" */
	const char *group;
	const struct nw_place *place;
	uint8_t score;
	bool is_recorder;
};

static const char *reason_of(const struct news *n)
{
	if (n->score == LEARNT_SCORE) {
		return "What this program does is known well enough: new destinations are told from now on";
	}
	if (n->score >= COUNTRY_SCORE) {
		return n->is_recorder ? "A recorder reaches a country where it never went"
				      : "A program reaches a country where it never went";
	}
	return n->score >= OPERATOR_SCORE
		       ? "A program reaches a network operator's where it never went"
		       : "A program reaches a destination where it never went";
}

static void tell(const struct nw_state *st, const struct nw_emit *emit, const struct nw_case *k,
		 const struct program *p, const struct news *n, enum nw_finding_action action)
{
	struct nw_finding f = {
		.rule_id = "first-contact",
		.rule_name = "First contact of a program with a destination",
		.question = "back door",
		.reason = action == NW_FINDING_CLOSED ? "Not seen for a day, or known by now"
						      : reason_of(n),
		.known_ways_to_be_wrong =
			"updates and new functions bring new destinations; a country is the "
			"address's, not the operator's; without a state folder the baseline ends with the session",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = n->score >= NW_ALERT_SCORE	 ? 3
			    : n->score >= OPERATOR_SCORE ? 2
							 : 1,
		.score = n->score,
		.confidence = 60,
		.technique = { n->score > LEARNT_SCORE ? "T1071" : NULL },
		.evidence = { { .key = "new", .text = n->what },
			      { .key = "networks_known", .number = p->networks },
			      { .key = "operators_known", .number = p->operators },
			      { .key = "countries_known", .number = p->countries } },
		.evidence_len = 4,
	};

	if (n->group) {
		f.evidence[f.evidence_len++] =
			(struct nw_evidence){ .key = "destination", .text = n->group };
	}
	if (n->place && n->place->country[0]) {
		f.evidence[f.evidence_len++] =
			(struct nw_evidence){ .key = "country", .text = n->place->country };
	}
	if (n->place && n->place->organisation[0]) {
		f.evidence[f.evidence_len++] =
			(struct nw_evidence){ .key = "operator", .text = n->place->organisation };
	}
	nw_dest_fill(k, st, &f);
	emit->finding(emit->ctx, &f);
}

static void raise(struct first_contact *c, const struct nw_state *st, const struct nw_flow *f,
		  const struct program *p, const struct news *n, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	enum nw_finding_action action;
	struct nw_case *k;
	bool is_new_case;
	uint32_t i;

	nw_case_key_text(&key, n->group ? n->group : n->what);
	nw_case_key_program(&key, nw_dest_proc(f));
	i = nw_cases_get(&c->cases, key.text, &is_new_case);
	k = &c->cases.item[i];
	nw_dest_subject(k, f);
	k->far.cookie = n->group ? f->cookie : 0;
	if (nw_cases_seen(&c->cases, i, nw_state_now_ns(st), n->score, &action)) {
		tell(st, emit, k, p, n, action);
	}
}

/* ---- contacts ------------------------------------------------------------------------------- */

static struct program *program_of(struct first_contact *c, const char *key, uint64_t now)
{
	bool is_first;
	uint32_t i = nw_cases_get(&c->programs, key, &is_first);

	nw_lru_touch(&c->programs.lru, i);
	if (is_first) {
		c->program[i] = (struct program){ .until_ns = now + LEARN_NS,
						  .hour = (uint32_t)(now / HOUR_NS),
						  .is_learnt = c->has_policy };
	}
	nw_window_turn(c->program[i].fresh, sizeof(uint32_t), HOURS, &c->program[i].hour,
		       (uint32_t)(now / HOUR_NS));
	return &c->program[i];
}

static uint8_t score_of(bool is_network, bool is_operator, bool is_country, bool is_recorder)
{
	if (is_country) {
		return is_network && is_recorder ? COUNTRY_SCORE + RECORDER_MARK : COUNTRY_SCORE;
	}
	return is_operator ? OPERATOR_SCORE : NETWORK_SCORE;
}

static void on_contact(struct first_contact *c, const struct nw_state *st, const struct nw_flow *f,
		       uint64_t now, const struct nw_emit *emit)
{
	const struct nw_place *place = nw_place_find(st, f->raddr);
	bool is_recorder = nw_policy_recorder(st, nw_dest_proc(f)) != NULL;
	struct nw_case_key key = { .len = 0 };
	char group[NW_DEST_MAX];
	char operator[32] = "";
	bool is_network, is_operator, is_country;
	struct program *p;
	uint64_t hash;

	nw_case_key_program(&key, nw_dest_proc(f));
	hash = hash_of("program", key.text);
	p = program_of(c, key.text, now);
	p->is_read = false; /* it is told again, so that it is not among the oldest rows */
	nw_dest_group(st, f, group);
	if (place && place->asn) {
		operator[nw_text_u64(operator, place->asn)] = '\0';
	}
	is_country =
		place && place->country[0] && is_new(c, p, hash, "country", place->country, now);
	is_operator = operator[0] && is_new(c, p, hash, "operator", operator, now);
	is_network = is_new(c, p, hash, "network", group, now);
	if (!p->is_learnt && now >= p->until_ns) {
		const struct news learnt = { "learnt", NULL, NULL, LEARNT_SCORE, is_recorder };

		p->is_learnt = true;
		raise(c, st, f, p, &learnt, emit);
	}
	/* the first of all operators and countries is news only when others were known to be */
	is_country = is_country && p->countries++ > 0;
	is_operator = is_operator && p->operators++ > 0;
	p->networks += is_network;
	/* a known name whose addresses rotate through countries is no news, but for a recorder */
	is_operator = is_operator && is_network;
	is_country = is_country && (is_network || is_recorder);
	if (!p->is_learnt || !(is_network || is_country)) {
		return;
	}
	nw_window_add(&p->fresh[p->hour % HOURS], 1);
	if (nw_window_sum(p->fresh, HOURS) <= BUSY || (is_country && is_recorder)) {
		const struct news n = {
			.what = is_country    ? "country"
				: is_operator ? "operator"
					      : "network",
			.group = group,
			.place = place,
			.score = score_of(is_network, is_operator, is_country, is_recorder),
			.is_recorder = is_recorder,
		};

		raise(c, st, f, p, &n, emit);
	}
}

static void on_tick(struct first_contact *c, const struct nw_state *st, uint64_t now,
		    const struct nw_emit *emit)
{
	uint32_t i = nw_cases_quiet(&c->cases, now, QUIET_NS);
	const struct program none = { .until_ns = 0 };
	const struct nw_case *k = i == NW_CASE_NONE ? NULL : &c->cases.item[i];

	if (k && k->is_open) {
		const struct news n = { "known", NULL, NULL, k->score, false };

		tell(st, emit, k, &none, &n, NW_FINDING_CLOSED);
	}
	if (k) {
		nw_cases_remove(&c->cases, i);
	}
}

/* ---- over restarts -------------------------------------------------------------------------- */

#define KNOWN_KIND   "first-contact.known"
#define PROGRAM_KIND "first-contact.program"
#define AGAIN_NS     (6 * HOUR_NS)	    /* a known one that goes on is told again */
#define LEARNING_NS  (30 * NW_NSEC_PER_SEC) /* so is who is being learnt */

static bool keep_known(struct first_contact *c, const struct nw_state *st, struct known *k,
		       const struct nw_emit *emit, uint64_t now)
{
	struct nw_case_key key = { .len = 0 };
	struct nw_kept row;

	if (k->kept_ns && k->last_ns - k->kept_ns < AGAIN_NS) {
		return true;
	}
	nw_case_key_u64(&key, k->program);
	nw_case_key_u64(&key, k->what);
	row = nw_kept_row(KNOWN_KIND, key.text);
	nw_kept_add(&row, (int64_t)k->program);
	nw_kept_add(&row, (int64_t)k->what);
	nw_kept_add(&row, (int64_t)nw_state_wall_ns(st, k->first_ns));
	nw_kept_add(&row, (int64_t)nw_state_wall_ns(st, k->last_ns));
	nw_kept_add(&row, k->is_news);
	if (!nw_kept_tell(&c->pace, &emit->keeper, &row, now)) {
		return false;
	}
	k->kept_ns = k->last_ns;
	return true;
}

static bool keep_program(struct first_contact *c, uint32_t i, const struct nw_emit *emit,
			 uint64_t now)
{
	struct program *p = &c->program[i];
	struct nw_kept row = nw_kept_row(PROGRAM_KIND, c->programs.item[i].key);
	uint32_t sum = 1 + p->is_learnt + 2 * (p->networks + p->operators + p->countries);
	uint64_t left = p->until_ns > now ? p->until_ns - now : 0;

	if (p->is_read ||
	    (p->kept_sum == sum && (p->is_learnt || now < p->kept_ns + LEARNING_NS))) {
		return true;
	}
	nw_kept_add(&row, p->is_learnt ? -1 : (int64_t)left);
	nw_kept_add(&row, p->networks);
	nw_kept_add(&row, p->operators);
	nw_kept_add(&row, p->countries);
	if (!nw_kept_tell(&c->pace, &emit->keeper, &row, now)) {
		return false;
	}
	p->kept_sum = sum;
	p->kept_ns = now;
	return true;
}

static void keep(struct first_contact *c, const struct nw_state *st, const struct nw_emit *emit,
		 uint64_t now)
{
	if (!nw_kept_is_time(&c->pace, &emit->keeper, now)) {
		return;
	}
	for (uint32_t i = c->programs.lru.newest; i != NW_LRU_NONE;
	     i = c->programs.lru.link[i].older) {
		if (!keep_program(c, i, emit, now)) {
			return;
		}
	}
	for (uint32_t i = c->known_lru.newest; i != NW_LRU_NONE; i = c->known_lru.link[i].older) {
		if (!keep_known(c, st, &c->known[i], emit, now)) {
			return;
		}
	}
}

/* Time in which nobody looked was no learning: what was left of it is still to come. */
static void on_kept(struct first_contact *c, const struct nw_state *st, const struct nw_event *ev)
{
	struct nw_kept row;

	if (nw_kept_of(ev, KNOWN_KIND, 5, &row)) {
		struct known *k = known_of(c, (uint64_t)row.n[0], (uint64_t)row.n[1]);

		k->first_ns = nw_state_boot_ns(st, (uint64_t)row.n[2]);
		k->first_ns = k->first_ns ? k->first_ns : 1;
		k->last_ns = k->kept_ns = nw_state_boot_ns(st, (uint64_t)row.n[3]);
		k->is_news = row.n[4] != 0;
	} else if (nw_kept_of(ev, PROGRAM_KIND, 4, &row)) {
		struct program *p = program_of(c, row.key, ev->ts_ns);

		p->is_learnt = row.n[0] < 0;
		p->until_ns = ev->ts_ns + NW_MIN((uint64_t)NW_MAX(row.n[0], 0), LEARN_NS);
		p->networks = (uint32_t)row.n[1];
		p->operators = (uint32_t)row.n[2];
		p->countries = (uint32_t)row.n[3];
		p->is_read = true;
	}
}

static void first_contact_on_event(void *self, const struct nw_state *state,
				   const struct nw_event *ev, const struct nw_emit *emit)
{
	const struct nw_moved *m = nw_state_moved(state);

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(self, state, ev->ts_ns, emit);
		keep(self, state, emit, ev->ts_ns);
	} else if (ev->shape == NW_SHAPE_FACT) {
		on_kept(self, state, ev);
	}
	/* an attempt is a contact; what goes on is none, and where the files say late where it is, the
	 * next connection is */
	if (m->flow && !m->since_ns && nw_dest_is_undeclared(state, m->flow) &&
	    !nw_dest_is_passed_on(state, m->flow)) {
		on_contact(self, state, m->flow, ev->ts_ns, emit);
	}
}

const struct nw_indicator nw_indicator_first_contact = {
	.id = "first-contact",
	.doc = "a program goes to a network, an operator or a country where it never went",
	.self_size = sizeof(struct first_contact),
	.init = first_contact_init,
	.fini = first_contact_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(FACT) | NW_SEES(TICK),
	.on_event = first_contact_on_event,
};
