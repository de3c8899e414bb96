/* SPDX-License-Identifier: Apache-2.0 */
/* Who reads for whom, and how like what was sent is to what was read: the formula stands in
 * docs/indicators.md. */
#include "export.h"

#include "rule.h"
#include "state/hold.h"

#define MIN_BYTES (512ULL << 10) /* of both: a second of a main stream, eight of a sub-stream */
/* A page with pictures, or some segments, are as large: fetched, less is told only when it is just
 * as much. */
#define PULLED_BYTES (1ULL << 20)
#define PART_MIN     (4ULL << 20) /* sent, where only a part of what was read leaves */
/* A clip of an event is less: ten seconds of a sub-stream of 512 kbit/s are 640 kB. It is one when what
 * leaves soon is just as much, or that in base64. */
#define CLIP_MIN_BYTES (64ULL << 10)
#define CLIP_LOW       95
#define CLIP_HIGH      145
#define CLIP_NS	       (600 * NW_NSEC_PER_SEC)
/* Sent per 100 bytes read: alike; less, transcoded or in part; more, with something else. */
#define LIKE_LOW      50
#define LIKE_HIGH     160
#define PART_LOW      5
#define MORE_HIGH     500
#define EXPLAINED_MAX 45
#define CLIP_SCORE    60

/* ---- who reads for whom ----------------------------------------------------------------------- */

uint32_t nw_export_group_of(const struct nw_proc *p)
{
	return p->session ? p->session : p->id.tgid;
}

unsigned nw_export_ways(const struct nw_flow *f, struct nw_export_way ret[NW_EXPORT_WAYS_MAX])
{
	unsigned n = 0;

	if (f->sender) {
		ret[n++] = (struct nw_export_way){ f->sender, NW_EXPORT_PROCESS };
	}
	if (f->owner) {
		ret[n++] = (struct nw_export_way){ f->owner, NW_EXPORT_PROCESS };
	}
	for (unsigned i = 1; f->chain && i < f->chain->len; i++) {
		ret[n++] = (struct nw_export_way){ f->chain->link[i].proc, NW_EXPORT_CHAIN };
	}
	return n;
}

bool nw_export_is_kin(const struct nw_state *st, const struct nw_proc *reader, uint32_t group,
		      const struct nw_proc_id *sender)
{
	const struct nw_proc *p = nw_proc_find(st, &reader->parent_id);

	for (unsigned i = 0; p && i < NW_EXPORT_PARENTS; i++) {
		if (nw_proc_id_is_same(&p->id, sender)) {
			return true;
		}
		p = nw_proc_find(st, &p->parent_id);
	}
	return nw_export_group_of(reader) == group;
}

bool nw_export_is_by_server(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_proc *sender = f->sender ? f->sender : f->owner;

	if (sender && nw_hold_is_server(st, sender)) {
		return true;
	}
	for (unsigned i = 1; f->chain && i < f->chain->len; i++) {
		if (nw_hold_is_server(st, f->chain->link[i].proc)) {
			return true;
		}
	}
	return false;
}

/* ---- how like ----------------------------------------------------------------------------------- */

/* Sent per 100 bytes read, which are at least and at most so many; nothing read: nothing. */
static uint64_t percent(uint64_t sent, uint64_t read)
{
	return read ? (uint64_t)((double)sent * 100.0 / (double)read) : 0;
}

static bool is_alike(uint64_t share)
{
	return share >= LIKE_LOW && share <= LIKE_HIGH;
}

bool nw_export_is_like(const struct nw_export_group *g)
{
	return is_alike(percent(g->sent, g->most)) || is_alike(percent(g->sent, g->least)) ||
	       is_alike(percent(g->sent, g->bytes));
}

static bool is_same(uint64_t share)
{
	return share >= CLIP_LOW && share <= CLIP_HIGH;
}

static bool is_enough(const struct nw_export_group *g)
{
	uint64_t least = NW_MIN(g->sent, g->most);

	return least >= MIN_BYTES &&
	       (!g->is_pulled || least >= PULLED_BYTES || is_same(percent(g->sent, g->most)));
}

/* Little was read, and all of it left at once by who read it. Fetched, it may be a picture on a page. */
static bool is_clip(const struct nw_export_group *g)
{
	return g->sent >= CLIP_MIN_BYTES && g->most >= CLIP_MIN_BYTES &&
	       g->basis >= NW_EXPORT_MOUNT && !g->is_pulled && !g->is_recorder &&
	       g->last_ns <= g->first_ns + CLIP_NS && g->sent_inside < g->most / 2 &&
	       (is_same(percent(g->sent, g->most)) || is_same(percent(g->sent, g->bytes)));
}

/* Less than was read by all means, more by all means, or between the two. */
static bool is_possible(const struct nw_export_group *g)
{
	uint64_t share = percent(g->sent, g->most);

	return share > LIKE_HIGH ? share <= MORE_HIGH : share >= PART_LOW && g->sent >= PART_MIN;
}

/* Segments of a picture that is live, fetched as they come: remote-viewer's. Or all of it went to the
 * inside, while somebody who did not read it sends something to the outside. */
static bool is_explained(const struct nw_export_group *g)
{
	bool is_live = g->is_pulled && g->fresh >= g->most / 5 * 4;

	return is_live || (g->basis <= NW_EXPORT_CHAIN && g->sent_inside >= g->most);
}

uint8_t nw_export_score(const struct nw_export_group *g)
{
	bool is_close = g->basis >= NW_EXPORT_CHAIN;
	int score = is_close ? 60 : 40;

	if (!is_enough(g)) {
		return is_clip(g) ? CLIP_SCORE : 0;
	}
	if (!nw_export_is_like(g) && !is_possible(g)) {
		return 0;
	}
	if (nw_export_is_like(g)) {
		score = is_close ? 90 : 75;
	}
	if (g->is_recorder) { /* it has reasons of its own to read, and to send */
		score = nw_export_is_like(g) ? score - 15 : NW_MIN(score, 45);
	}
	if (g->sent_inside >= g->most / 2) { /* reading is explained without */
		score -= 20;
	}
	return (uint8_t)(is_explained(g) ? NW_MIN(score, EXPLAINED_MAX) : score);
}

void nw_export_evidence(struct nw_finding *f, const struct nw_export_group *g)
{
	static const char *const joined[] = { "", "family", "mount", "chain", "process" };
	const struct nw_rec_use use = { .files = g->files,
					.positions = g->positions,
					.counts = g->counts,
					.in_part = g->in_part,
					.bytes_mapped = g->mapped };

	nw_finding_u64(f, "files", g->files);
	nw_finding_u64(f, "bytes_read_at_least", g->least);
	nw_finding_u64(f, "bytes_read_at_most", g->most + g->uncounted);
	nw_finding_u64(f, "bytes_just_written", g->fresh);
	nw_finding_text(f, "read_tier", nw_rec_tier(&use));
	if (g->counts) {
		nw_finding_u64(f, "bytes_read", g->bytes);
	}
	if (g->mapped) {
		nw_finding_u64(f, "bytes_mapped", g->mapped);
	}
	nw_finding_u64(f, "bytes_sent", g->sent);
	nw_finding_u64(f, "sent_per_100_read", percent(g->sent, g->most));
	nw_finding_u64(f, "bytes_sent_inside", g->sent_inside);
	nw_finding_u64(f, "destinations", g->ends_len);
	nw_finding_text(f, "joined_by", joined[g->basis]);
	nw_finding_text(f, "reader", g->program);
	nw_finding_text(f, "recorded_camera", g->camera);
	nw_finding_text(f, "more_cameras", g->has_more_cameras ? "yes" : "");
	if (g->file_first_ns) {
		nw_finding_u64(f, "recorded_first_s", g->file_first_ns / NW_NSEC_PER_SEC);
		nw_finding_u64(f, "recorded_last_s", g->file_last_ns / NW_NSEC_PER_SEC);
	}
}
