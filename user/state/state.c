/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables together: which event is whose, what time it is, what was lost. Owns every table; all
 * memory is reserved here and touched on use.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define LOSS_EVERY_NS (NW_NSEC_PER_SEC) /* a flood of losses is one record a second */

int nw_state_new(const struct nw_config *config, uint64_t flow_interval_ns, struct nw_teller teller,
		 struct nw_state **ret)
{
	struct nw_state *st = calloc(1, sizeof(*st));
	const struct nw_limits *limits = &config->limits;

	if (!st) {
		return -ENOMEM;
	}
	st->config = config;
	st->flow_interval_ns = flow_interval_ns;
	st->teller = teller;
	st->port_low = 32768; /* until the host's own range is known: the kernel's default */
	st->port_high = 60999;
	if (nw_facts_init(st) < 0 || nw_exe_files_init(st) < 0 || nw_ifaces_init(&st->ifaces) < 0 ||
	    nw_places_init(&st->places) < 0 || nw_neighbours_init(&st->neighbours) < 0 ||
	    nw_neighbours_init(&st->frames) < 0 || nw_programs_init(&st->programs) < 0 ||
	    nw_vendors_new(&st->vendors) < 0 || nw_policy_init(st) < 0 ||
	    nw_readers_init(&st->readers) < 0 || nw_makers_init(st) < 0 ||
	    nw_cameras_init(&st->cameras, limits->flows) < 0 ||
	    nw_procs_init(st, limits->processes) < 0 || nw_flows_init(st, limits->flows) < 0 ||
	    nw_saids_init(&st->saids, limits->flows, limits->heads) < 0 ||
	    nw_recs_init(st, limits->processes) < 0 || nw_holds_init(st, limits->processes) < 0 ||
	    nw_connects_init(st) < 0 || nw_chains_init(st, limits->flows) < 0 ||
	    nw_listeners_init(st, limits->listeners) < 0 ||
	    nw_coverts_init(st, limits->listeners) < 0 ||
	    nw_names_new(limits->names, &st->names) < 0) {
		nw_state_free(st);
		return -ENOMEM;
	}
	*ret = st;
	return 0;
}

void nw_state_free(struct nw_state *st)
{
	if (!st) {
		return;
	}
	nw_lru_free(&st->proc_lru);
	nw_lru_free(&st->flow_lru);
	nw_pairs_free(&st->pairs);
	nw_saids_free(&st->saids);
	nw_recs_free(&st->recs);
	nw_hold_table_free(&st->holds);
	nw_connects_free(st);
	nw_lru_free(&st->listener_lru);
	nw_lru_free(&st->covert_lru);
	nw_names_free(st->names);
	nw_ifaces_free(&st->ifaces);
	nw_places_free(&st->places);
	nw_neighbours_free(&st->neighbours);
	nw_neighbours_free(&st->frames);
	nw_programs_free(&st->programs);
	nw_cameras_free(&st->cameras);
	nw_readers_free(&st->readers);
	nw_policy_free(&st->policy);
	nw_makers_free(st->makers);
	nw_vendors_free(st->vendors);
	free(st->exe_files);
	free(st->procs);
	free(st->proc_of_tgid);
	free(st->proc_links);
	free(st->flows);
	free(st->flow_due);
	free(st->flow_ended);
	free(st->hold_pairs);
	free(st->chains);
	free(st->listeners);
	free(st->coverts);
	free(st->facts_text);
	free(st);
}

void nw_state_tell(struct nw_state *st, struct nw_output out)
{
	out.ts_ns = st->now_ns;
	out.state = st;
	st->teller.tell(st->teller.ctx, &out);
}

void nw_state_lose(struct nw_state *st, enum nw_loss cause)
{
	st->loss[cause]++;
}

uint64_t nw_state_loss(const struct nw_state *st, enum nw_loss cause)
{
	return st->loss[cause];
}

uint64_t nw_state_now_ns(const struct nw_state *st)
{
	return st->now_ns;
}

uint64_t nw_state_period_ns(const struct nw_state *st)
{
	return st->coverage.period_ns;
}

uint64_t nw_state_wall_ns(const struct nw_state *st, uint64_t boot_ns)
{
	return boot_ns + st->wall_offset_ns;
}

uint64_t nw_state_boot_ns(const struct nw_state *st, uint64_t wall_ns)
{
	return wall_ns - st->wall_offset_ns;
}

uint64_t nw_state_boot(const struct nw_state *st)
{
	return st->id_seed;
}

const struct nw_dns *nw_state_dns(const struct nw_state *st)
{
	return st->dns;
}

/* ---- events --------------------------------------------------------------------------------- */

static void on_sock(struct nw_state *st, const struct nw_ev_sock *e)
{
	if (e->family >= NW_FAMILY_OTHER) {
		nw_coverts_on_event(st, e);
		if (e->ev.what == NW_SOCK_OPEN) {
			return;
		}
	}
	if (e->ev.what == NW_SOCK_LISTEN) {
		nw_listeners_on_event(st, e);
		return;
	}
	if (e->ev.what == NW_SOCK_CLOSE && (e->flags & NW_SOCK_LISTENER)) {
		nw_listeners_on_close(st, e);
		if (e->slot != NW_SLOT_ALL) {
			return;
		}
	}
	nw_flows_on_event(st, e);
}

static void on_fd(struct nw_state *st, const struct nw_ev_fd *e)
{
	if (e->ev.what == NW_FD_SOCKET && e->cookie) {
		nw_flows_on_role(st, e->cookie, &e->self, NW_ROLE_HOLDS);
	}
	nw_holds_on_fd(st, e);
}

static void tell_dns(void *ctx, const struct nw_dns_record *record)
{
	struct nw_state *st = ctx;
	struct nw_dns_record r = *record;

	r.asker = r.asker_id.tgid ? nw_proc_find(st, &r.asker_id) : NULL;
	if (!r.waiting.count && r.asker) {
		nw_asker_connected(st, r.asker, r.query_ns ? r.query_ns : st->now_ns, &r.waiting);
	}
	r.waiting_proc = r.waiting.count ? nw_proc_find(st, &r.waiting.id) : NULL;
	nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_DNS,
					      .action = NW_ACTION_UPDATE,
					      .dns = &r });
}

static void on_head(struct nw_state *st, const struct nw_ev_head *head,
		    const struct nw_facts *facts)
{
	struct nw_dns_record record;
	bool is_told =
		facts && facts->has_dns && nw_names_message(st->names, head, &facts->dns, &record);

	if (facts && facts->has_dns) {
		nw_asker_of_message(st, head);
	}
	if (is_told) {
		tell_dns(st, &record);
	}
	if (facts) {
		nw_saids_on_head(st, head, facts);
	}
}

static void tell_loss(struct nw_state *st)
{
	struct nw_loss_record r;
	bool any = false;

	st->loss[NW_LOSS_NAME_EVICTED] = nw_names_evicted(st->names);
	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		r.total[i] = st->loss[i];
		r.delta[i] = st->loss[i] - st->loss_told[i];
		any = any || r.delta[i];
	}
	if (!any) {
		return;
	}
	st->loss_told_ns = st->now_ns;
	memcpy(st->loss_told, st->loss, sizeof(st->loss));
	nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_LOSS,
					      .action = NW_ACTION_UPDATE,
					      .loss = &r });
}

static void on_tick(struct nw_state *st, const struct nw_ev_tick *e)
{
	st->wall_offset_ns = e->wall_ns - e->ev.ts_ns;
	nw_coverage_on_tick(st, e);
	nw_names_tick(st->names, st->now_ns, tell_dns, st);
	nw_saids_on_tick(st);
	nw_flows_on_tick(st);
	nw_recs_on_tick(st);
	nw_cameras_on_tick(st);
	nw_procs_on_tick(st);
	nw_coverage_keep(st, false);
	nw_cameras_keep(st);
	if (st->now_ns >= st->loss_told_ns + LOSS_EVERY_NS) {
		tell_loss(st);
	}
}

/* What others counted; what state counts of the same cause comes on top of it. */
static void on_loss(struct nw_state *st, const struct nw_ev_loss *e)
{
	static const enum nw_loss others[] = {
		NW_LOSS_REJECTED, NW_LOSS_HEAD_EVICTED, NW_LOSS_DECODE, NW_LOSS_SINK,
		NW_LOSS_RECORD,	  NW_LOSS_HOST,		NW_LOSS_FILE,	NW_LOSS_STATE,
		NW_LOSS_CHANGE,	  NW_LOSS_READ,		NW_LOSS_SKIPPED
	};

	for (int i = 0; i < _NW_LOSS_KERNEL_MAX; i++) {
		st->loss[i] = e->total[i];
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(others); i++) {
		uint64_t *known = &st->loss_elsewhere[others[i]];

		st->loss[others[i]] += e->total[others[i]] - NW_MIN(*known, e->total[others[i]]);
		*known = NW_MAX(*known, e->total[others[i]]);
	}
}

static void on_fact(struct nw_state *st, const struct nw_ev_fact *e)
{
	nw_facts_on_event(st, e);
	nw_coverage_on_fact(st, e);
	if (e->key_len == 7 && memcmp(e->tail, "session", 7) == 0 && e->value_len == 3 &&
	    memcmp(e->tail + 7, "end", 3) == 0) {
		nw_flows_on_end(st);
		nw_cameras_on_end(st);
		nw_balance_on_end(st);
		nw_coverage_keep(st, true);
		tell_loss(st);
	}
}

void nw_state_event(struct nw_state *st, const struct nw_event *ev, const struct nw_facts *facts)
{
	st->now_ns = NW_MAX(st->now_ns, ev->ts_ns);
	st->moved.flow = NULL;
	st->moved.is_reborn = false;
	st->change.proc = NULL;
	st->dns = facts && facts->has_dns ? &facts->dns : NULL;
	st->asker.count = 0;
	switch (ev->shape) {
	case NW_SHAPE_PROC:
		nw_procs_on_event(st, nw_event_proc(ev));
		break;
	case NW_SHAPE_SOCK:
		on_sock(st, nw_event_sock(ev));
		break;
	case NW_SHAPE_HEAD:
		on_head(st, nw_event_head(ev), facts);
		break;
	case NW_SHAPE_FD:
		on_fd(st, nw_event_fd(ev));
		nw_coverts_on_fd(st, nw_event_fd(ev));
		break;
	case NW_SHAPE_TICK:
		on_tick(st, nw_event_tick(ev));
		break;
	case NW_SHAPE_LOSS:
		on_loss(st, nw_event_loss(ev));
		break;
	case NW_SHAPE_FILE:
		nw_recs_on_event(st, nw_event_file(ev));
		break;
	case NW_SHAPE_CHANGE:
		nw_change_on_event(st, nw_event_change(ev));
		break;
	case NW_SHAPE_LIBRARY:
		nw_speaks_on_library(st, nw_event_library(ev));
		break;
	case NW_SHAPE_DEVICE:
		break; /* what is made of it is a fact */
	default:
		on_fact(st, nw_event_fact(ev));
		break;
	}
}

void nw_state_settle(struct nw_state *st)
{
	nw_flows_settle(st);
}
