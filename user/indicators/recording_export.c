/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recording-export: recordings are read, and a like volume leaves to outside. Reading and sending are
 * added up for a group: a process with its session, so pieces over time, many destinations, a copy
 * that another program sends and children are one sum. A flow belongs to the group of its sender or
 * owner, else of whoever its chain leads back to, else of a parent. Source: docs/indicators.md.
 */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "indicators/indicator.h"
#include "util/lru.h"

#define GROUPS	 512
#define EARLY	 64
#define EARLY_NS (2 * NW_NSEC_PER_SEC) /* a reader and its file may be that far apart */
#define IDLE_NS	 (24ULL * 3600 * NW_NSEC_PER_SEC)
#define QUIET_NS (600 * NW_NSEC_PER_SEC)
#define FRESH_NS (15 * NW_NSEC_PER_SEC)

/* What a process sent before anything was heard of its group: files are told behind sockets. */
struct early {
	uint32_t id;
	struct nw_proc_id sender;
	struct nw_far_end far;
	uint64_t sent, ts_ns;
	bool is_pulled;
};

/* How much of a flow was looked at. */
struct seen {
	uint64_t cookie, tx;
	uint32_t slot;
};

struct recording_export {
	struct nw_lru lru;
	struct nw_export_group *group;
	struct seen *seen; /* of each flow */
	struct nw_cases cases;
	uint32_t latest; /* the group that read last */
	uint64_t latest_ns;
	struct early early[EARLY]; /* the last ones, a ring */
	uint32_t early_next;
};

static int export_init(void *self, const struct nw_config *config)
{
	struct recording_export *x = self;

	x->group = calloc(GROUPS, sizeof(*x->group));
	x->seen = calloc(config->limits.flows, sizeof(*x->seen));
	return x->group && x->seen && nw_lru_init(&x->lru, GROUPS) == 0
		       ? nw_cases_init(&x->cases, GROUPS)
		       : -1;
}

static void export_fini(void *self)
{
	struct recording_export *x = self;

	nw_lru_free(&x->lru);
	nw_cases_free(&x->cases);
	free(x->group);
	free(x->seen);
}

/* ---- groups --------------------------------------------------------------------------------- */

static struct nw_export_group *find(struct recording_export *x, uint32_t id, uint64_t now_ns)
{
	uint32_t hash = (uint32_t)nw_hash_mix(x->lru.seed, id);

	for (uint32_t i = nw_lru_first(&x->lru, hash); i != NW_LRU_NONE;
	     i = nw_lru_next(&x->lru, i)) {
		struct nw_export_group *g = &x->group[i];

		if (g->id != id) {
			continue;
		}
		if (now_ns > g->last_ns + IDLE_NS) { /* another one with this pid */
			*g = (struct nw_export_group){ .id = id };
		}
		nw_lru_touch(&x->lru, i);
		return g;
	}
	return NULL;
}

static struct nw_export_group *make(struct recording_export *x, uint32_t id, uint64_t now_ns)
{
	uint32_t hash = (uint32_t)nw_hash_mix(x->lru.seed, id);
	struct nw_export_group *g = find(x, id, now_ns);
	uint32_t i;

	if (g) {
		return g;
	}
	i = nw_lru_add(&x->lru, hash);
	if (i == NW_LRU_NONE) {
		nw_lru_remove(&x->lru, x->lru.oldest);
		i = nw_lru_add(&x->lru, hash);
	}
	x->group[i] = (struct nw_export_group){ .id = id };
	return &x->group[i];
}

static bool is_reader(const struct nw_export_group *g, const struct nw_proc *p)
{
	for (unsigned i = 0; i < g->readers_len; i++) {
		if (g->reader[i] == p->id.tgid) {
			return true;
		}
	}
	return false;
}

static void add_reader(struct nw_export_group *g, const struct nw_proc *p)
{
	if (!is_reader(g, p)) {
		g->reader[g->readers_next++ % NW_EXPORT_READERS] = p->id.tgid;
		g->readers_len = (uint8_t)NW_MIN(g->readers_next, NW_EXPORT_READERS);
	}
	memcpy(g->program, p->name, sizeof(g->program));
}

/* The group of one process, and how surely what it sends is what the group read. */
static struct nw_export_group *of_process(struct recording_export *x, const struct nw_proc *p,
					  enum nw_export_basis basis, uint64_t now_ns,
					  enum nw_export_basis *ret)
{
	struct nw_export_group *g = p ? find(x, nw_export_group_of(p), now_ns) : NULL;

	if (g) {
		*ret = is_reader(g, p) ? basis : NW_EXPORT_FAMILY;
	}
	return g;
}

/* A file is copied to a mount faster than open files are looked at: who read just now may have been it. */
static struct nw_export_group *of_mount(struct recording_export *x, const struct nw_state *st,
					const struct nw_flow *f)
{
	uint64_t now = nw_state_now_ns(st);

	if (now > x->latest_ns + NW_EXPORT_MOUNT_NS || !nw_export_is_by_server(st, f)) {
		return NULL;
	}
	return find(x, x->latest, now);
}

/* The group whose reading the flow may carry away. */
static struct nw_export_group *of_flow(struct recording_export *x, const struct nw_state *st,
				       const struct nw_flow *f, enum nw_export_basis *ret)
{
	uint64_t now = nw_state_now_ns(st);
	const struct nw_proc *p = f->sender ? f->sender : f->owner;
	struct nw_export_way way[NW_EXPORT_WAYS_MAX];
	unsigned ways = nw_export_ways(f, way);
	struct nw_export_group *g = NULL;

	for (unsigned i = 0; i < ways; i++) {
		enum nw_export_basis basis = NW_EXPORT_NONE;
		struct nw_export_group *other;

		if (g && (way[i].basis == NW_EXPORT_PROCESS || *ret == NW_EXPORT_PROCESS)) {
			continue;
		}
		other = of_process(x, way[i].proc, (enum nw_export_basis)way[i].basis, now, &basis);
		if (other && (!g || basis == NW_EXPORT_CHAIN)) {
			g = other;
			*ret = basis;
		}
	}
	if (!g || *ret == NW_EXPORT_FAMILY) {
		struct nw_export_group *other = of_mount(x, st, f);

		if (other) {
			*ret = NW_EXPORT_MOUNT;
			return other;
		}
	}
	for (unsigned i = 0; !g && p && i < NW_EXPORT_PARENTS; i++) {
		p = nw_proc_find(st, &p->parent_id);
		g = of_process(x, p, NW_EXPORT_FAMILY, now, ret);
	}
	return g;
}

/* The camera that the paths name, when it is one that is known. */
static const struct nw_camera *camera_of(const struct nw_state *st, const struct nw_export_group *g)
{
	const struct nw_camera *c = NULL;
	char label[NW_CAMERA_LABEL];

	while (!g->has_more_cameras && g->camera[0] && (c = nw_camera_next(st, c))) {
		nw_camera_label(c, label);
		if (strcmp(label, g->camera) == 0) {
			return c;
		}
	}
	return NULL;
}

static void tell(struct recording_export *x, const struct nw_state *st, const struct nw_emit *emit,
		 uint32_t place, const struct nw_export_group *g, enum nw_finding_action action)
{
	const struct nw_case *k = &x->cases.item[place];
	struct nw_finding f = {
		.rule_id = "recording-export",
		.rule_name = "Recordings leave the host",
		.question = "afterwards",
		.reason =
			g && g->is_pulled
				? "Recordings were read and a like volume was fetched from outside"
				: "Recordings were read and a like volume was sent outside",
		.known_ways_to_be_wrong =
			"who only opened a file may have read little of it; what else the same "
			"session sends counts too; a backup that nobody declared looks the same",
		.action = action,
		.severity = 4,
		.score = k->score,
		.technique = { "T1005", g && g->is_pulled ? "T1041" : "T1048" },
	};

	if (g) {
		f.outcome = nw_export_is_like(g) ? NW_OUTCOME_MATCH : NW_OUTCOME_CANNOT_TELL;
		f.confidence = (uint8_t)((nw_export_is_like(g) ? 60 : 30) +
					 (g->basis >= NW_EXPORT_CHAIN ? 20 : 0) +
					 (g->least >= g->most / 2 ? 15 : 0));
		f.camera = camera_of(st, g);
		nw_export_evidence(&f, g);
	}
	nw_case_fill(k, st, &f);
	emit->finding(emit->ctx, &f);
}

static void judge(struct recording_export *x, const struct nw_state *st, const struct nw_emit *emit,
		  const struct nw_export_group *g)
{
	const struct nw_proc *p = nw_proc_find(st, &g->sender);
	uint8_t score = nw_export_score(g);
	struct nw_case_key key = { .len = 0 };
	enum nw_finding_action action;
	uint32_t place;
	bool is_new;

	if (!score) {
		return;
	}
	nw_case_key_text(&key, g->program);
	nw_case_key_u64(&key, g->id);
	place = nw_cases_get(&x->cases, key.text, &is_new);
	if (p) {
		x->cases.item[place].proc = p->id;
	}
	x->cases.item[place].far = g->far;
	if (nw_cases_seen(&x->cases, place, nw_state_now_ns(st), score, &action)) {
		tell(x, st, emit, place, g, action);
	}
}

/* ---- events ---------------------------------------------------------------------------------- */

static void add_end(struct nw_export_group *g, const uint8_t addr[16])
{
	for (unsigned i = 0; i < g->ends_len; i++) {
		if (memcmp(g->end[i], addr, 16) == 0) {
			return;
		}
	}
	if (g->ends_len < NW_EXPORT_ENDS) {
		memcpy(g->end[g->ends_len++], addr, 16);
	}
}

static void remember(struct recording_export *x, const struct nw_flow *f, uint64_t sent,
		     uint64_t now)
{
	const struct nw_proc *p = f->sender ? f->sender : f->owner;
	struct early *y = &x->early[x->early_next++ % EARLY];

	if (!p) {
		return;
	}
	*y = (struct early){ .id = nw_export_group_of(p),
			     .sender = p->id,
			     .sent = sent,
			     .ts_ns = now,
			     .far = nw_far_end_of(f),
			     .is_pulled = !f->is_outbound };
}

/* A group is heard of: what its processes just sent is its own. */
static void recall(struct recording_export *x, const struct nw_state *st, struct nw_export_group *g,
		   const struct nw_proc *reader)
{
	uint64_t now = nw_state_now_ns(st);

	for (unsigned i = 0; i < EARLY; i++) {
		struct early *y = &x->early[i];

		if (!y->sent || now > y->ts_ns + EARLY_NS ||
		    !nw_export_is_kin(st, reader, y->id, &y->sender)) {
			continue;
		}
		g->sent += y->sent;
		g->basis = (uint8_t)NW_MAX(g->basis, y->sender.tgid == g->reader[0]
							     ? NW_EXPORT_PROCESS
							     : NW_EXPORT_FAMILY);
		g->is_pulled = y->is_pulled;
		g->sender = y->sender;
		g->far = y->far;
		add_end(g, y->far.addr);
		y->sent = 0;
	}
}

static void on_file(struct recording_export *x, const struct nw_state *st,
		    const struct nw_ev_file *e, const struct nw_emit *emit)
{
	const struct nw_rec *r = nw_rec_of(st, e);
	uint64_t now = nw_state_now_ns(st);
	struct nw_export_group *g;

	if (!r || (r->is_written && !r->is_read)) {
		return;
	}
	/* from the first open on, so that what is sent counts */
	g = make(x, nw_export_group_of(r->proc), now);
	add_reader(g, r->proc);
	if (!g->first_ns) {
		recall(x, st, g, r->proc);
	}
	g->last_ns = now;
	g->first_ns = g->first_ns ? g->first_ns : now;
	g->is_recorder = g->is_recorder || nw_rec_is_recorder(st, r->proc);
	if (!r->is_read) {
		return;
	}
	x->latest = g->id;
	x->latest_ns = now;
	g->files += r->added_file;
	g->positions += r->added_position;
	g->counts += r->added_count;
	g->in_part += r->added_count && r->is_in_part;
	g->uncounted += (uint64_t)r->added_uncounted;
	g->least += (uint64_t)r->added_least;
	g->most += (uint64_t)r->added_most;
	if (r->mtime_ns && nw_state_wall_ns(st, now) <= r->mtime_ns + FRESH_NS) {
		g->fresh += (uint64_t)r->added_most;
	}
	g->bytes += r->added_bytes;
	g->mapped += r->added_mapped;
	if (r->mtime_ns && (!g->file_first_ns || r->mtime_ns < g->file_first_ns)) {
		g->file_first_ns = r->mtime_ns;
	}
	g->file_last_ns = NW_MAX(g->file_last_ns, r->mtime_ns);
	if (!g->camera[0]) {
		memcpy(g->camera, r->camera, sizeof(g->camera));
	} else if (r->camera[0] && strcmp(g->camera, r->camera) != 0) {
		g->has_more_cameras = true;
	}
	judge(x, st, emit, g); /* a file is closed when all of it was sent */
}

/* What the flow sent since it was looked at last. */
static uint64_t take_sent(struct recording_export *x, const struct nw_state *st,
			  const struct nw_flow *f)
{
	struct seen *s = &x->seen[nw_flow_place(st, f)];
	uint64_t sent;

	if (s->cookie != f->cookie || s->slot != f->slot) {
		/* one that was open before the start is counted from its first look */
		*s = (struct seen){ .cookie = f->cookie,
				    .slot = f->slot,
				    .tx = f->flags & NW_SOCK_PRESTART ? f->tx_bytes : 0 };
	}
	sent = f->tx_bytes > s->tx ? f->tx_bytes - s->tx : 0;
	s->tx = NW_MAX(s->tx, f->tx_bytes);
	return sent;
}

static void on_sock(struct recording_export *x, const struct nw_state *st,
		    const struct nw_ev_sock *e, const struct nw_emit *emit)
{
	const struct nw_flow *f = nw_flow_measured(st, e);
	enum nw_export_basis basis = NW_EXPORT_NONE;
	struct nw_export_group *g;
	uint64_t sent;

	if (!f || f->family >= NW_FAMILY_OTHER || (f->flags & NW_SOCK_FORWARDED)) {
		return;
	}
	sent = take_sent(x, st, f);
	if (!sent) {
		return;
	}
	g = of_flow(x, st, f, &basis);
	if (!g) {
		if (nw_policy_leaves(st, f) && !nw_policy_allowed(st, f)) {
			remember(x, f, sent, nw_state_now_ns(st));
		}
		return;
	}
	if (!nw_policy_leaves(st, f) || nw_policy_allowed(st, f)) {
		g->sent_inside += nw_flow_stays_here(f) ? 0 : sent;
		return;
	}
	g->sent += sent;
	g->basis = (uint8_t)NW_MAX(g->basis, basis);
	g->is_pulled = !f->is_outbound;
	g->last_ns = nw_state_now_ns(st);
	add_end(g, f->raddr);
	g->sender = f->sender ? f->sender->id : f->owner ? f->owner->id : (struct nw_proc_id){ 0 };
	g->far = nw_far_end_of(f);
	judge(x, st, emit, g);
}

static void on_tick(struct recording_export *x, const struct nw_state *st,
		    const struct nw_emit *emit)
{
	uint32_t place;

	while ((place = nw_cases_quiet(&x->cases, nw_state_now_ns(st), QUIET_NS)) != NW_CASE_NONE) {
		if (x->cases.item[place].is_open) {
			tell(x, st, emit, place, NULL, NW_FINDING_CLOSED);
		}
		nw_cases_remove(&x->cases, place);
	}
}

static void export_on_event(void *self, const struct nw_state *st, const struct nw_event *ev,
			    const struct nw_emit *emit)
{
	switch (ev->shape) {
	case NW_SHAPE_FILE:
		on_file(self, st, nw_event_file(ev), emit);
		break;
	case NW_SHAPE_SOCK:
		on_sock(self, st, nw_event_sock(ev), emit);
		break;
	case NW_SHAPE_TICK:
		on_tick(self, st, emit);
		break;
	default:
		break;
	}
}

const struct nw_indicator nw_indicator_recording_export = {
	.id = "recording-export",
	.doc = "recordings are read and a like volume leaves",
	.self_size = sizeof(struct recording_export),
	.init = export_init,
	.fini = export_fini,
	.sees = NW_SEES(SOCK) | NW_SEES(FILE) | NW_SEES(TICK),
	.on_event = export_on_event,
};
