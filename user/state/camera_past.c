/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Since when a camera is known, over restarts. A row of the kind "camera" has of an address when it
 * was first and last heard of as a camera, its MAC, maker and model. What is found in this session at
 * that address was there since then, unless its MAC is another: then somebody changed the device, and
 * it is new. A row alone makes no camera: what is told was seen. Owns the table of rows.
 */
#include <stdio.h>
#include <string.h>

#include "camera.h"
#include "internal.h"
#include "util/text.h"

#define KIND	 "camera"
#define AGAIN_NS (60 * NW_NSEC_PER_SEC) /* one that goes on is told again */

static uint64_t number_of_mac(const uint8_t mac[6])
{
	uint64_t n = 0;

	for (unsigned i = 0; i < 6; i++) {
		n = n << 8 | mac[i];
	}
	return n;
}

bool nw_cameras_on_kept(struct nw_state *st, const struct nw_ev_fact *e)
{
	struct nw_cameras *t = &st->cameras;
	struct nw_camera_past past = { .has_mac = false };
	struct nw_kept row;

	if (!nw_kept_of(&e->ev, KIND, 4, &row)) {
		return false;
	}
	if (t->past_count == NW_CAMERAS_MAX ||
	    !nw_fact_address(row.key, row.key + strlen(row.key), past.addr)) {
		nw_state_lose(st, NW_LOSS_STATE);
		return true;
	}
	past.first_ns = nw_state_boot_ns(st, (uint64_t)row.n[0]);
	past.has_mac = row.n[2] != 0;
	for (unsigned i = 0; i < 6; i++) {
		past.mac[i] = (uint8_t)((uint64_t)row.n[2] >> (40 - 8 * i));
	}
	if ((int64_t)past.first_ns < (int64_t)st->now_ns) { /* the future is no past */
		t->past[t->past_count++] = past;
	}
	return true;
}

void nw_camera_recall(const struct nw_state *st, struct nw_camera *c)
{
	const struct nw_cameras *t = &st->cameras;

	c->first_ns = c->here_ns;
	for (uint32_t i = 0; i < t->past_count; i++) {
		const struct nw_camera_past *p = &t->past[i];

		if (memcmp(p->addr, c->addr, sizeof(p->addr)) == 0) {
			bool is_other = c->has_mac && p->has_mac &&
					memcmp(c->mac, p->mac, sizeof(p->mac)) != 0;

			c->first_ns = is_other ? c->here_ns : p->first_ns;
			return;
		}
	}
}

static bool keep(struct nw_state *st, struct nw_camera *c)
{
	enum nw_maker_basis basis;
	char key[NW_ADDR_TEXT];
	char text[NW_KEPT_TEXT];
	struct nw_kept row;

	nw_addr_text(key, c->addr);
	row = nw_kept_row(KIND, key);
	nw_kept_add(&row, (int64_t)nw_state_wall_ns(st, c->first_ns));
	nw_kept_add(&row, (int64_t)nw_state_wall_ns(st, c->last_ns));
	nw_kept_add(&row, c->has_mac ? (int64_t)number_of_mac(c->mac) : 0);
	nw_kept_add(&row, c->confidence);
	(void)snprintf(text, sizeof(text), "%s, %s", nw_camera_maker(st, c, &basis), c->model);
	nw_kept_text(&row, text);
	return nw_kept_tell(&st->cameras.pace, &st->keeper, &row, st->now_ns);
}

void nw_cameras_keep(struct nw_state *st)
{
	struct nw_cameras *t = &st->cameras;

	if (!nw_kept_is_time(&t->pace, &st->keeper, st->now_ns)) {
		return;
	}
	for (uint32_t i = t->lru.newest; i != NW_LRU_NONE; i = t->lru.link[i].older) {
		struct nw_camera *c = &t->camera[i];

		if (c->confidence < NW_CAMERA_SURE ||
		    (c->kept_ns && c->last_ns < c->kept_ns + AGAIN_NS)) {
			continue;
		}
		if (!keep(st, c)) {
			return;
		}
		c->kept_ns = NW_MAX(c->last_ns, 1U);
	}
}
