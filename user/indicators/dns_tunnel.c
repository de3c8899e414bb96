/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns-tunnel: what a program asks below one domain could carry more than names do. Measured as
 * capacity: characters that differ from name to name, by their entropy, and answers that hold data.
 * What programs ask that were started just for that is added up besides, whichever they are.
 * Owns a table of (domain, program); the one that was silent longest goes. Source: docs/indicators.md.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "dns_sum.h"
#include "dns_wire.h"
#include "indicators/indicator.h"
#include "rule.h"
#include "state/flow_names.h"
#include "util/window.h"

#define DOMAINS	 2048
#define QUIET_NS (NW_DNS_HOURS * NW_DNS_HOUR_NS)

#define LOOK_EVERY 16 /* names */
#define TELL_SCORE 40

/* Programs that were started to ask: a scanner that looks up as much is one that runs on. */
#define STARTED_NS  (10 * NW_NSEC_PER_SEC)
#define STARTED_KEY "started-to-ask"

/* What a question may have behind it: EDNS with a cookie, the client's network and the like (RFC 6891,
 * 7871, 7873), in all but what is signed. */
#define OPTIONS_MAX 96

#define ASKER_SEED 0x61736b6572ULL

struct dns_tunnel {
	struct nw_cases cases;
	struct nw_dns_sum *domain;
	struct nw_carry_table table;
};

static int dns_tunnel_init(void *self, const struct nw_config *config)
{
	struct dns_tunnel *t = self;

	(void)config;
	nw_carry_init(&t->table);
	t->domain = calloc(DOMAINS, sizeof(*t->domain));
	return t->domain ? nw_cases_init(&t->cases, DOMAINS) : -ENOMEM;
}

static void dns_tunnel_fini(void *self)
{
	struct dns_tunnel *t = self;

	free(t->domain);
	nw_cases_free(&t->cases);
}

/* A client's side of a transaction, and what is asked of it more than once. */
struct message {
	const struct nw_ev_head *head;
	const struct nw_dns *dns;
	const char *name;  /* in question */
	const char *start; /* where data can begin in it */
	const char *base;  /* the domain */
	struct nw_proc_id asker_id;
	struct nw_proc *asker;
	bool is_near; /* who is asked is inside */
};

/* ---- who asks ------------------------------------------------------------------------------- */

/*
 * What a resolver of this host passes on for a program was counted when that asked. Who asked it over
 * a Unix socket was not heard: what goes out is put down to it, as far as anybody can tell.
 */
static struct nw_proc_id asker_of(const struct nw_state *st, const struct nw_ev_head *h)
{
	const struct nw_asker *a = nw_state_asker(st);

	return a ? a->id : h->owner;
}

static bool is_passed_on(const struct nw_state *st)
{
	const struct nw_asker *a = nw_state_asker(st);

	return a && !nw_asker_is_assumed(a);
}

/* ---- programs that are started to ask --------------------------------------------------------- */

static bool is_just_started(const struct nw_proc *p, uint64_t now)
{
	return p && !p->is_found && p->exec_ns && now <= p->exec_ns + STARTED_NS;
}

static const char *starter_of(const struct nw_state *st, const struct nw_proc_id *id)
{
	const struct nw_proc *p = nw_proc_find(st, id);
	const struct nw_proc *parent = p ? nw_proc_find(st, &p->parent_id) : NULL;

	return parent ? parent->name : NULL;
}

static void count_asker(struct nw_dns_sum *d, const struct nw_proc_id *id)
{
	d->processes += nw_carry_is_new(&d->book, nw_proc_id_hash(ASKER_SEED, id));
}

/* ---- telling -------------------------------------------------------------------------------- */

static void tell(const struct nw_state *st, const struct nw_emit *emit, const struct nw_case *k,
		 const struct nw_dns_sum *d, uint8_t score, enum nw_finding_action action)
{
	uint64_t laden = nw_window_sum(d->laden_up, NW_DNS_HOURS);
	uint32_t text = nw_dns_sum_text(d);
	struct nw_finding f = {
		.rule_id = "dns-tunnel",
		.rule_name = "Names or answers of DNS carry data",
		.question = "back door",
		.reason =
			action == NW_FINDING_CLOSED
				? "Nothing was asked below this domain for a day"
			: score == NW_DNS_LOOKUP_MAX
				? "A program asks many names that never repeat, as look-ups of hashes do"
			: text ? "Names that are asked below one domain hold text in a coding"
			: nw_dns_sum_is_long(d)
				? "A program asks below one domain names that are longer than any identifier"
			: laden > nw_window_sum(d->up, NW_DNS_HOURS) / 2
				? "A program's questions to a server outside carry data behind the name"
			: d->is_started
				? "Programs that are started one after the other ask below one domain what can carry data"
				: "A program's questions and answers below one domain can carry data",
		.known_ways_to_be_wrong =
			"look-ups of hashes by virus scanners and telemetry, crawlers and mail "
			"filters; what names could carry is told, not what they did",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = nw_severity_of(score),
		.score = score,
		.confidence = d->assumed	    ? 40
			      : score >= 70 || text ? 80
						    : 60,
		.technique = { "T1071.004", "T1572", "T1048" },
		.evidence = { { .key = "names", .number = d->names },
			      { .key = "queries", .number = d->queries },
			      { .key = "answers", .number = d->answers },
			      { .key = "queries_of_data_types", .number = d->typed },
			      { .key = "name_length_mean",
				.number = d->names ? d->chars / d->names : 0 },
			      { .key = "name_length_max", .number = d->longest },
			      { .key = "up_bytes_hour", .number = nw_dns_sum_hour(d, d->up) },
			      { .key = "down_bytes_hour", .number = nw_dns_sum_hour(d, d->down) },
			      { .key = "up_bytes_day",
				.number = nw_window_sum(d->up, NW_DNS_HOURS) },
			      { .key = "down_bytes_day",
				.number = nw_window_sum(d->down, NW_DNS_HOURS) } },
		.evidence_len = 10,
	};

	if (nw_dns_sum_is_long(d)) {
		nw_finding_u64(&f, "long_names_day", nw_window_sum(d->longs, NW_DNS_HOURS));
	}
	if (text) {
		nw_finding_u64(&f, "text_bytes_at_least", text);
	}
	if (d->laden) {
		nw_finding_u64(&f, "messages_with_more_than_options", d->laden);
		nw_finding_u64(&f, "bytes_behind_questions", laden);
	}
	if (d->assumed) {
		nw_finding_u64(&f, "asker_assumed", d->assumed);
	}
	if (d->is_started) {
		nw_finding_u64(&f, "processes", d->processes);
		nw_finding_text(&f, "started_by", starter_of(st, &k->proc));
	}
	nw_dest_fill(k, st, &f);
	f.first_ns = d->first_ns;
	emit->finding(emit->ctx, &f);
}

/* A row of `allowed` may name the domain. */
static bool is_declared(const struct nw_state *st, const char *name, struct nw_proc *proc)
{
	struct nw_flow f = { .owner = proc, .is_outbound = true, .rport = NW_PORT_DNS };
	size_t len = strnlen(name, sizeof(f.name) - 1);

	memcpy(f.name, name, len);
	return nw_policy_allowed(st, &f) != NULL;
}

static void weigh(struct dns_tunnel *t, const struct nw_state *st, uint32_t i,
		  const struct message *m, uint8_t above, const struct nw_emit *emit)
{
	const struct nw_dns_sum *d = &t->domain[i];
	struct nw_case *k = &t->cases.item[i];
	uint8_t score = nw_dns_sum_is_some(d) ? nw_dns_sum_score(d) : 0;
	enum nw_finding_action action;

	if (score < TELL_SCORE || score <= above ||
	    is_declared(st, m->name, nw_proc_find(st, &m->head->owner)) ||
	    is_declared(st, m->name, m->asker)) {
		return;
	}
	k->proc = m->asker_id;
	if (nw_cases_seen(&t->cases, i, m->head->ev.ts_ns, score, &action)) {
		tell(st, emit, k, d, score, action);
	}
}

/* The domain as it is written in keys; false where there is nothing to look at. */
static bool find_group(const char *base, char ret[NW_DEST_MAX])
{
	size_t len = NW_MIN(strlen(base), (size_t)NW_DEST_MAX - 1);

	for (size_t c = 0; c < len; c++) {
		ret[c] = (char)nw_dns_lower((uint8_t)base[c]);
	}
	ret[len] = '\0';
	return len <= 6 || strcmp(ret + len - 6, ".local") != 0;
}

/* The place in the table of what this key stands for. */
static uint32_t place_of(struct dns_tunnel *t, const struct nw_state *st, const char *key,
			 const struct message *m, bool is_started)
{
	uint64_t now = m->head->ev.ts_ns;
	bool is_new;
	uint32_t i = nw_cases_get(&t->cases, key, &is_new);

	if (is_new) {
		t->domain[i] = (struct nw_dns_sum){ .hour = (uint32_t)(now / NW_DNS_HOUR_NS),
						    .is_started = is_started,
						    .first_ns = now };
	}
	nw_lru_touch(&t->cases.lru, i);
	t->cases.item[i].last_ns = now;
	nw_dns_sum_turn(&t->domain[i], now);
	t->domain[i].assumed += nw_state_asker(st) != NULL;
	count_asker(&t->domain[i], &m->asker_id);
	return i;
}

static void count_answer(struct nw_dns_sum *d, const struct nw_dns *dns, const struct nw_ev_head *h)
{
	uint32_t wire = h->proto == IPPROTO_UDP ? h->wire_len : h->len;

	d->answers++;
	nw_window_add(&d->down[d->hour % NW_DNS_HOURS], nw_carry_answer(&d->book, dns, wire));
}

/* What stands behind the question goes to whoever is asked, and no further: an option of EDNS, what an
 * update says. */
static bool count_laden(struct nw_dns_sum *d, const struct message *m)
{
	if (m->is_near || m->dns->behind <= OPTIONS_MAX ||
	    !nw_carry_is_new(&d->book, m->dns->behind_hash)) {
		return false;
	}
	d->laden++;
	nw_window_add(&d->up[d->hour % NW_DNS_HOURS], m->dns->behind - OPTIONS_MAX);
	nw_window_add(&d->laden_up[d->hour % NW_DNS_HOURS], m->dns->behind - OPTIONS_MAX);
	return true;
}

static bool count_question(const struct dns_tunnel *t, struct nw_dns_sum *d,
			   const struct message *m)
{
	bool is_laden = count_laden(d, m);
	struct nw_carried c;

	d->queries++;
	d->typed += nw_carry_holds_data(m->dns->qtype);
	if (!nw_carry_name(&t->table, &d->book, m->start, m->base, &c)) {
		return is_laden;
	}
	d->names++;
	d->chars += c.len;
	d->bytes += c.bytes;
	d->longest = NW_MAX(d->longest, c.len);
	if (d->names == NW_DNS_NAMES_MIN ||
	    d->names % LOOK_EVERY == 0) { /* dear: not for each name */
		d->is_digest = nw_carry_is_digest(&d->book);
	}
	nw_window_add(&d->up[d->hour % NW_DNS_HOURS], c.bytes);
	nw_window_add(&d->longs[d->hour % NW_DNS_HOURS], c.is_long);
	return true;
}

/* False: there is nothing new to weigh. */
static bool count_message(const struct dns_tunnel *t, struct nw_dns_sum *d, const struct message *m)
{
	if (!m->dns->is_response) {
		return count_question(t, d, m);
	}
	count_answer(d, m->dns, m->head);
	return true;
}

/* The program's own, and what is added up; of these the second speaks only where it says more. */
static void on_message(struct dns_tunnel *t, const struct nw_state *st, const struct message *m,
		       const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	struct nw_case_key started;
	char group[NW_DEST_MAX];
	uint8_t told;
	uint32_t i;

	if ((m->start >= m->base && (m->dns->is_response || m->dns->behind <= OPTIONS_MAX)) ||
	    is_passed_on(st) || !find_group(m->base, group)) {
		return;
	}
	nw_case_key_text(&key, group);
	started = key;
	nw_case_key_program(&key, m->asker);
	i = place_of(t, st, key.text, m, false);
	if (count_message(t, &t->domain[i], m)) {
		weigh(t, st, i, m, 0, emit);
	}
	if (!is_just_started(m->asker, m->head->ev.ts_ns)) {
		return;
	}
	told = t->cases.item[i].is_open ? t->cases.item[i].score : 0;
	nw_case_key_text(&started, STARTED_KEY);
	i = place_of(t, st, started.text, m, true);
	if (count_message(t, &t->domain[i], m)) {
		weigh(t, st, i, m, told, emit);
	}
}

static void on_tick(struct dns_tunnel *t, const struct nw_state *st, uint64_t now,
		    const struct nw_emit *emit)
{
	uint32_t i = nw_cases_quiet(&t->cases, now, QUIET_NS);
	const struct nw_case *k = i == NW_CASE_NONE ? NULL : &t->cases.item[i];

	if (!k) {
		return;
	}
	if (k->is_open) {
		tell(st, emit, k, &t->domain[i], k->score, NW_FINDING_CLOSED);
	}
	nw_cases_remove(&t->cases, i);
}

static void dns_tunnel_on_event(void *self, const struct nw_state *state, const struct nw_event *ev,
				const struct nw_emit *emit)
{
	const struct nw_dns *dns = nw_state_dns(state);
	const struct nw_ev_head *h;
	struct message m;

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(self, state, ev->ts_ns, emit);
	}
	if (!dns || (dns->opcode != NW_DNS_OPCODE_QUERY &&
		     (dns->opcode != NW_DNS_OPCODE_UPDATE || dns->is_response))) {
		return;
	}
	h = nw_event_head(ev);
	/* a client's side only; mDNS and LLMNR ask the neighbours */
	if ((ev->what == NW_HEAD_TX) == dns->is_response || ntohs(h->rport_be) == NW_PORT_MDNS ||
	    ntohs(h->rport_be) == NW_PORT_LLMNR) {
		return;
	}
	m = (struct message){ .head = h,
			      .dns = dns,
			      .name = nw_dns_text(dns, dns->question),
			      .asker_id = asker_of(state, h),
			      .is_near = nw_config_is_inside(nw_state_config(state), h->raddr) };
	m.base = nw_domain_base(m.name);
	m.start = nw_carry_start(m.name, m.base);
	m.asker = nw_proc_find(state, &m.asker_id);
	on_message(self, state, &m, emit);
}

const struct nw_indicator nw_indicator_dns_tunnel = {
	.id = "dns-tunnel",
	.doc = "names or answers of DNS below one domain carry more than names do",
	.self_size = sizeof(struct dns_tunnel),
	.init = dns_tunnel_init,
	.fini = dns_tunnel_fini,
	.sees = NW_SEES(HEAD) | NW_SEES(TICK),
	.on_event = dns_tunnel_on_event,
};
