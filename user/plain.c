/* SPDX-License-Identifier: Apache-2.0 */
/* Processes, and what tells how far to trust the rest. Owns nothing but the clock of the line. */
#include "plain.h"

#include <string.h>

#include "nw_hooks.h"
#include "plain_put.h"
#include "state/camera.h"
#include "state/coverage.h"
#include "state/maker.h"
#include "util/macro.h"
#include "util/text.h"

/* ---- small parts ----------------------------------------------------------------------------- */

void nw_plain_foreign(struct nw_line *l, const char *text, size_t max)
{
	nw_line_foreign(l, text, strlen(text), max);
}

void nw_plain_bytes(struct nw_line *l, uint64_t bytes)
{
	char text[8];

	nw_text_bytes(text, bytes);
	nw_line_add(l, text);
}

static void add_two(struct nw_line *l, uint64_t n)
{
	if (n < 10) {
		nw_line_add(l, "0");
	}
	nw_line_u64(l, n);
}

void nw_plain_duration(struct nw_line *l, uint64_t ns)
{
	uint64_t seconds = ns / NW_NSEC_PER_SEC;

	if (ns < NW_NSEC_PER_MSEC) {
		nw_line_add(l, "less than 1 ms");
	} else if (ns < NW_NSEC_PER_SEC) {
		nw_line_u64(l, ns / NW_NSEC_PER_MSEC);
		nw_line_add(l, " ms");
	} else if (seconds < 60) {
		nw_line_u64(l, seconds);
		nw_line_add(l, ".");
		nw_line_u64(l, ns / (NW_NSEC_PER_SEC / 10) % 10);
		nw_line_add(l, " s");
	} else if (seconds < 3600) {
		nw_line_u64(l, seconds / 60);
		nw_line_add(l, " min ");
		add_two(l, seconds % 60);
		nw_line_add(l, " s");
	} else {
		nw_line_u64(l, seconds / 3600);
		nw_line_add(l, " h ");
		add_two(l, seconds / 60 % 60);
		nw_line_add(l, " min");
	}
}

void nw_plain_process(struct nw_line *l, const struct nw_proc *p)
{
	nw_plain_foreign(l, p->name, NW_PLAIN_NAME);
	nw_line_add(l, "[");
	nw_line_u64(l, p->id.tgid);
	nw_line_add(l, "]");
}

void nw_plain_speaks(struct nw_line *l, const struct nw_state *st, const struct nw_proc *p)
{
	const char *before = ", speaks for ";
	const struct nw_maker *m;
	unsigned at = 0;

	while (p && (m = nw_maker_of_set(st, p->speaks_for, &at))) {
		nw_line_add(l, before);
		nw_plain_foreign(l, m->id, NW_PLAIN_NAME);
		before = ", ";
	}
	if (p && p->library[0]) {
		nw_line_add(l, " (");
		nw_plain_foreign(l, p->library, NW_PLAIN_NAME);
		nw_line_add(l, ")");
	}
}

void nw_plain_front(const struct nw_plain *t, struct nw_line *l, const struct nw_proc *p,
		    const char *otherwise)
{
	nw_line_colour(l, NW_PLAIN_DIM);
	nw_line_add(l, t->clock);
	nw_line_plain(l);
	nw_line_pad(l, NW_PLAIN_WHO);
	if (!p) {
		nw_line_add(l, otherwise);
	} else {
		nw_line_colour(l, NW_PLAIN_BOLD);
		nw_plain_process(l, p);
		nw_line_plain(l);
		nw_line_pad(l, NW_PLAIN_WHERE);
		nw_plain_foreign(l, p->container[0] ? p->container : p->unit, NW_PLAIN_UNIT);
	}
	nw_line_pad(l, NW_PLAIN_WHAT);
}

/* ---- processes ------------------------------------------------------------------------------- */

/* The arguments behind the program's own name. */
static void add_arguments(struct nw_line *l, const struct nw_proc *p)
{
	size_t first = strnlen(p->args, p->args_len) + 1;
	char text[sizeof(p->args)];
	size_t len = p->args_len > first ? p->args_len - first : 0;

	for (size_t i = 0; i < len; i++) {
		text[i] = (char)(p->args[first + i] ? p->args[first + i] : ' ');
	}
	while (len > 0 && text[len - 1] == ' ') {
		len--;
	}
	if (len > 0) {
		nw_line_add(l, " ");
		nw_line_foreign(l, text, len, NW_PLAIN_COMMAND);
	}
}

static void put_exec(struct nw_line *l, const struct nw_output *out)
{
	const struct nw_proc *p = out->proc;
	const struct nw_proc *parent = nw_proc_find(out->state, &p->parent_id);
	bool is_odd = p->flags & (NW_PROC_MEMFD | NW_PROC_DELETED);

	nw_line_colour(l, is_odd ? NW_PLAIN_ALARM : NW_PLAIN_GREEN);
	nw_line_add(l, "exec");
	nw_line_plain(l);
	nw_line_add(l, " ");
	nw_plain_foreign(l, p->exe, NW_PLAIN_PATH);
	if (is_odd) {
		nw_line_add(l, p->flags & NW_PROC_MEMFD ? " (in memory only)" : " (deleted)");
	}
	add_arguments(l, p);
	if (parent && parent->name[0]) {
		nw_line_colour(l, NW_PLAIN_DIM);
		nw_line_add(l, "  by ");
		nw_plain_process(l, parent);
		nw_line_plain(l);
	}
}

static void put_found(struct nw_line *l, const struct nw_output *out)
{
	const struct nw_proc *p = out->proc;

	nw_line_add(l, "runs ");
	nw_plain_foreign(l, p->exe, NW_PLAIN_PATH);
	nw_plain_speaks(l, out->state, p);
}

static void put_exit(struct nw_line *l, const struct nw_proc *p)
{
	uint32_t number = p->exit_code & 0x7f;
	const char *signal = sigabbrev_np((int)number);

	nw_line_colour(l, NW_PLAIN_YELLOW);
	if (!number) {
		nw_line_add(l, "exit code ");
		nw_line_u64(l, p->exit_code >> 8 & 0xff);
	} else {
		nw_line_add(l, "killed by ");
		nw_line_add(l, signal ? "SIG" : "signal ");
		if (signal) {
			nw_line_add(l, signal);
		} else {
			nw_line_u64(l, number);
		}
	}
	nw_line_plain(l);
	if (p->id.start_ns && p->end_ns > p->id.start_ns) {
		nw_line_add(l, " after ");
		nw_plain_duration(l, p->end_ns - p->id.start_ns);
	}
}

static bool put_process(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const struct nw_proc *p = out->proc;

	if (!p) {
		return false;
	}
	if (out->action == NW_ACTION_EXEC) {
		nw_plain_front(t, l, p, "");
		put_exec(l, out);
		return true;
	}
	if (p->speaks_for && (out->action == NW_ACTION_SPEAKS || out->action == NW_ACTION_FOUND)) {
		nw_plain_front(t, l, p, "");
		put_found(l, out);
		return true;
	}
	if (out->action == NW_ACTION_EXIT && p->exit_code) {
		nw_plain_front(t, l, p, "");
		put_exit(l, p);
		return true;
	}
	return false;
}

/* ---- how far to trust the rest ------------------------------------------------------------------ */

static void put_loss(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const char *before = " ";

	nw_plain_front(t, l, NULL, "nvrwatch");
	nw_line_colour(l, NW_PLAIN_RED);
	nw_line_add(l, "lost");
	nw_line_plain(l);
	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		if (out->loss->delta[i]) {
			nw_line_add(l, before);
			nw_line_u64(l, out->loss->delta[i]);
			nw_line_add(l, " ");
			nw_line_add(l, nw_loss_name((enum nw_loss)i));
			before = ", ";
		}
	}
}

static void put_hooks(struct nw_line *l, const struct nw_state *st)
{
	unsigned live = 0, fallback = 0, off = 0;
	const char *value;

	for (unsigned i = 0; nw_hook_said(st, i, &value); i++) {
		live += value && strcmp(value, "live") == 0;
		fallback += value && strcmp(value, "fallback") == 0;
		off += value && strncmp(value, "off", 3) == 0;
	}
	nw_line_u64(l, live);
	nw_line_add(l, " hooks live, ");
	nw_line_u64(l, fallback);
	nw_line_add(l, " fallback, ");
	nw_line_u64(l, off);
	nw_line_add(l, " off");
}

static void put_share(struct nw_line *l, const struct nw_balance_side *s, const char *where)
{
	uint64_t missed = nw_balance_missed(s);
	uint64_t is_off = missed ? missed : nw_balance_surplus(s);
	uint64_t share = nw_balance_ppm(is_off, s->kernel) / 100; /* of 1/100 of a percent */

	nw_line_u64(l, share / 100);
	nw_line_add(l, ".");
	add_two(l, share % 100);
	nw_line_add(l, is_off > missed ? " % too much of " : " % of ");
	nw_plain_bytes(l, s->kernel);
	nw_line_add(l, where);
}

/* What the kernel counted and flows do not explain. */
static void put_balance(struct nw_line *l, const struct nw_state *st)
{
	const struct nw_balance *b = nw_balance_of(st);

	if (!b) {
		return;
	}
	if (nw_balance_why_not(st, &b->all)) {
		nw_line_add(l, ", not comparable with the kernel's counters");
		return;
	}
	nw_line_add(l, ", not explained ");
	put_share(l, &b->all.side[NW_WAY_IN], " in");
	nw_line_add(l, ", ");
	put_share(l, &b->all.side[NW_WAY_OUT], " out");
}

static void put_coverage(struct nw_line *l, const struct nw_state *st)
{
	struct nw_coverage c;

	nw_coverage_of_session(st, &c);
	if (c.why) {
		nw_line_add(l, ", seen in part only for ");
		nw_plain_duration(l, c.observed_ns - c.full_ns);
	}
	nw_coverage_of_all(st, &c);
	if (c.starts > 1) {
		nw_line_add(l, ", since the first day ");
		nw_plain_duration(l, c.window_ns);
		nw_line_add(l, ", of them observed ");
		nw_plain_duration(l, c.observed_ns);
		nw_line_add(l, " in ");
		nw_line_u64(l, c.starts);
		nw_line_add(l, " sessions");
	}
}

static bool put_status(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const struct nw_status_record *s = out->status;
	const char *host = nw_fact_find(out->state, "host.name");

	if (t->is_quiet) {
		return false;
	}
	nw_plain_front(t, l, NULL, "nvrwatch");
	if (out->action == NW_ACTION_START) {
		if (nw_state_is_capture(out->state)) {
			nw_line_add(l, "reading a capture");
			return true;
		}
		nw_line_add(l, "observing ");
		nw_plain_foreign(l, host ? host : "this host", NW_PLAIN_NAME);
		nw_line_add(l, ": ");
		put_hooks(l, out->state);
		return true;
	}
	nw_line_add(l, out->action == NW_ACTION_END ? "stopped after " : "observing for ");
	nw_plain_duration(l, s->covered_ns);
	nw_line_add(l, ": ");
	nw_line_u64(l, s->events);
	nw_line_add(l, " events, ");
	nw_line_u64(l, s->records);
	nw_line_add(l, " records, ");
	nw_line_u64(l, s->flows);
	nw_line_add(l, " flows open");
	if (out->action == NW_ACTION_END) {
		put_coverage(l, out->state);
		put_balance(l, out->state);
	}
	return true;
}

static void put_finding(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	static const char *const action[] = {
		[NW_FINDING_OPENED] = "opened",
		[NW_FINDING_UPDATED] = "updated",
		[NW_FINDING_CLOSED] = "closed",
	};
	const struct nw_finding *f = out->finding;

	nw_plain_front(t, l, f->proc, "nvrwatch");
	nw_line_colour(l, f->score >= NW_ALERT_SCORE ? NW_PLAIN_ALARM : NW_PLAIN_YELLOW);
	nw_line_add(l, f->score >= NW_ALERT_SCORE ? "alert " : "finding ");
	nw_line_add(l, f->rule_id);
	nw_line_plain(l);
	nw_line_add(l, " ");
	nw_line_add(l, action[f->action]);
	nw_line_add(l, ", score ");
	nw_line_u64(l, f->score);
	nw_line_add(l, f->outcome == NW_OUTCOME_CANNOT_TELL ? ", cannot tell: " : ": ");
	nw_plain_foreign(l, f->reason, NW_PLAIN_SENTENCE);
	if (f->flow) {
		nw_line_add(l, "  ");
		nw_plain_peer(l, f->flow);
	} else if (f->far && nw_far_end_has_addr(f->far)) {
		nw_line_add(l, "  ");
		nw_plain_far_end(l, f->far,
				 nw_far_end_name(out->state, f->far, f->proc, f->last_ns));
	}
}

/* ---- the line -------------------------------------------------------------------------------- */

static void set_clock(struct nw_plain *t, uint64_t wall_ns)
{
	time_t second = (time_t)(wall_ns / NW_NSEC_PER_SEC);
	uint32_t ms = (uint32_t)(wall_ns / NW_NSEC_PER_MSEC % 1000);
	struct tm tm;

	if (second != t->second && localtime_r(&second, &tm)) {
		int day = (tm.tm_year + 1900) * 1000 + tm.tm_yday + 1;

		t->second = second;
		t->is_new_day = t->is_new_day || (t->day && t->day != day);
		t->day = day;
		(void)strftime(t->clock, sizeof(t->clock), "%H:%M:%S.", &tm);
	}
	t->clock[9] = (char)('0' + ms / 100);
	nw_text_put_pair(t->clock + 10, ms % 100);
	t->clock[12] = '\0';
}

static bool put_record(struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	switch (out->dataset) {
	case NW_DATASET_PROCESS:
		return put_process(t, l, out);
	case NW_DATASET_FLOW:
		nw_plain_flow(t, l, out);
		return true;
	case NW_DATASET_LISTENER:
		nw_plain_listener(t, l, out);
		return true;
	case NW_DATASET_DNS:
		nw_plain_dns(t, l, out);
		return true;
	case NW_DATASET_LOSS:
		put_loss(t, l, out);
		return true;
	case NW_DATASET_STATUS:
		return put_status(t, l, out);
	case NW_DATASET_FINDING:
		put_finding(t, l, out);
		return true;
	case NW_DATASET_FILE:
		if (out->change) {
			nw_plain_change(t, l, out->change);
		} else {
			nw_plain_file(t, l, out);
		}
		return true;
	case NW_DATASET_CAMERA:
		return nw_plain_camera(t, l, out);
	default:
		return false;
	}
}

/* Lines have no date: where a day begins, a line of its own has it. */
static size_t put_date(const struct nw_plain *t, char *buf, size_t size)
{
	struct tm tm;

	return localtime_r(&t->second, &tm) ? strftime(buf, size, "%Y-%m-%d\n", &tm) : 0;
}

size_t nw_plain_line(struct nw_plain *t, const struct nw_output *out, char *buf, size_t size)
{
	struct nw_line l;
	size_t date;

	set_clock(t, nw_state_wall_ns(out->state, out->ts_ns));
	date = t->is_new_day ? put_date(t, buf, size) : 0;
	nw_line_init(&l, buf + date, size - date, t->has_colour);
	if (!put_record(t, &l, out)) {
		return 0;
	}
	t->is_new_day = false;
	return date + nw_line_end(&l);
}
