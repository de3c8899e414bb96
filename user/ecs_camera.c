/* SPDX-License-Identifier: Apache-2.0 */
/* A camera: who and what it is, how that is known, who reads it, and what is restricted. */
#include "ecs_put.h"
#include "state/camera.h"
#include "state/maker.h"

static void put_event(struct nw_ecs_line *l, const struct nw_camera *c)
{
	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\",\"dataset\":"
			     "\"nvrwatch.camera\",\"category\":[\"host\"],");
	if (l->out->action == NW_ACTION_START) {
		NW_ECS_RAW(l, "\"type\":[\"start\"],\"action\":\"start\",");
	} else if (l->out->action == NW_ACTION_END) {
		NW_ECS_RAW(l, "\"type\":[\"end\"],\"action\":\"end\",");
	} else {
		NW_ECS_RAW(l, "\"type\":[\"info\"],\"action\":\"update\",");
	}
	nw_ecs_put_time(l, "start", c->first_ns);
	nw_ecs_put_time(l, "end", c->last_ns);
	nw_json_close(&l->j);
}

/* Each way to know it stands for itself: they may differ. */
static void put_maker(struct nw_ecs_line *l, const struct nw_camera *c)
{
	enum nw_maker_basis basis;
	const char *id = nw_camera_maker(l->out->state, c, &basis);
	const struct nw_maker *m = nw_maker_find(l->out->state, id);
	struct nw_json *j = &l->j;

	nw_json_open(j, "maker");
	nw_json_word(j, "basis", nw_maker_basis_name(basis));
	nw_json_str(j, "id", id);
	nw_json_str(j, "name", m ? m->name : "");
	nw_json_str(j, "mac", c->mac_maker);
	nw_json_str(j, "speaks", c->spoken_maker);
	if (c->said_makers) {
		nw_json_array(j, "says");
		for (uint64_t left = c->said_makers; left; left &= left - 1) {
			m = nw_maker_only(l->out->state, left & -left);
			if (m) {
				nw_json_str(j, NULL, m->id);
			}
		}
		nw_json_array_end(j);
	}
	nw_json_close(j);
}

static void put_restrictions(struct nw_ecs_line *l, const struct nw_camera *c)
{
	enum nw_maker_basis basis;
	const char *id = nw_camera_maker(l->out->state, c, &basis);
	const struct nw_restriction *r = nw_restriction_next(l->out->state, id, NULL);
	struct nw_json *j = &l->j;

	if (!r) {
		return;
	}
	nw_json_array(j, "restriction");
	for (; r; r = nw_restriction_next(l->out->state, id, r)) {
		nw_json_open(j, NULL);
		nw_json_str(j, "where", r->where);
		nw_json_str(j, "since", r->since);
		nw_json_str(j, "what", r->what);
		nw_json_close(j);
	}
	nw_json_array_end(j);
}

void nw_ecs_put_signs(struct nw_json *j, const struct nw_camera *c)
{
	nw_json_array(j, "sign");
	for (unsigned i = 0; i < NW_CAMERA_SIGN_COUNT; i++) {
		if (c->why & 1U << i) {
			nw_json_word(j, NULL, nw_camera_sign_name(i));
		}
	}
	nw_json_array_end(j);
	if (!c->spoken) {
		return;
	}
	nw_json_array(j, "protocol");
	for (unsigned i = 0; i < NW_CAMERA_PROTOCOL_COUNT; i++) {
		if (c->spoken & 1U << i) {
			nw_json_word(j, NULL, nw_camera_protocol_name(i));
		}
	}
	nw_json_array_end(j);
}

static void put_traffic(struct nw_ecs_line *l, const struct nw_camera *c)
{
	struct nw_json *j = &l->j;

	nw_json_u64(j, "received_bytes", c->rx_bytes);
	nw_json_u64(j, "sent_bytes", c->tx_bytes);
	nw_json_u64(j, "rate", nw_camera_rate(l->out->state, c));
	nw_json_u64(j, "flows", c->flows);
	if (c->encrypted) {
		nw_json_word(j, "encrypted", c->encrypted == NW_ENCRYPTED_YES ? "yes" : "no");
	}
	if (c->media_ns) {
		nw_json_open(j, "media");
		nw_ecs_put_time(l, "first", c->media_ns);
		nw_ecs_put_time(l, "last", c->media_last_ns);
		nw_json_close(j);
	}
	if (c->reader.tgid) {
		nw_json_open(j, "reader");
		nw_ecs_put_proc_id(l, &c->reader);
		nw_json_str(j, "name", c->reader_name);
		nw_json_close(j);
	}
	if (c->past_flows) {
		nw_json_open(j, "past");
		nw_json_u64(j, "bytes", c->past_bytes);
		nw_json_u64(j, "flows", c->past_flows);
		nw_ecs_put_time(l, "last", c->past_ns);
		nw_json_close(j);
	}
}

void nw_ecs_camera(struct nw_ecs_line *l)
{
	const struct nw_camera *c = l->out->camera;
	struct nw_json *j = &l->j;
	char label[NW_CAMERA_LABEL];
	char addr[NW_ADDR_TEXT];

	put_event(l, c);
	nw_camera_label(c, label);
	nw_addr_text(addr, c->addr);
	nw_json_open(j, "nvrwatch");
	nw_json_open(j, "camera");
	nw_json_str(j, "id", label);
	nw_json_str(j, "address", addr);
	nw_ecs_put_mac(l, c->has_mac ? c->mac : NULL);
	nw_json_word(j, "kind", nw_camera_kind(c));
	nw_json_u64(j, "confidence", c->confidence);
	nw_ecs_put_signs(j, c);
	put_maker(l, c);
	nw_json_str(j, "brand", c->brand);
	nw_json_str(j, "model", c->model);
	nw_json_str(j, "firmware", c->firmware);
	put_traffic(l, c);
	put_restrictions(l, c);
	nw_json_close(j);
	nw_json_close(j);
}
