/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upnp-port-map: this host asks a router to let the outside in: UPnP's IGD, NAT-PMP or PCP. What was
 * asked for, what the router said, and what stands behind the port: a program here, a camera. One
 * case for each program, router and port. Looking for routers, and asking for the address outside, is
 * nothing. Source: docs/indicators.md.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "rule.h"
#include "state/reader.h"
#include "util/parse.h"

#define CASES 256

static const struct nw_rule rule = {
	.id = "upnp-port-map",
	.name = "A router is asked to let the outside in",
	.question = "back door",
	.wrong = "of several requests over one connection the first is read; the arguments of IGD "
		 "often stand behind what is read, and so does the answer's reason; NAT-PMP's port "
		 "alone speaks for it; a router may say yes and do nothing",
	.technique = { "T1133", "T1090" },
	.over = "Nothing more was asked for an hour",
	.quiet_ns = 3600 * NW_NSEC_PER_SEC,
};

struct port_map {
	struct nw_watcher w; /* first: fini() is its */
};

enum answer {
	ANSWER_NONE,
	ANSWER_YES,
	ANSWER_NO,
};

struct asked {
	bool is_open, is_unsure;
	enum answer answer;
	uint16_t internal, external; /* 0 = not said */
	uint16_t proto;		     /* 0 = not said */
	const char *client;	     /* or NULL: who asks */
	const struct nw_camera *camera;
	const struct nw_listener *listener;
};

static int upnp_port_map_init(void *self, const struct nw_config *config)
{
	struct port_map *me = self;

	return nw_watcher_init(&me->w, CASES, 0, config);
}

static uint16_t port_of(const struct nw_said *said, enum nw_attr key)
{
	const char *text = nw_said_find(said, key);
	uint64_t n = 0;

	return text && nw_parse_u64(text, 0, UINT16_MAX, &n) == 0 ? (uint16_t)n : 0;
}

/* IGD answers in HTTP; the others tell the port outside only when they give one. */
static enum answer answer_of(const struct nw_flow *f)
{
	const char *status = nw_said_find(f->said, NW_ATTR_HTTP_STATUS);
	uint64_t code = 0;

	if (f->proto == IPPROTO_TCP) {
		if (!status || nw_parse_u64(status, 0, 999, &code) < 0) {
			return ANSWER_NONE;
		}
		return code >= 200 && code < 300 ? ANSWER_YES : ANSWER_NO;
	}
	if (nw_said_find(f->said, NW_ATTR_PORTMAP_EXTERNAL_PORT)) {
		return ANSWER_YES;
	}
	return f->rx_packets ? ANSWER_NO : ANSWER_NONE;
}

static bool read_asked(const struct nw_state *st, const struct nw_flow *f, struct asked *ret)
{
	const char *action = nw_said_find(f->said, NW_ATTR_PORTMAP_ACTION);
	const char *transport = nw_said_find(f->said, NW_ATTR_PORTMAP_TRANSPORT);
	uint8_t addr[16];

	if (!action) {
		return false;
	}
	*ret = (struct asked){
		.is_open = strcmp(action, "open") == 0,
		.answer = answer_of(f),
		.internal = port_of(f->said, NW_ATTR_PORTMAP_INTERNAL_PORT),
		.external = port_of(f->said, NW_ATTR_PORTMAP_EXTERNAL_PORT),
		.client = nw_said_find(f->said, NW_ATTR_PORTMAP_CLIENT),
	};
	/* who closes first and opens then, over one socket, is not to be overlooked */
	ret->is_unsure = !ret->is_open && f->proto == IPPROTO_UDP && f->tx_packets > 1;
	if (transport) {
		ret->proto = strcmp(transport, "udp") == 0 ? IPPROTO_UDP : IPPROTO_TCP;
	}
	if (ret->client && nw_parse_address(ret->client, addr) == 0 &&
	    memcmp(addr, f->laddr, sizeof(addr)) != 0) {
		ret->camera = nw_camera_find(st, addr);
	} else if (ret->internal) {
		ret->listener = nw_listener_find(
			st, f->netns, ret->proto ? ret->proto : IPPROTO_TCP, ret->internal);
	}
	return true;
}

static uint8_t score_of(const struct nw_state *st, const struct asked *a)
{
	unsigned score;

	if (a->is_unsure) {
		return 40;
	}
	if (!a->is_open) {
		return 10;
	}
	if (a->answer == ANSWER_NO) {
		return 40;
	}
	if (a->listener && a->proto && nw_policy_listener(st, a->proto, a->internal, NULL)) {
		return 30;
	}
	score = a->answer == ANSWER_YES ? 65 : 55;
	if (a->camera || (a->listener && nw_recorder_of(st, a->listener->owner))) {
		score += 20; /* pictures stand behind it */
	}
	return (uint8_t)score;
}

static void tell(struct port_map *me, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t i, const struct nw_flow *f, const struct asked *a, uint64_t now)
{
	static const char *const answers[] = { "none", "yes", "no" };
	const struct nw_proc *behind = a->listener ? a->listener->owner : NULL;
	struct nw_finding found;

	if (!nw_rule_seen(&rule, &me->w.cases, i, st, now, score_of(st, a), &found)) {
		return;
	}
	found.reason = !a->is_open		 ? "A router is asked to close a port again"
		       : a->answer == ANSWER_YES ? "A router opened a port to the outside, as asked"
		       : a->answer == ANSWER_NO	 ? "A router was asked to open a port, and refused"
						: "A router is asked to open a port to the outside";
	found.flow = f;
	found.camera = a->camera;
	found.outcome = a->is_unsure ? NW_OUTCOME_CANNOT_TELL : NW_OUTCOME_MATCH;
	found.confidence = f->said->basis == NW_BASIS_CONTENT ? 95 : 75;
	nw_finding_text(&found, "action", a->is_open ? "open" : "close");
	nw_finding_text(&found, "answer", answers[a->answer]);
	nw_finding_text(&found, "protocol", f->said->protocol);
	nw_finding_u64(&found, "internal_port", a->internal);
	nw_finding_u64(&found, "external_port", a->external);
	nw_finding_text(&found, "transport", nw_said_find(f->said, NW_ATTR_PORTMAP_TRANSPORT));
	nw_finding_text(&found, "client", a->client);
	nw_finding_text(&found, "why_as_said", nw_said_find(f->said, NW_ATTR_PORTMAP_DESCRIPTION));
	nw_finding_text(&found, "lifetime_s", nw_said_find(f->said, NW_ATTR_PORTMAP_LIFETIME));
	nw_finding_text(&found, "listener",
			behind ? behind->exe[0] ? behind->exe : behind->name : NULL);
	nw_finding_text(&found, "recorder_by",
			nw_recorder_basis_name(nw_recorder_of(st, f->owner)));
	emit->finding(emit->ctx, &found);
}

static void on_flow(struct port_map *me, const struct nw_state *st, const struct nw_event *ev,
		    const struct nw_flow *f, const struct nw_emit *emit)
{
	struct nw_case_key key = { .len = 0 };
	struct nw_delta m;
	struct asked a;
	bool is_new;
	uint32_t i;

	if (!f->said || !f->is_outbound || f->peer || !read_asked(st, f, &a)) {
		return;
	}
	nw_watch(me->w.watched, st, f, nw_event_sock(ev), &m);
	if (m.w->mark == 1U + (unsigned)a.answer) {
		return; /* nothing new */
	}
	m.w->mark = 1U + (unsigned)a.answer;
	nw_case_key_addr(&key, f->raddr);
	nw_case_key_text(&key, a.client ? a.client : "-");
	nw_case_key_u64(&key, a.internal);
	nw_case_key_u64(&key, a.proto);
	nw_case_key_program(&key, f->owner);
	i = nw_cases_get(&me->w.cases, key.text, &is_new);
	nw_rule_touch(&me->w.cases, i, f, ev->ts_ns);
	tell(me, st, emit, i, f, &a, ev->ts_ns);
}

static void upnp_port_map_on_event(void *self, const struct nw_state *st, const struct nw_event *ev,
				   const struct nw_emit *emit)
{
	struct port_map *me = self;
	const struct nw_flow *f = nw_measured(st, ev);

	if (f) {
		on_flow(me, st, ev, f, emit);
	}
	nw_rule_close_quiet(&rule, &me->w.cases, st, ev, emit);
}

const struct nw_indicator nw_indicator_upnp_port_map = {
	.id = "upnp-port-map",
	.doc = "a router is asked to let the outside in: UPnP's IGD, NAT-PMP or PCP",
	.self_size = sizeof(struct port_map),
	.init = upnp_port_map_init,
	.fini = nw_watcher_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(TICK),
	.on_event = upnp_port_map_on_event,
};
