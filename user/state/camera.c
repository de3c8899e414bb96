/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which far ends are cameras. Owns the table, by address, and the list of open flows that a camera
 * is at the far end of. What a flow shows is camera_sign.c's; here it adds up. A camera stays when
 * its flows end; when the table is full, who is none goes first, then the one heard of least lately.
 */
#include "camera.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "camera_sign.h"
#include "internal.h"
#include "maker.h"
#include "policy.h"
#include "util/text.h"

#define UPDATE_NS   (60 * NW_NSEC_PER_SEC)
#define STILLS	    4 /* times the same picture is asked for */
#define STREAMS_MAX 4 /* that one camera has at once: two of each lens */
#define NONE	    0U

static uint32_t index_of(const struct nw_state *st, const struct nw_flow *f)
{
	return (uint32_t)(f - st->flows);
}

int nw_cameras_init(struct nw_cameras *t, uint32_t flows)
{
	int r = nw_lru_init(&t->lru, NW_CAMERAS_MAX);

	if (r < 0) {
		return r;
	}
	t->camera = calloc(NW_CAMERAS_MAX, sizeof(*t->camera));
	t->ingest = calloc(flows, sizeof(*t->ingest));
	t->past = calloc(NW_CAMERAS_MAX, sizeof(*t->past));
	return t->camera && t->ingest && t->past ? 0 : -ENOMEM;
}

void nw_cameras_free(struct nw_cameras *t)
{
	nw_lru_free(&t->lru);
	free(t->camera);
	free(t->ingest);
	free(t->past);
}

static uint32_t hash_of(const struct nw_cameras *t, const uint8_t addr[16])
{
	uint64_t words[2];

	memcpy(words, addr, sizeof(words));
	return (uint32_t)nw_hash_mix(nw_hash_mix(t->lru.seed, words[0]), words[1]);
}

static uint32_t find(const struct nw_cameras *t, const uint8_t addr[16])
{
	uint32_t i = nw_lru_first(&t->lru, hash_of(t, addr));

	while (i != NW_LRU_NONE && memcmp(t->camera[i].addr, addr, 16) != 0) {
		i = nw_lru_next(&t->lru, i);
	}
	return i;
}

/* ---- flows of cameras ----------------------------------------------------------------------- */

static void join(struct nw_cameras *t, uint32_t flow, uint32_t camera)
{
	struct nw_ingest *in = &t->ingest[flow];

	in->camera = camera + 1;
	in->next = t->first_ingest;
	in->prev = NONE;
	if (t->first_ingest != NONE) {
		t->ingest[t->first_ingest - 1].prev = flow + 1;
	}
	t->first_ingest = flow + 1;
	t->camera[camera].flows++;
}

static void part(struct nw_cameras *t, uint32_t flow)
{
	struct nw_ingest *in = &t->ingest[flow];

	if (in->camera == NONE) {
		return;
	}
	t->camera[in->camera - 1].flows--;
	if (in->prev != NONE) {
		t->ingest[in->prev - 1].next = in->next;
	} else {
		t->first_ingest = in->next;
	}
	if (in->next != NONE) {
		t->ingest[in->next - 1].prev = in->prev;
	}
	in->camera = in->prev = in->next = NONE;
}

static void tell(struct nw_state *st, struct nw_camera *c, enum nw_action action);

static void forget(struct nw_state *st, uint32_t i)
{
	if (st->cameras.camera[i].told_ns) {
		tell(st, &st->cameras.camera[i], NW_ACTION_END);
	}
	st->cameras.generation++;
	nw_lru_remove(&st->cameras.lru, i);
}

/* The one heard of least lately that no open flow leads to, and of these first who is none. */
static bool evict(struct nw_state *st)
{
	struct nw_cameras *t = &st->cameras;
	uint32_t found = NW_LRU_NONE;

	for (uint32_t i = t->lru.oldest; i != NW_LRU_NONE; i = t->lru.link[i].newer) {
		if (t->camera[i].confidence < NW_CAMERA_SURE) {
			found = i;
			break;
		}
		found = found == NW_LRU_NONE && !t->camera[i].flows ? i : found;
	}
	if (found == NW_LRU_NONE) {
		return false;
	}
	if (t->camera[found].confidence >= NW_CAMERA_SURE) {
		nw_state_lose(st, NW_LOSS_CAMERA_EVICTED);
	}
	forget(st, found);
	return true;
}

static uint32_t get(struct nw_state *st, const struct nw_flow *f, struct nw_ingest *in)
{
	struct nw_cameras *t = &st->cameras;
	uint32_t i = find(t, f->raddr);

	if (i != NW_LRU_NONE) {
		return i;
	}
	if (t->lru.used == t->lru.capacity && !evict(st)) {
		if (!in->is_missed) {
			nw_state_lose(st, NW_LOSS_CAMERA_EVICTED);
		}
		in->is_missed = true; /* it is asked for again */
		return NW_LRU_NONE;
	}
	i = nw_lru_add(&t->lru, hash_of(t, f->raddr));
	t->camera[i] = (struct nw_camera){ .netns = f->netns,
					   .declared = nw_policy_camera(st, f->raddr),
					   .first_ns = f->first_ns,
					   .here_ns = f->first_ns };
	memcpy(t->camera[i].addr, f->raddr, 16);
	nw_camera_recall(st, &t->camera[i]);
	return i;
}

/* ---- evidence ------------------------------------------------------------------------------- */

static void tell(struct nw_state *st, struct nw_camera *c, enum nw_action action)
{
	c->told_ns = st->now_ns;
	c->is_changed = false;
	nw_state_tell(st, (struct nw_output){
				  .dataset = NW_DATASET_CAMERA, .action = action, .camera = c });
}

static bool is_sure(const struct nw_camera *c)
{
	return c->confidence >= NW_CAMERA_SURE;
}

static uint8_t encryption_of(const struct nw_flow *f)
{
	const char *protocol = f->said ? f->said->protocol : NULL;

	if (!protocol) {
		return NW_ENCRYPTED_UNKNOWN;
	}
	return strcmp(protocol, "tls") == 0 ? NW_ENCRYPTED_YES : NW_ENCRYPTED_NO;
}

/* Media came over the flow: since when, to whom. */
static void on_media(const struct nw_state *st, const struct nw_flow *f, struct nw_camera *c)
{
	c->media_ns = c->media_ns ? c->media_ns : st->now_ns;
	c->media_last_ns = st->now_ns;
	c->encrypted = NW_MAX(c->encrypted, encryption_of(f));
	if (f->owner) {
		c->reader = f->owner->id;
		memcpy(c->reader_name, f->owner->name, sizeof(c->reader_name));
	}
}

/* Is this camera's only, and it was found from what turns out to be on this host? */
static void reconsider(struct nw_state *st, const struct nw_flow *f)
{
	struct nw_cameras *t = &st->cameras;
	uint32_t i = t->ingest[index_of(st, f)].camera;

	part(t, index_of(st, f));
	if (i != NONE && !t->camera[i - 1].flows && !t->camera[i - 1].declared) {
		forget(st, i - 1);
	}
}

/* Datagrams of one stream are several flows: what counts is who sends most of them at once. */
static bool has_many(const struct nw_state *st, uint32_t camera)
{
	const struct nw_cameras *t = &st->cameras;
	unsigned n = 0;

	if (t->camera[camera].flows <= STREAMS_MAX) {
		return false;
	}
	for (uint32_t i = t->first_ingest; i != NONE; i = t->ingest[i - 1].next) {
		n += t->ingest[i - 1].camera == camera + 1 &&
		     (t->ingest[i - 1].why & NW_CAMERA_MEDIA);
	}
	return n > STREAMS_MAX;
}

/* What is known of it already; datagrams are the answer to who asked for them alone. */
static uint32_t known_to(const struct nw_flow *f, const struct nw_camera *c)
{
	bool is_asker = f->owner && nw_proc_id_is_same(&f->owner->id, &c->asker);

	return is_asker ? c->why : c->why & ~(uint32_t)NW_CAMERA_PROTOCOL;
}

/* The flow is one of this camera, which is sure. */
static void take(struct nw_state *st, const struct nw_flow *f, struct nw_ingest *in, uint32_t i)
{
	struct nw_camera *c = &st->cameras.camera[i];

	if (!in->camera && (f->is_inside || in->is_declared) &&
	    !(f->flags & (NW_SOCK_LOOPBACK | NW_SOCK_FORWARDED))) {
		c->rx_bytes += in->rx_bytes;
		c->tx_bytes += in->tx_bytes;
		join(&st->cameras, index_of(st, f), i);
	}
}

/* A page has its pictures once; who asks for the same one over and over wants to see what it shows now. */
static uint32_t count_still(const struct nw_flow *f, struct nw_ingest *in, struct nw_camera *c)
{
	uint64_t path = in->is_still ? 0 : nw_camera_still(f);

	if (path) {
		in->is_still = true;
		c->stills = path == c->still_path ? (uint8_t)NW_MIN(c->stills + 1, STILLS) : 1;
		c->still_path = path;
	}
	return c->stills >= STILLS ? NW_CAMERA_STILLS : 0;
}

static void judge(struct nw_state *st, const struct nw_flow *f, struct nw_ingest *in)
{
	struct nw_cameras *t = &st->cameras;
	uint32_t i = find(t, f->raddr);
	uint32_t known = i != NW_LRU_NONE ? known_to(f, &t->camera[i]) : 0;
	struct nw_camera *c;
	bool was_sure;

	in->why = nw_camera_signs(st, f, known, in->words) |
		  (in->is_declared ? NW_CAMERA_DECLARED : 0);
	if (i == NW_LRU_NONE && !(in->why & ~(uint32_t)NW_CAMERA_VOLUME)) {
		return;
	}
	i = i != NW_LRU_NONE ? i : get(st, f, in);
	if (i == NW_LRU_NONE) {
		return;
	}
	c = &t->camera[i];
	was_sure = is_sure(c);
	in->why |= count_still(f, in, c);
	c->is_changed |= (in->why & ~c->why) != 0;
	c->why |= in->why | (has_many(st, i) ? NW_CAMERA_MANY : 0);
	/* what speaks against it counts as long as it is not told yet */
	c->confidence =
		was_sure ? NW_MAX(c->confidence, nw_camera_weigh(c->why)) : nw_camera_weigh(c->why);
	if (in->why) {
		nw_camera_identify(st, f, c);
		nw_camera_recall(st, c);
	}
	if ((in->why & NW_CAMERA_PROTOCOL) && f->owner) {
		c->asker = f->owner->id;
	}
	if (is_sure(c)) {
		t->generation += !was_sure;
		take(st, f, in, i);
	}
}

/* Judges again where anything is new that it rests on: words, MACs, how much came, who is a camera. */
static void look(struct nw_state *st, const struct nw_flow *f, struct nw_ingest *in)
{
	uint16_t said = f->said ? (uint16_t)(f->said->len + 1U + f->said->ways) : 0;
	uint8_t level = nw_camera_level(f);
	bool is_first = in->cameras == 0;
	uint32_t i;

	if (is_first) {
		in->is_declared = nw_policy_camera(st, f->raddr);
	}
	if (in->said_len != said) {
		in->said_len = said;
		in->words = nw_camera_words(st, f);
		is_first = true;
	}
	if (is_first || level > in->level || in->neighbours != st->neighbours_generation) {
		in->level = NW_MAX(level, in->level);
		in->neighbours = st->neighbours_generation;
		judge(st, f, in);
	} else if (!in->camera && in->cameras != st->cameras.generation + 1) {
		i = find(&st->cameras, f->raddr);
		if (i != NW_LRU_NONE && is_sure(&st->cameras.camera[i])) {
			take(st, f, in, i);
		}
	}
	in->cameras = st->cameras.generation + 1;
}

/* Its own packets, forwarded by this host to or from outside. */
static void on_forwarded(struct nw_state *st, const struct nw_flow *f, uint64_t bytes)
{
	struct nw_cameras *t = &st->cameras;
	const uint8_t *own = f->is_local_inside && !f->is_inside   ? f->laddr
			     : f->is_inside && !f->is_local_inside ? f->raddr
								   : NULL;
	struct nw_ingest *in = &t->ingest[index_of(st, f)];
	uint32_t i = own ? find(t, own) : NW_LRU_NONE;

	if (i == NW_LRU_NONE || !is_sure(&t->camera[i])) {
		return;
	}
	t->camera[i].past_flows += !(in->why & NW_CAMERA_DECLARED);
	in->why |= NW_CAMERA_DECLARED; /* counted */
	t->camera[i].past_bytes += bytes;
	t->camera[i].past_ns = st->now_ns;
	t->camera[i].is_changed = true;
}

void nw_cameras_on_flow(struct nw_state *st, const struct nw_flow *f)
{
	struct nw_cameras *t = &st->cameras;
	struct nw_ingest *in = &t->ingest[index_of(st, f)];
	struct nw_camera *c;
	bool is_new;

	if (f->flags & NW_SOCK_FORWARDED) {
		return;
	}
	if (f->peer) {
		reconsider(st, f);
		return;
	}
	look(st, f, in);
	if (!in->camera) {
		return;
	}
	c = &t->camera[in->camera - 1];
	is_new = c->told_ns == 0;
	nw_lru_touch(&t->lru, in->camera - 1);
	c->last_ns = st->now_ns;
	if (in->why & (NW_CAMERA_MEDIA | NW_CAMERA_VOLUME)) {
		on_media(st, f, c);
	}
	if (is_new) {
		tell(st, c, NW_ACTION_START);
	}
}

void nw_cameras_on_bytes(struct nw_state *st, const struct nw_flow *f, uint64_t tx, uint64_t rx)
{
	struct nw_ingest *in = &st->cameras.ingest[index_of(st, f)];

	if (f->flags & NW_SOCK_FORWARDED) {
		on_forwarded(st, f, tx + rx);
		return;
	}
	in->tx_bytes += tx;
	in->rx_bytes += rx;
	if (in->camera != NONE && tx + rx) {
		struct nw_camera *c = &st->cameras.camera[in->camera - 1];

		c->tx_bytes += tx;
		c->rx_bytes += rx;
		c->is_changed = true;
	}
}

void nw_cameras_on_flow_end(struct nw_state *st, const struct nw_flow *f)
{
	part(&st->cameras, index_of(st, f));
	st->cameras.ingest[index_of(st, f)] = (struct nw_ingest){ .camera = NONE };
}

void nw_cameras_on_tick(struct nw_state *st)
{
	struct nw_cameras *t = &st->cameras;

	for (uint32_t i = t->lru.newest; i != NW_LRU_NONE; i = t->lru.link[i].older) {
		struct nw_camera *c = &t->camera[i];

		if (c->told_ns && c->is_changed && st->now_ns >= c->told_ns + UPDATE_NS) {
			tell(st, c, NW_ACTION_UPDATE);
		}
	}
}

void nw_cameras_on_end(struct nw_state *st)
{
	struct nw_cameras *t = &st->cameras;

	for (uint32_t i = t->lru.newest; i != NW_LRU_NONE; i = t->lru.link[i].older) {
		if (t->camera[i].told_ns) {
			tell(st, &t->camera[i], NW_ACTION_END);
		}
	}
}

/* ---- reading -------------------------------------------------------------------------------- */

const struct nw_camera *nw_camera_find(const struct nw_state *st, const uint8_t addr[16])
{
	uint32_t i = find(&st->cameras, addr);

	return i != NW_LRU_NONE && is_sure(&st->cameras.camera[i]) ? &st->cameras.camera[i] : NULL;
}

const struct nw_camera *nw_camera_of(const struct nw_state *st, const struct nw_flow *f)
{
	uint32_t i = st->cameras.ingest[index_of(st, f)].camera;

	return i != NONE ? &st->cameras.camera[i - 1] : NULL;
}

unsigned nw_camera_place(const struct nw_state *st, const struct nw_camera *c)
{
	return (unsigned)(c - st->cameras.camera);
}

const struct nw_camera *nw_camera_next_candidate(const struct nw_state *st,
						 const struct nw_camera *after)
{
	const struct nw_cameras *t = &st->cameras;
	uint32_t i = after ? t->lru.link[after - t->camera].older : t->lru.newest;

	return i != NW_LRU_NONE ? &t->camera[i] : NULL;
}

const struct nw_camera *nw_camera_next(const struct nw_state *st, const struct nw_camera *after)
{
	do {
		after = nw_camera_next_candidate(st, after);
	} while (after && !is_sure(after));
	return after;
}

uint64_t nw_camera_rate(const struct nw_state *st, const struct nw_camera *c)
{
	const struct nw_cameras *t = &st->cameras;
	uint64_t rate = 0;

	for (uint32_t i = t->first_ingest; i != NONE; i = t->ingest[i - 1].next) {
		if (&t->camera[t->ingest[i - 1].camera - 1] == c) {
			const struct nw_flow *f = &st->flows[i - 1];

			rate += nw_flow_rate(f, f->rx_rate, st->now_ns);
		}
	}
	return rate;
}

const struct nw_flow *nw_ingest_next(const struct nw_state *st, const struct nw_flow *after)
{
	const struct nw_cameras *t = &st->cameras;
	uint32_t i = after ? t->ingest[index_of(st, after)].next : t->first_ingest;

	return i != NONE ? &st->flows[i - 1] : NULL;
}
