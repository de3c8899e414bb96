/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name-mismatch: a connection to outside says one name and was found by another, or its server shows
 * a certificate of its own making for something else. Which names agree is state's business
 * (nw_flow_names_agree); here it is weighed what that is worth. Source: docs/indicators.md.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "indicators/indicator.h"
#include "state/flow_names.h"

enum {
	CASES = 512,
	/* A client that looks at the certificate leaves before so much has passed. */
	USED_TX = 2048,
	USED_RX = 16384,
};
#define QUIET_NS (3600 * NW_NSEC_PER_SEC)

/* Of each flow in the table, what it was worth when it was looked at last. */
struct mark {
	uint64_t cookie;
	uint32_t slot;
	uint8_t score;
};

struct name_mismatch {
	struct nw_cases cases;
	struct mark *mark;
};

static int name_mismatch_init(void *self, const struct nw_config *config)
{
	struct name_mismatch *n = self;
	int r = nw_cases_init(&n->cases, CASES);

	if (r < 0) {
		return r;
	}
	n->mark = calloc(config->limits.flows, sizeof(*n->mark));
	return n->mark ? 0 : -ENOMEM;
}

static void name_mismatch_fini(void *self)
{
	struct name_mismatch *n = self;

	nw_cases_free(&n->cases);
	free(n->mark);
}

/* What is said was resolved here by nobody, or not to this address, which another name gave. Who ran
 * before the start may know names that we do not, and so may who lets others ask for it. */
static uint8_t score_of_name(const struct nw_flow *f, const struct nw_names_agreement *a)
{
	if (a->by_name != NW_NAMES_DISAGREE || f->rx_bytes == 0) {
		return 0;
	}
	if (!a->is_own) {
		return 30;
	}
	if (a->is_resolved || f->owner->is_found || f->owner->is_unknown) {
		return 40;
	}
	return a->by_certificate == NW_NAMES_AGREE && !a->is_self_issued ? 40 : 65;
}

/* A server that is where DNS says it is may have a bad certificate; one that is not, and made its
 * own for another name, is somebody else. */
static uint8_t score_of_certificate(const struct nw_flow *f, const struct nw_names_agreement *a)
{
	if (a->by_certificate != NW_NAMES_DISAGREE || !a->said || a->by_name == NW_NAMES_AGREE ||
	    (f->tx_bytes < USED_TX && f->rx_bytes < USED_RX)) {
		return 0;
	}
	if (!a->is_self_issued) {
		return 30;
	}
	return a->is_resolved ? 65 : 45;
}

static uint8_t score_of(const struct nw_flow *f, const struct nw_names_agreement *a)
{
	uint8_t name = score_of_name(f, a);
	uint8_t certificate = score_of_certificate(f, a);

	return name >= NW_ALERT_SCORE && certificate > 30 ? 80 : NW_MAX(name, certificate);
}

static void add_text(struct nw_finding *out, const char *key, const char *text)
{
	if (text) {
		out->evidence[out->evidence_len++] =
			(struct nw_evidence){ .key = key, .text = text };
	}
}

static struct nw_finding finding_of(const struct nw_case *k, const struct nw_state *st,
				    enum nw_finding_action action)
{
	struct nw_finding out = {
		.rule_id = "name-mismatch",
		.rule_name = "The name asked for, the name said and the server disagree",
		.question = "back door",
		.reason =
			action == NW_FINDING_CLOSED
				? "No such connection for an hour"
				: "A connection says another name than the one that led to its peer",
		.known_ways_to_be_wrong =
			"names from /etc/hosts, DNS over HTTPS or TLS and a resolver's cache are not "
			"seen; RFC 7838's alternative services and tests with --resolve or --connect-to "
			"do it rightly; one owner may have domains that no list ties together",
		.action = action,
		.outcome = NW_OUTCOME_MATCH,
		.severity = k->score >= NW_ALERT_SCORE ? 4 : 2,
		.score = k->score,
		.confidence = k->score >= NW_ALERT_SCORE ? 70 : 40,
		.technique = { "T1090.004", "T1001.003" },
	};

	nw_case_fill(k, st, &out);
	return out;
}

static void tell(const struct nw_state *st, const struct nw_emit *emit, const struct nw_case *k,
		 const struct nw_flow *f, const struct nw_names_agreement *a,
		 enum nw_finding_action action)
{
	struct nw_finding out = finding_of(k, st, action);

	out.flow = f; /* also when it has just ended */
	add_text(&out, "asked", a->asked);
	add_text(&out, "said", a->said);
	add_text(&out, "said_was_resolved", a->is_resolved ? "to other addresses" : "never");
	add_text(&out, "asker",
		 !a->asked   ? NULL
		 : a->is_own ? "the process itself"
		 : nw_flow_asked_by(st, f) == NW_ASKED_ASSUMED
			 ? "assumed: the process, through a resolver of this host"
			 : "another");
	if (a->by_certificate != NW_NAMES_UNKNOWN) {
		add_text(&out, "certificate",
			 a->by_certificate == NW_NAMES_AGREE ? "is for what is said"
							     : "is for something else");
		add_text(&out, "certificate_subject",
			 nw_said_find(f->said, NW_ATTR_TLS_SERVER_SUBJECT));
		add_text(&out, "certificate_issuer",
			 nw_said_find(f->said, NW_ATTR_TLS_SERVER_ISSUER));
	}
	emit->finding(emit->ctx, &out);
}

/* True when the flow was not looked at yet, or is worth more now. */
static bool is_news(struct name_mismatch *n, const struct nw_state *st, const struct nw_flow *f,
		    uint8_t score)
{
	struct mark *m = &n->mark[nw_flow_place(st, f)];

	if (m->cookie == f->cookie && m->slot == f->slot && m->score >= score) {
		return false;
	}
	*m = (struct mark){ .cookie = f->cookie, .slot = f->slot, .score = score };
	return true;
}

static void look(struct name_mismatch *n, const struct nw_state *st, const struct nw_flow *f,
		 uint64_t now_ns, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	struct nw_names_agreement a;
	enum nw_finding_action action;
	struct nw_case *k;
	uint8_t score;
	uint32_t place;
	bool is_new;

	if (nw_flow_names_agree(st, f, &a) != NW_NAMES_DISAGREE) {
		return;
	}
	score = score_of(f, &a);
	if (score == 0 || nw_policy_allowed(st, f) || nw_dest_is_passed_on(st, f) ||
	    !is_news(n, st, f, score)) {
		return;
	}
	nw_case_key_program(&key, f->owner);
	nw_case_key_text(&key, a.said ? a.said : "?");
	if (a.asked) {
		nw_case_key_text(&key, a.asked);
	} else {
		nw_case_key_addr(&key, f->raddr);
	}
	place = nw_cases_get(&n->cases, key.text, &is_new);
	k = &n->cases.item[place];
	k->proc = f->owner ? f->owner->id : (struct nw_proc_id){ .tgid = 0 };
	k->far = nw_far_end_of(f);
	if (nw_cases_seen(&n->cases, place, now_ns, score, &action)) {
		tell(st, emit, k, f, &a, action);
	}
}

static void on_tick(struct name_mismatch *n, const struct nw_state *st, uint64_t now_ns,
		    const struct nw_emit *emit)
{
	uint32_t place;

	while ((place = nw_cases_quiet(&n->cases, now_ns, QUIET_NS)) != NW_CASE_NONE) {
		const struct nw_case *k = &n->cases.item[place];
		struct nw_finding out = finding_of(k, st, NW_FINDING_CLOSED);

		if (k->is_open) {
			emit->finding(emit->ctx, &out);
		}
		nw_cases_remove(&n->cases, place);
	}
}

static void name_mismatch_on_event(void *self, const struct nw_state *state,
				   const struct nw_event *ev, const struct nw_emit *emit)
{
	const struct nw_flow *f;

	if (ev->shape == NW_SHAPE_TICK) {
		on_tick(self, state, ev->ts_ns, emit);
	}
	if (ev->shape != NW_SHAPE_SOCK || (ev->what != NW_SOCK_BIN && ev->what != NW_SOCK_CLOSE)) {
		return;
	}
	f = nw_flow_measured(state, nw_event_sock(ev));
	/* its name is known with its first record */
	if (f && f->said && f->is_outbound && !f->is_inside && f->told_count > 0) {
		look(self, state, f, ev->ts_ns, emit);
	}
}

const struct nw_indicator nw_indicator_name_mismatch = {
	.id = "name-mismatch",
	.doc = "the name asked for, the one said (SNI, Host) and the server's certificate disagree strangely",
	.self_size = sizeof(struct name_mismatch),
	.init = name_mismatch_init,
	.fini = name_mismatch_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = name_mismatch_on_event,
};
