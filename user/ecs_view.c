/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view: who read a camera, or to whom its picture could go. And the inventory: sums for each maker,
 * what may be a camera and could not be identified, and what was declared and not seen.
 */
#include "config.h"
#include "ecs_put.h"
#include "state/camera.h"
#include "state/coverage.h"
#include "state/maker.h"
#include "state/policy.h"
#include "view.h"

#define LIST_MAX 64 /* so many are told; how many more there are stands beside them */

/* ---- a view --------------------------------------------------------------------------------- */

static const char *action_of(const struct nw_view *v)
{
	return v->files ? "played" : v->is_ingest ? "read" : v->is_outbound ? "sent" : "served";
}

static void put_who(struct nw_ecs_line *l, const struct nw_view *v)
{
	const struct nw_proc *p = v->files ? v->files->proc : nw_proc_find(l->out->state, &v->id);

	if (p) {
		nw_ecs_put_process(l, p);
	} else if (v->id.tgid) { /* it ended, and its entry is another's */
		nw_json_open(&l->j, "process");
		nw_ecs_put_proc_id(l, &v->id);
		nw_json_str(&l->j, "name", v->comm);
		nw_json_close(&l->j);
	}
}

/* Whose recordings they are, or of whom one is. */
static void put_recorded(struct nw_ecs_line *l, const struct nw_view *v)
{
	struct nw_json *j = &l->j;
	uint64_t most = 0;
	uint64_t files = 0;

	nw_json_array(j, "camera");
	for (unsigned i = 0; i < v->reads; i++) {
		const char *name = v->read[i].camera;
		const struct nw_camera *c = nw_view_camera(l->out->state, name);

		nw_json_open(j, NULL);
		nw_json_str(j, "id", name);
		if (c) {
			nw_json_ip(j, "address", c->addr);
		}
		nw_json_close(j);
		most += v->read[i].most;
		files += v->read[i].files;
	}
	nw_json_array_end(j);
	nw_json_u64(j, "files", files);
	nw_json_u64(j, "bytes_at_most", most);
	nw_json_bool(j, "shared", v->is_shared);
}

/* Who gets the picture; of a camera's own stream, who gives it. */
static void put_peer(struct nw_ecs_line *l, const struct nw_view *v)
{
	struct nw_json *j = &l->j;

	nw_json_open(j, v->is_ingest ? "source" : "destination");
	nw_json_ip(j, "ip", v->raddr);
	nw_json_str(j, "domain", v->name);
	if (!v->is_inside) {
		nw_ecs_put_place(l, v->raddr);
	}
	nw_json_close(j);
	nw_json_open(j, "server");
	nw_json_u64(j, "port", v->port);
	nw_json_close(j);
}

static void put_cameras(struct nw_ecs_line *l, const struct nw_view *v)
{
	struct nw_json *j = &l->j;

	nw_json_array(j, "camera");
	for (unsigned i = 0; i < v->cameras; i++) {
		const struct nw_camera *c = nw_camera_find(l->out->state, v->camera[i]);
		char label[NW_CAMERA_LABEL];

		if (c) {
			nw_camera_label(c, label);
		} else {
			(void)nw_addr_text(label, v->camera[i]);
		}
		nw_json_open(j, NULL);
		nw_json_str(j, "id", label);
		nw_json_ip(j, "address", v->camera[i]);
		nw_json_close(j);
	}
	nw_json_array_end(j);
	if (v->missed) {
		nw_json_u64(j, "cameras_missed", v->missed);
	}
}

static void put_files(struct nw_ecs_line *l, const struct nw_view_files *g)
{
	struct nw_json *j = &l->j;

	if (g->camera[0]) {
		nw_json_array(j, "camera");
		nw_json_open(j, NULL);
		nw_json_str(j, "id", g->camera);
		nw_json_close(j);
		nw_json_array_end(j);
	}
	nw_json_u64(j, "files", g->files);
	nw_json_u64(j, "bytes_at_most", g->most);
}

void nw_ecs_view(struct nw_ecs_line *l)
{
	static const char *const how[] = { "own_stream", "only_source", "bytes_fit",
					   "possible",	 "files",	"recording_path" };
	const struct nw_view *v = l->out->view;
	uint64_t from = v->files ? v->files->from_ns : v->from_ns;
	uint64_t to = v->files ? v->files->to_ns : v->to_ns;
	struct nw_json *j = &l->j;

	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\",\"dataset\":"
			     "\"nvrwatch.view\",\"category\":[\"network\"],\"type\":[\"info\"],");
	nw_json_word(j, "action", action_of(v));
	nw_ecs_put_time(l, "start", from);
	nw_ecs_put_time(l, "end", to);
	nw_json_u64(j, "duration", to > from ? to - from : 0);
	nw_json_close(j);
	put_who(l, v);
	if (!v->files) {
		put_peer(l, v);
	}
	nw_json_open(j, "nvrwatch");
	nw_json_open(j, "view");
	nw_json_word(j, "how", how[nw_view_how(v)]);
	if (v->files) {
		put_files(l, v->files);
	} else {
		if (v->is_recorded) {
			put_recorded(l, v);
		} else {
			put_cameras(l, v);
		}
		nw_json_u64(j, "bytes", v->is_ingest ? v->rx : v->tx);
		nw_json_bool(j, "recorded", v->is_recorded);
		nw_json_bool(j, "inside", v->is_inside);
		nw_json_str(j, "chain", v->chain);
		nw_json_bool(j, "declared", v->allowed != NULL);
	}
	nw_json_close(j);
	nw_json_close(j);
}

/* ---- the inventory -------------------------------------------------------------------------- */

static const char *maker_of(const struct nw_state *st, const struct nw_camera *c)
{
	enum nw_maker_basis basis;

	return nw_camera_maker(st, c, &basis);
}

/* Each maker once: where its first camera stands. A device's second address brings bytes, and no second
 * device. */
static void put_maker_of(struct nw_ecs_line *l, const struct nw_camera *first)
{
	const struct nw_state *st = l->out->state;
	const char *id = maker_of(st, first);
	const struct nw_maker *m = nw_maker_find(st, id);
	const struct nw_camera *c = NULL;
	struct nw_json *j = &l->j;
	uint64_t bytes = 0;
	unsigned n = 0;

	while ((c = nw_camera_next(st, c)) && c != first) {
		if (strcmp(maker_of(st, c), id) == 0 && !nw_camera_same(st, c)) {
			return;
		}
	}
	for (c = NULL; (c = nw_camera_next(st, c));) {
		if (strcmp(maker_of(st, c), id) == 0) {
			bytes += c->rx_bytes;
			n += !nw_camera_same(st, c);
		}
	}
	nw_json_open(j, NULL);
	nw_json_str(j, "id", id[0] ? id : "unknown");
	nw_json_str(j, "name", m ? m->name : "");
	nw_json_u64(j, "cameras", n);
	nw_json_u64(j, "received_bytes", bytes);
	nw_json_close(j);
}

static void put_makers(struct nw_ecs_line *l)
{
	const struct nw_state *st = l->out->state;
	const struct nw_camera *c = NULL;
	struct nw_json *j = &l->j;
	unsigned n = 0;

	nw_json_array(j, "maker");
	while ((c = nw_camera_next(st, c))) {
		if (!nw_camera_same(st, c)) {
			put_maker_of(l, c);
			n++;
		}
	}
	nw_json_array_end(j);
	nw_json_u64(j, "cameras", n);
}

/* What shows signs of a camera and too few of them. */
static void put_unidentified(struct nw_ecs_line *l)
{
	const struct nw_camera *c = NULL;
	struct nw_json *j = &l->j;
	unsigned n = 0;

	nw_json_array(j, "unidentified");
	while ((c = nw_camera_next_candidate(l->out->state, c))) {
		if (c->confidence >= NW_CAMERA_SURE || c->confidence == 0 || n++ >= LIST_MAX) {
			continue;
		}
		nw_json_open(j, NULL);
		nw_json_ip(j, "address", c->addr);
		nw_json_u64(j, "confidence", c->confidence);
		nw_ecs_put_signs(j, c);
		nw_json_str(j, "mac_maker", c->mac_maker);
		nw_json_u64(j, "received_bytes", c->rx_bytes);
		nw_json_close(j);
	}
	nw_json_array_end(j);
	nw_json_u64(j, "unidentified_total", n);
}

static void put_unseen(struct nw_ecs_line *l)
{
	const struct nw_config *config = nw_state_config(l->out->state);
	struct nw_json *j = &l->j;
	unsigned n = 0;

	nw_json_array(j, "unseen");
	for (unsigned i = 0; i < config->cameras_count; i++) {
		const struct nw_camera_decl *d = &config->cameras[i];
		const struct nw_camera *c = NULL;

		while ((c = nw_camera_next(l->out->state, c)) && c->declared != d) {
		}
		if (!c && n++ < LIST_MAX) {
			nw_json_str(j, NULL,
				    d->name	 ? d->name
				    : d->address ? d->address
						 : d->network);
		}
	}
	nw_json_array_end(j);
	nw_json_u64(j, "unseen_total", n);
}

void nw_ecs_inventory(struct nw_ecs_line *l)
{
	struct nw_json *j = &l->j;
	struct nw_coverage coverage;

	NW_ECS_OPEN_EVENT(l, "\"kind\":\"event\",\"module\":\"nvrwatch\",\"dataset\":"
			     "\"nvrwatch.inventory\",\"category\":[\"host\"],\"type\":[\"info\"],"
			     "\"action\":\"end\",");
	nw_json_close(j);
	nw_coverage_of_session(l->out->state, &coverage);
	nw_json_open(j, "nvrwatch");
	nw_json_open(j, "inventory");
	put_makers(l);
	put_unidentified(l);
	put_unseen(l);
	nw_json_u64(j, "no_room", nw_state_loss(l->out->state, NW_LOSS_CAMERA_EVICTED));
	nw_json_u64(j, "observed", coverage.observed_ns);
	nw_json_u64(j, "observed_in_full", coverage.full_ns);
	nw_json_close(j);
	nw_json_close(j);
}
