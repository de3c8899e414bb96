/* SPDX-License-Identifier: Apache-2.0 */
/* What tells how far to trust the rest: findings, losses, and the heartbeat. */
#include <stdio.h>
#include <string.h>

#include "ecs_put.h"
#include "event.h"
#include "nw_hooks.h"
#include "state/camera.h"
#include "state/coverage.h"

#define OFFS_TOLD 32 /* times a hook was off, the newest */

/* ---- findings -------------------------------------------------------------------------------- */

static void put_finding_event(struct nw_ecs_line *l, const struct nw_finding *f)
{
	static const char *const action[] = {
		[NW_FINDING_OPENED] = "opened",
		[NW_FINDING_UPDATED] = "updated",
		[NW_FINDING_CLOSED] = "closed",
	};
	struct nw_json *j = &l->j;

	nw_ecs_open_event(l, l->out->finding_sequence, "\"module\":\"nvrwatch\",", 20);
	NW_ECS_RAW(l, "\"dataset\":\"nvrwatch.finding\",\"category\":[\"intrusion_detection\"],"
		      "\"type\":[\"info\"],");
	nw_json_word(j, "kind", f->score >= NW_ALERT_SCORE ? "alert" : "event");
	nw_json_word(j, "action", action[f->action]);
	nw_json_u64(j, "severity", f->severity);
	nw_json_u64(j, "risk_score", f->score);
	nw_ecs_put_time(l, "start", f->first_ns);
	nw_ecs_put_time(l, "end", f->last_ns);
	nw_json_close(j);
}

static void put_evidence(struct nw_json *j, const struct nw_finding *f)
{
	nw_json_open(j, "evidence");
	for (unsigned i = 0; i < f->evidence_len && i < NW_EVIDENCE_MAX; i++) {
		const struct nw_evidence *e = &f->evidence[i];

		if (e->text) {
			nw_json_str(j, e->key, e->text);
		} else {
			nw_json_u64(j, e->key, e->number);
		}
	}
	nw_json_close(j);
}

static void put_why(struct nw_json *j, uint32_t why)
{
	if (!why) {
		return;
	}
	nw_json_array(j, "why");
	for (unsigned i = 0; nw_gap_name(i); i++) {
		if (why & 1U << i) {
			nw_json_word(j, NULL, nw_gap_name(i));
		}
	}
	nw_json_array_end(j);
}

static void put_hooks_off(struct nw_json *j, uint64_t hooks)
{
	if (!hooks) {
		return;
	}
	nw_json_array(j, "hooks_off");
	for (unsigned i = 0; i < _NW_HOOK_MAX; i++) {
		if (hooks & 1ULL << i) {
			nw_json_word(j, NULL, nw_hook_name(i));
		}
	}
	nw_json_array_end(j);
}

/* How much of a finding's window was seen; no window is shorter than a second. */
static void put_window(struct nw_ecs_line *l, const struct nw_finding *f)
{
	struct nw_coverage c;
	uint64_t from;
	uint64_t to;

	nw_finding_window(f, &from, &to);
	nw_coverage_of(l->out->state, from, to, &c);
	nw_json_open(&l->j, "coverage");
	nw_json_u64(&l->j, "window_ms", c.window_ns / NW_NSEC_PER_MSEC);
	nw_json_u64(&l->j, "observed_ms", c.observed_ns / NW_NSEC_PER_MSEC);
	nw_json_u64(&l->j, "full_ms", c.full_ns / NW_NSEC_PER_MSEC);
	put_why(&l->j, c.why);
	put_hooks_off(&l->j, nw_hooks_off(l->out->state, from, to));
	nw_json_close(&l->j);
}

static void put_techniques(struct nw_json *j, const struct nw_finding *f)
{
	if (!f->technique[0]) {
		return;
	}
	nw_json_open(j, "threat");
	nw_json_word(j, "framework", "MITRE ATT&CK");
	nw_json_open(j, "technique");
	nw_json_array(j, "id");
	for (unsigned i = 0; i < NW_TECHNIQUES_MAX && f->technique[i]; i++) {
		nw_json_word(j, NULL, f->technique[i]);
	}
	nw_json_array_end(j);
	nw_json_close(j);
	nw_json_close(j);
}

static void put_camera(struct nw_json *j, const struct nw_camera *c)
{
	char label[NW_CAMERA_LABEL];
	char addr[NW_ADDR_TEXT];

	if (!c) {
		return;
	}
	nw_camera_label(c, label);
	nw_addr_text(addr, c->addr);
	nw_json_open(j, "camera");
	nw_json_str(j, "id", label);
	nw_json_str(j, "address", addr);
	nw_json_close(j);
}

/* What stands behind the wall clock's times: all of a record are of boot time and one offset. */
static void put_clock(struct nw_ecs_line *l)
{
	const struct nw_clock *c = nw_clock_of(l->out->state);
	struct nw_json *j = &l->j;

	nw_json_open(j, "clock");
	nw_json_u64(j, "boot_ns", l->out->ts_ns);
	if (c) {
		nw_json_bool(j, "synchronised", c->is_synchronised);
		nw_json_u64(j, "max_error_us", c->max_error_us);
	}
	nw_json_close(j);
}

/* Their event.id, as nw_ecs_open_event() has it. */
static void put_rests_on(struct nw_ecs_line *l)
{
	const struct nw_output *out = l->out;
	char id[sizeof(l->ecs->id) + 24];
	const char *front = l->ecs->id + sizeof("\"id\":\"") - 1;
	size_t len = l->ecs->id_len - (sizeof("\"id\":\"") - 1);

	if (!out->rests_on_len) {
		return;
	}
	nw_json_array(&l->j, "records");
	for (unsigned i = 0; i < out->rests_on_len; i++) {
		memcpy(id, front, len);
		nw_json_wordn(&l->j, NULL, id, len + nw_text_u64(id + len, out->rests_on[i]));
	}
	nw_json_array_end(&l->j);
}

/* The event that it was told with is in that block; what led to it stands in front of its end. */
static void put_block(struct nw_ecs_line *l)
{
	if (l->out->block) {
		nw_json_open(&l->j, "recording");
		nw_json_u64(&l->j, "block", l->out->block);
		nw_json_close(&l->j);
	}
}

static void put_finding_own(struct nw_ecs_line *l, const struct nw_finding *f)
{
	struct nw_json *j = &l->j;
	const char *hash = nw_fact_find(l->out->state, "config.hash");

	nw_json_open(j, "nvrwatch");
	nw_json_open(j, "finding");
	nw_json_str(j, "key", f->key);
	nw_json_str(j, "question", f->question);
	nw_json_word(j, "outcome", f->outcome == NW_OUTCOME_MATCH ? "match" : "cannot_tell");
	nw_json_u64(j, "confidence", f->confidence);
	nw_ecs_put_time(l, "first", f->first_ns);
	nw_ecs_put_time(l, "last", f->last_ns);
	nw_json_u64(j, "count", f->count);
	put_window(l, f);
	put_rests_on(l);
	put_block(l);
	put_evidence(j, f);
	nw_json_str(j, "known_ways_to_be_wrong", f->known_ways_to_be_wrong);
	nw_json_close(j);
	if (hash && *hash) {
		nw_json_open(j, "config");
		nw_json_str(j, "hash", hash);
		nw_json_close(j);
	}
	put_clock(l);
	nw_ecs_put_unit(l, f->proc);
	nw_ecs_put_program(l, f->proc);
	nw_ecs_put_exe_file(l, f->proc);
	put_camera(j, f->camera);
	if (f->flow) {
		nw_json_open(j, "flow");
		nw_ecs_put_flow_id(l, f->flow);
		nw_json_close(j);
		nw_ecs_put_chain(l, f->flow->chain);
		nw_ecs_put_flow_totals(l, f->flow);
	}
	nw_json_close(j);
}

void nw_ecs_finding(struct nw_ecs_line *l)
{
	const struct nw_finding *f = l->out->finding;
	struct nw_json *j = &l->j;

	nw_json_str(j, "message", f->reason);
	put_finding_event(l, f);
	nw_json_open(j, "rule");
	nw_json_str(j, "id", f->rule_id);
	nw_json_str(j, "name", f->rule_name);
	nw_json_close(j);
	put_techniques(j, f);
	nw_ecs_put_accused(l, f->proc);
	if (f->flow) {
		nw_ecs_put_flow_ends(l, f->flow, false);
	} else if (f->far) {
		nw_ecs_put_far_end(l, f->far, f->proc, f->last_ns);
	}
	put_finding_own(l, f);
}

/* ---- losses ---------------------------------------------------------------------------------- */

static void put_losses(struct nw_json *j, const char *key, const uint64_t *count)
{
	nw_json_open(j, key);
	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		nw_json_u64(j, nw_loss_name((enum nw_loss)i), count[i]);
	}
	nw_json_close(j);
}

void nw_ecs_loss(struct nw_ecs_line *l)
{
	struct nw_json *j = &l->j;

	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\",\"dataset\":"
			     "\"nvrwatch.loss\",\"category\":[\"host\"],\"type\":[\"info\"],"
			     "\"action\":\"loss\",");
	nw_json_close(j);
	nw_json_open(j, "nvrwatch");
	put_losses(j, "loss", l->out->loss->total);
	put_losses(j, "loss_delta", l->out->loss->delta);
	nw_json_close(j);
}

/* ---- the heartbeat --------------------------------------------------------------------------- */

static void put_hooks(struct nw_ecs_line *l)
{
	const char *name, *said;

	nw_json_open(&l->j, "hooks");
	for (unsigned i = 0; (name = nw_hook_said(l->out->state, i, &said)); i++) {
		nw_json_str(&l->j, name, said);
	}
	nw_json_close(&l->j);
}

static void put_roots(struct nw_ecs_line *l)
{
	char text[NW_FACT_VALUE_MAX + 2];
	size_t n = nw_root_said(l->out->state, 0, text);

	if (!n) {
		return;
	}
	nw_json_array(&l->j, "recording_roots");
	for (unsigned i = 1; i <= NW_FILE_ROOTS_MAX && n; i++) {
		nw_json_strn(&l->j, NULL, text, n);
		n = nw_root_said(l->out->state, i, text);
	}
	nw_json_array_end(&l->j);
}

/* What tells of changes of what this host starts. */
static void put_changes(struct nw_ecs_line *l)
{
	const char *value = nw_fact_find(l->out->state, "changes");

	if (value) {
		nw_json_str(&l->j, "changes", value);
	}
}

static void put_tables(struct nw_json *j, const struct nw_status_record *s)
{
	nw_json_open(j, "tables");
	nw_json_u64(j, "flows", s->flows);
	nw_json_u64(j, "processes", s->processes);
	nw_json_u64(j, "listeners", s->listeners);
	nw_json_u64(j, "names", s->names);
	nw_json_close(j);
}

/* Of earlier sessions too, when any was kept. */
static void put_history(struct nw_ecs_line *l)
{
	struct nw_json *j = &l->j;
	struct nw_coverage c;

	nw_coverage_of_all(l->out->state, &c);
	if (c.starts < 2) {
		return;
	}
	nw_json_open(j, "history");
	nw_ecs_put_time(l, "since", nw_state_now_ns(l->out->state) - c.window_ns);
	nw_json_u64(j, "starts", c.starts);
	nw_json_u64(j, "window_seconds", c.window_ns / NW_NSEC_PER_SEC);
	nw_json_u64(j, "observed_seconds", c.observed_ns / NW_NSEC_PER_SEC);
	nw_json_u64(j, "full_seconds", c.full_ns / NW_NSEC_PER_SEC);
	put_why(j, c.why);
	nw_json_close(j);
}

/* Of earlier sessions too. */
static void put_offs(struct nw_ecs_line *l)
{
	const struct nw_hook_off *off = nw_hook_off_at(l->out->state, 0);

	if (!off) {
		return;
	}
	nw_json_array(&l->j, "off");
	for (unsigned i = 0; i < OFFS_TOLD && (off = nw_hook_off_at(l->out->state, i)); i++) {
		nw_json_open(&l->j, NULL);
		nw_json_word(&l->j, "hook", nw_hook_name((unsigned)off->hook));
		nw_ecs_put_time(l, "from", (uint64_t)off->from_ns);
		nw_ecs_put_time(l, "to", (uint64_t)off->to_ns);
		nw_json_close(&l->j);
	}
	nw_json_array_end(&l->j);
}

static void put_coverage(struct nw_ecs_line *l)
{
	struct nw_json *j = &l->j;
	struct nw_coverage c;

	nw_coverage_of_session(l->out->state, &c);
	nw_json_open(j, "coverage");
	nw_json_u64(j, "observed_seconds", c.observed_ns / NW_NSEC_PER_SEC);
	nw_json_u64(j, "full_seconds", c.full_ns / NW_NSEC_PER_SEC);
	nw_json_u64(j, "asleep_seconds", c.asleep_ns / NW_NSEC_PER_SEC);
	nw_json_u64(j, "suspends", c.suspends);
	nw_json_u64(j, "clock_jumps", c.clock_jumps);
	nw_json_u64(j, "stalls", c.stalls);
	put_why(j, c.why);
	put_offs(l);
	put_history(l);
	nw_json_close(j);
}

static void put_side(struct nw_json *j, const char *name, const struct nw_balance_side *s)
{
	uint64_t missed = nw_balance_missed(s);

	nw_json_open(j, name);
	nw_json_u64(j, "kernel_bytes", s->kernel);
	nw_json_u64(j, "explained_bytes", s->explained);
	nw_json_u64(j, "resent_bytes", s->again);
	nw_json_u64(j, "bytes_missed", missed);
	nw_json_u64(j, "bytes_surplus", nw_balance_surplus(s));
	nw_json_u64(j, "missed_ppm", nw_balance_ppm(missed, s->kernel));
	nw_json_close(j);
}

static void put_balance(struct nw_ecs_line *l)
{
	const struct nw_balance *b = nw_balance_of(l->out->state);
	const char *why_not = b ? nw_balance_why_not(l->out->state, &b->all) : NULL;

	if (!b) {
		return;
	}
	nw_json_open(&l->j, "balance");
	nw_json_bool(&l->j, "comparable", !why_not);
	if (why_not) {
		nw_json_word(&l->j, "why_not", why_not);
	}
	put_side(&l->j, "in", &b->all.side[NW_WAY_IN]);
	put_side(&l->j, "out", &b->all.side[NW_WAY_OUT]);
	nw_json_close(&l->j);
}

static void put_named(struct nw_ecs_line *l, const char *name, const char *key, const char *fact)
{
	const char *value = nw_fact_find(l->out->state, fact);

	if (value && *value) {
		nw_json_open(&l->j, name);
		nw_json_str(&l->j, key, value);
		nw_json_close(&l->j);
	}
}

void nw_ecs_status(struct nw_ecs_line *l)
{
	const struct nw_status_record *s = l->out->status;
	struct nw_json *j = &l->j;
	uint64_t total[_NW_LOSS_MAX];

	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		total[i] = nw_state_loss(l->out->state, (enum nw_loss)i);
	}
	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\",\"dataset\":"
			     "\"nvrwatch.status\",\"category\":[\"host\"],");
	if (l->out->action == NW_ACTION_START) {
		NW_ECS_RAW(l, "\"type\":[\"start\"],\"action\":\"start\",");
	} else if (l->out->action == NW_ACTION_END) {
		NW_ECS_RAW(l, "\"type\":[\"end\"],\"action\":\"stop\",");
	} else {
		NW_ECS_RAW(l, "\"type\":[\"info\"],\"action\":\"update\",");
	}
	nw_json_close(j);
	nw_json_open(j, "nvrwatch");
	put_named(l, "session", "id", "session.id");
	put_named(l, "config", "hash", "config.hash");
	put_clock(l);
	put_hooks(l);
	put_roots(l);
	put_changes(l);
	nw_json_u64(j, "covered_seconds", s->covered_ns / NW_NSEC_PER_SEC);
	nw_json_u64(j, "events", s->events);
	nw_json_u64(j, "records", s->records);
	put_tables(j, s);
	put_coverage(l);
	put_balance(l);
	put_losses(j, "loss", total);
	nw_json_close(j);
}

void nw_ecs_put_status_host(struct nw_ecs_line *l)
{
	nw_json_str(&l->j, "architecture", nw_fact_find(l->out->state, "host.architecture"));
	put_named(l, "os", "kernel", "kernel.release");
}
