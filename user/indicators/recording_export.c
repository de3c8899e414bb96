/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recording-export: recordings are read, and a like volume leaves to outside. Reading and sending are
 * added up for a group: a process with its session, so pieces over time, many destinations, a copy
 * that another program sends and children are one sum. A flow belongs to the group of its sender or
 * owner, else of whoever its chain leads back to, else of a parent. Source: docs/indicators.md.
 */
#include <stdlib.h>
#include <string.h>

#include "indicators/indicator.h"
#include "util/lru.h"

#define GROUPS	  512
#define READERS	  8
#define ENDS	  16
#define PARENTS	  3
#define MIN_BYTES (1ULL << 20) /* of both: two seconds of a main stream */
#define PART_MIN  (4ULL << 20) /* sent, where only a part of what was read leaves */
#define IDLE_NS	  (24ULL * 3600 * NW_NSEC_PER_SEC)
#define QUIET_NS  (600 * NW_NSEC_PER_SEC)

/* Sent per 100 bytes read: alike; less, transcoded or in part; more, with something else. */
#define LIKE_LOW  50
#define LIKE_HIGH 160
#define PART_LOW  5
#define MORE_HIGH 500

enum basis { /* what joins reader and sender, the weakest first */
	BASIS_NONE,
	BASIS_FAMILY,
	BASIS_CHAIN,
	BASIS_PROCESS,
};

struct group {
	uint32_t id; /* pid of the session's leader, or of the process without one */
	uint8_t readers_len, ends_len;
	uint8_t basis; /* the strongest so far */
	bool is_used;
	bool is_recorder; /* who reads also writes recordings */
	bool is_pulled;	  /* from outside, the last flow */
	bool has_more_cameras;
	uint32_t reader[READERS]; /* pids, the last ones */
	uint32_t readers_next;
	uint32_t files, positions;
	uint64_t least, most;
	uint64_t first_ns, last_ns;
	uint64_t file_first_ns, file_last_ns;
	uint64_t sent, sent_inside;
	uint8_t end[ENDS][16]; /* where it went */
	char camera[NW_REC_CAMERA];
	char program[16];	  /* reader's name */
	struct nw_proc_id sender; /* of the last flow */
	uint64_t cookie;
	uint32_t slot;
};

/* How much of a flow was looked at. */
struct seen {
	uint64_t cookie, tx;
	uint32_t slot;
};

struct recording_export {
	struct nw_lru lru;
	struct group *group;
	struct seen *seen; /* of each flow */
	struct nw_cases cases;
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

static uint32_t id_of(const struct nw_proc *p)
{
	return p->session ? p->session : p->id.tgid;
}

static struct group *find(struct recording_export *x, uint32_t id, uint64_t now_ns)
{
	uint32_t hash = (uint32_t)nw_hash_mix(x->lru.seed, id);

	for (uint32_t i = nw_lru_first(&x->lru, hash); i != NW_LRU_NONE;
	     i = nw_lru_next(&x->lru, i)) {
		if (x->group[i].id != id) {
			continue;
		}
		if (now_ns > x->group[i].last_ns + IDLE_NS) { /* another one with this pid */
			x->group[i] = (struct group){ .id = id };
		}
		nw_lru_touch(&x->lru, i);
		return &x->group[i];
	}
	return NULL;
}

static struct group *make(struct recording_export *x, uint32_t id, uint64_t now_ns)
{
	uint32_t hash = (uint32_t)nw_hash_mix(x->lru.seed, id);
	struct group *g = find(x, id, now_ns);
	uint32_t i;

	if (g) {
		return g;
	}
	i = nw_lru_add(&x->lru, hash);
	if (i == NW_LRU_NONE) {
		nw_lru_remove(&x->lru, x->lru.oldest);
		i = nw_lru_add(&x->lru, hash);
	}
	x->group[i] = (struct group){ .id = id };
	return &x->group[i];
}

static bool is_reader(const struct group *g, const struct nw_proc *p)
{
	for (unsigned i = 0; i < g->readers_len; i++) {
		if (g->reader[i] == p->id.tgid) {
			return true;
		}
	}
	return false;
}

static void add_reader(struct group *g, const struct nw_proc *p)
{
	if (!is_reader(g, p)) {
		g->reader[g->readers_next++ % READERS] = p->id.tgid;
		g->readers_len = (uint8_t)NW_MIN(g->readers_next, READERS);
	}
	memcpy(g->program, p->name, sizeof(g->program));
}

/* The group of one process, and how surely what it sends is what the group read. */
static struct group *of_process(struct recording_export *x, const struct nw_proc *p,
				enum basis basis, uint64_t now_ns, enum basis *ret)
{
	struct group *g = p ? find(x, id_of(p), now_ns) : NULL;

	if (g) {
		*ret = is_reader(g, p) ? basis : BASIS_FAMILY;
	}
	return g;
}

/* The group whose reading the flow may carry away. */
static struct group *of_flow(struct recording_export *x, const struct nw_state *st,
			     const struct nw_flow *f, enum basis *ret)
{
	uint64_t now = nw_state_now_ns(st);
	const struct nw_proc *p = f->sender ? f->sender : f->owner;
	struct group *g = of_process(x, p, BASIS_PROCESS, now, ret);

	if (!g && f->sender) {
		g = of_process(x, f->owner, BASIS_PROCESS, now, ret);
	}
	if (!g || *ret == BASIS_FAMILY) {
		for (unsigned i = 1; f->chain && i < f->chain->len; i++) {
			enum basis basis = BASIS_NONE;
			struct group *other =
				of_process(x, f->chain->link[i].proc, BASIS_CHAIN, now, &basis);

			if (other && (!g || basis == BASIS_CHAIN)) {
				g = other;
				*ret = basis;
			}
		}
	}
	for (unsigned i = 0; !g && p && i < PARENTS; i++) {
		p = nw_proc_find(st, &p->parent_id);
		g = of_process(x, p, BASIS_FAMILY, now, ret);
	}
	return g;
}

/* ---- how much speaks for it ------------------------------------------------------------------- */

/* Sent per 100 bytes read, which are at least and at most so many; nothing read: nothing. */
static uint64_t percent(uint64_t sent, uint64_t read)
{
	return read ? (uint64_t)((double)sent * 100.0 / (double)read) : 0;
}

static bool is_alike(uint64_t share)
{
	return share >= LIKE_LOW && share <= LIKE_HIGH;
}

static bool is_like(const struct group *g)
{
	return is_alike(percent(g->sent, g->most)) || is_alike(percent(g->sent, g->least));
}

/* Less than was read by all means, more by all means, or between the two. */
static bool is_possible(const struct group *g)
{
	uint64_t share = percent(g->sent, g->most);

	return share > LIKE_HIGH ? share <= MORE_HIGH : share >= PART_LOW && g->sent >= PART_MIN;
}

/* 0: nothing is to be told. */
static uint8_t score_of(const struct group *g)
{
	bool is_close = g->basis >= BASIS_CHAIN;
	int score = is_close ? 60 : 40;

	if (g->sent < MIN_BYTES || g->most < MIN_BYTES || (!is_like(g) && !is_possible(g))) {
		return 0;
	}
	if (is_like(g)) {
		score = is_close ? 90 : 75;
	}
	if (g->is_recorder) { /* it has reasons of its own to read, and to send */
		score = is_like(g) ? score - 15 : NW_MIN(score, 45);
	}
	if (g->sent_inside >= g->most / 2) { /* reading is explained without */
		score -= 20;
	}
	return (uint8_t)score;
}

static void add_text(struct nw_finding *f, const char *key, const char *text)
{
	if (text[0]) {
		f->evidence[f->evidence_len++] = (struct nw_evidence){ .key = key, .text = text };
	}
}

static void add_number(struct nw_finding *f, const char *key, uint64_t number)
{
	f->evidence[f->evidence_len++] = (struct nw_evidence){ .key = key, .number = number };
}

static void add_evidence(struct nw_finding *f, const struct group *g)
{
	static const char *const joined[] = { "", "family", "chain", "process" };
	const struct nw_rec_use use = { .files = g->files, .positions = g->positions };

	add_number(f, "files", g->files);
	add_number(f, "bytes_read_at_least", g->least);
	add_number(f, "bytes_read_at_most", g->most);
	add_text(f, "read_tier", nw_rec_tier(&use));
	add_number(f, "bytes_sent", g->sent);
	add_number(f, "sent_per_100_read", percent(g->sent, g->most));
	add_number(f, "bytes_sent_inside", g->sent_inside);
	add_number(f, "destinations", g->ends_len);
	add_text(f, "joined_by", joined[g->basis]);
	add_text(f, "reader", g->program);
	add_text(f, "recorded_camera", g->camera);
	add_text(f, "more_cameras", g->has_more_cameras ? "yes" : "");
	if (g->file_first_ns) {
		add_number(f, "recorded_first_s", g->file_first_ns / NW_NSEC_PER_SEC);
		add_number(f, "recorded_last_s", g->file_last_ns / NW_NSEC_PER_SEC);
	}
}

/* The camera that the paths name, when it is one that is known. */
static const struct nw_camera *camera_of(const struct nw_state *st, const struct group *g)
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
		 uint32_t place, const struct group *g, enum nw_finding_action action)
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
		f.outcome = is_like(g) ? NW_OUTCOME_MATCH : NW_OUTCOME_CANNOT_TELL;
		f.confidence =
			(uint8_t)((is_like(g) ? 60 : 30) + (g->basis >= BASIS_CHAIN ? 20 : 0) +
				  (g->least >= g->most / 2 ? 15 : 0));
		f.camera = camera_of(st, g);
		add_evidence(&f, g);
	}
	nw_case_fill(k, st, &f);
	emit->finding(emit->ctx, &f);
}

static void judge(struct recording_export *x, const struct nw_state *st, const struct nw_emit *emit,
		  const struct group *g)
{
	const struct nw_proc *p = nw_proc_find(st, &g->sender);
	uint8_t score = score_of(g);
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
	x->cases.item[place].cookie = g->cookie;
	x->cases.item[place].slot = g->slot;
	if (nw_cases_seen(&x->cases, place, nw_state_now_ns(st), score, &action)) {
		tell(x, st, emit, place, g, action);
	}
}

/* ---- events ---------------------------------------------------------------------------------- */

static void on_file(struct recording_export *x, const struct nw_state *st,
		    const struct nw_ev_file *e, const struct nw_emit *emit)
{
	const struct nw_rec *r = nw_rec_of(st, e);
	uint64_t now = nw_state_now_ns(st);
	struct group *g;

	if (!r || (r->is_written && !r->is_read)) {
		return;
	}
	g = make(x, id_of(r->proc), now); /* from the first open on, so that what is sent counts */
	add_reader(g, r->proc);
	g->last_ns = now;
	g->first_ns = g->first_ns ? g->first_ns : now;
	g->is_recorder = g->is_recorder || nw_rec_is_recorder(st, r->proc);
	if (!r->is_read) {
		return;
	}
	g->files += r->added_file;
	g->positions += r->added_position;
	g->least += r->added_least;
	g->most += r->added_most;
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

static void add_end(struct group *g, const struct nw_flow *f)
{
	for (unsigned i = 0; i < g->ends_len; i++) {
		if (memcmp(g->end[i], f->raddr, sizeof(f->raddr)) == 0) {
			return;
		}
	}
	if (g->ends_len < ENDS) {
		memcpy(g->end[g->ends_len++], f->raddr, sizeof(f->raddr));
	}
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
	const struct nw_flow *f = nw_flow_find(st, e->cookie, e->slot);
	enum basis basis = BASIS_NONE;
	struct group *g;
	uint64_t sent;

	if (!f || f->family >= NW_FAMILY_OTHER || (f->flags & NW_SOCK_FORWARDED)) {
		return;
	}
	sent = take_sent(x, st, f);
	if (!sent || !x->lru.used) {
		return;
	}
	g = of_flow(x, st, f, &basis);
	if (!g) {
		return;
	}
	if (f->is_inside || nw_policy_allowed(st, f)) {
		g->sent_inside += f->peer || (f->flags & NW_SOCK_LOOPBACK) ? 0 : sent;
		return;
	}
	g->sent += sent;
	g->basis = (uint8_t)NW_MAX(g->basis, basis);
	g->is_pulled = !f->is_outbound;
	g->last_ns = nw_state_now_ns(st);
	add_end(g, f);
	g->sender = f->sender ? f->sender->id : f->owner ? f->owner->id : (struct nw_proc_id){ 0 };
	g->cookie = f->cookie;
	g->slot = f->slot;
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
	.on_event = export_on_event,
};
