/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which far ends are cameras. Owns the table, by address, and the list of open flows that a camera
 * is at the far end of. Evidence adds up: see weigh(). A camera stays when its flows end; when the
 * table is full, the one heard of least lately goes.
 */
#include "camera.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "policy.h"
#include "util/text.h"

#define MEDIA_RATE  12500  /* bytes a second: 100 kbit/s, less than any sub-stream */
#define MEDIA_BYTES 131072 /* a page of a web interface is smaller, or ends at once */
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
	return t->camera && t->ingest ? 0 : -ENOMEM;
}

void nw_cameras_free(struct nw_cameras *t)
{
	nw_lru_free(&t->lru);
	free(t->camera);
	free(t->ingest);
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

	*in = (struct nw_ingest){ .camera = camera + 1, .next = t->first_ingest };
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
	*in = (struct nw_ingest){ .camera = NONE };
}

/* The one heard of least lately that no open flow leads to. */
static bool evict(struct nw_cameras *t)
{
	uint32_t i = t->lru.oldest;

	while (i != NW_LRU_NONE && t->camera[i].flows) {
		i = t->lru.link[i].newer;
	}
	if (i != NW_LRU_NONE) {
		nw_lru_remove(&t->lru, i);
	}
	return i != NW_LRU_NONE;
}

static uint32_t get(struct nw_state *st, const struct nw_flow *f)
{
	struct nw_cameras *t = &st->cameras;
	uint32_t i = find(t, f->raddr);

	if (i != NW_LRU_NONE) {
		return i;
	}
	if (t->lru.used == t->lru.capacity && !evict(t)) {
		return NW_LRU_NONE;
	}
	i = nw_lru_add(&t->lru, hash_of(t, f->raddr));
	t->camera[i] = (struct nw_camera){ .netns = f->netns,
					   .declared = nw_policy_camera(st, f->raddr),
					   .first_ns = f->first_ns };
	memcpy(t->camera[i].addr, f->raddr, 16);
	return i;
}

/* ---- evidence ------------------------------------------------------------------------------- */

static bool speaks_camera(const struct nw_flow *f)
{
	static const char *const words[] = { "rtsp",   "rtp",	"onvif",   "isapi",
					     "hiksdk", "dahua", "xiongmai" };

	for (size_t i = 0; f->said && f->said->protocol && i < NW_ARRAY_SIZE(words); i++) {
		if (strcmp(f->said->protocol, words[i]) == 0) {
			return true;
		}
	}
	return false;
}

static uint32_t why_of(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_neighbour *n = nw_neighbour_find(st, f->netns, f->ifindex, f->raddr);
	uint32_t why = 0;

	if (!f->is_inside || !f->is_outbound || (f->flags & NW_SOCK_LOOPBACK) || f->peer) {
		return 0;
	}
	why |= speaks_camera(f) ? NW_CAMERA_PROTOCOL : 0;
	why |= f->rx_rate >= MEDIA_RATE && f->rx_bytes >= MEDIA_BYTES &&
			       f->rx_bytes > 4 * f->tx_bytes
		       ? NW_CAMERA_MEDIA
		       : 0;
	why |= n && n->maker[0] ? NW_CAMERA_MAC : 0;
	why |= f->said && nw_said_find(f->said, NW_ATTR_DEVICE_MODEL) ? NW_CAMERA_DEVICE : 0;
	return why;
}

static uint8_t weigh(uint32_t why)
{
	unsigned sure = 0;

	if (why & NW_CAMERA_DECLARED) {
		return 100;
	}
	sure += why & NW_CAMERA_PROTOCOL ? 40 : 0;
	sure += why & NW_CAMERA_MEDIA ? 30 : 0;
	sure += why & NW_CAMERA_DEVICE ? 20 : 0;
	sure += why & NW_CAMERA_MAC ? 25 : 0;
	return (uint8_t)NW_MIN(sure, 95U);
}

void nw_cameras_on_flow(struct nw_state *st, const struct nw_flow *f)
{
	struct nw_cameras *t = &st->cameras;
	bool is_declared = nw_policy_camera(st, f->raddr);
	uint32_t why = why_of(st, f) | (is_declared ? NW_CAMERA_DECLARED : 0);
	struct nw_camera *c;
	uint32_t i;

	if (!why || (why == NW_CAMERA_MEDIA && find(t, f->raddr) == NW_LRU_NONE)) {
		return;
	}
	i = get(st, f);
	if (i == NW_LRU_NONE) {
		return;
	}
	c = &t->camera[i];
	nw_lru_touch(&t->lru, i);
	c->why |= why;
	c->confidence = NW_MAX(c->confidence, weigh(c->why));
	c->last_ns = st->now_ns;
	c->media_ns = c->media_ns || !(why & NW_CAMERA_MEDIA) ? c->media_ns : st->now_ns;
	if (c->confidence >= NW_CAMERA_SURE && !t->ingest[index_of(st, f)].camera) {
		join(t, index_of(st, f), i);
	}
}

void nw_cameras_on_bytes(struct nw_state *st, const struct nw_flow *f, uint64_t tx, uint64_t rx)
{
	uint32_t i = st->cameras.ingest[index_of(st, f)].camera;

	if (i != NONE) {
		st->cameras.camera[i - 1].tx_bytes += tx;
		st->cameras.camera[i - 1].rx_bytes += rx;
	}
}

void nw_cameras_on_flow_end(struct nw_state *st, const struct nw_flow *f)
{
	part(&st->cameras, index_of(st, f));
}

/* ---- reading -------------------------------------------------------------------------------- */

static bool is_sure(const struct nw_camera *c)
{
	return c->confidence >= NW_CAMERA_SURE;
}

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

const struct nw_camera *nw_camera_next(const struct nw_state *st, const struct nw_camera *after)
{
	const struct nw_cameras *t = &st->cameras;
	uint32_t i = after ? t->lru.link[after - t->camera].older : t->lru.newest;

	while (i != NW_LRU_NONE && !is_sure(&t->camera[i])) {
		i = t->lru.link[i].older;
	}
	return i != NW_LRU_NONE ? &t->camera[i] : NULL;
}

void nw_camera_label(const struct nw_camera *c, char ret[NW_CAMERA_LABEL])
{
	const char *name = c->declared && c->declared->address ? c->declared->name : NULL;

	if (name) {
		(void)nw_text_escape(ret, NW_CAMERA_LABEL, name, strlen(name));
		return;
	}
	(void)nw_addr_text(ret, c->addr);
}

const struct nw_flow *nw_ingest_next(const struct nw_state *st, const struct nw_flow *after)
{
	const struct nw_cameras *t = &st->cameras;
	uint32_t i = after ? t->ingest[index_of(st, after)].next : t->first_ingest;

	return i != NONE ? &st->flows[i - 1] : NULL;
}
