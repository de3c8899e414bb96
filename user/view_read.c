/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins readings of recordings to a flow. A process that serves many reads for all of them: there one file
 * of the flow's size, or one camera's files together, say which; a program that sends what it reads sends
 * nothing else. Owns nothing.
 */
#include "view_read.h"

#include <string.h>

#include "event.h"

#define LATE_NS	  (2 * NW_NSEC_PER_SEC) /* a file is told behind the sockets */
#define MORE_MAX  5			/* times what was read: with so much else it says nothing */
#define EXACT_ADD 1024			/* what a server says before a file */

/* ---- joining -------------------------------------------------------------------------------- */

void nw_view_reading_ways(struct nw_view_reading *g, const struct nw_state *st,
			  const struct nw_flow *f)
{
	struct nw_export_way way[NW_EXPORT_WAYS_MAX];

	g->ways = (uint8_t)nw_export_ways(f, way);
	for (unsigned i = 0; i < g->ways; i++) {
		g->way[i] = (struct nw_view_way){ .id = way[i].proc->id,
						  .group = nw_export_group_of(way[i].proc),
						  .basis = way[i].basis };
	}
	g->is_by_server = g->is_by_server || nw_export_is_by_server(st, f);
}

static enum nw_export_basis basis_of(const struct nw_view_reading *g, const struct nw_state *st,
				     const struct nw_rec *r, uint64_t to_ns)
{
	enum nw_export_basis basis = NW_EXPORT_NONE;

	for (unsigned i = 0; i < g->ways; i++) {
		if (nw_proc_id_is_same(&g->way[i].id, &r->proc->id)) {
			return (enum nw_export_basis)g->way[i].basis;
		}
		if (g->way[i].basis == NW_EXPORT_PROCESS &&
		    nw_export_is_kin(st, r->proc, g->way[i].group, &g->way[i].id)) {
			basis = NW_EXPORT_FAMILY;
		}
	}
	if (g->is_by_server && r->last_ns + NW_EXPORT_MOUNT_NS >= to_ns) {
		basis = NW_EXPORT_MOUNT;
	}
	return basis;
}

static struct nw_view_read *camera_of(struct nw_view_reading *g, const struct nw_rec *r)
{
	unsigned i = 0;

	while (i < g->cameras && strcmp(g->camera[i].camera, r->camera) != 0) {
		i++;
	}
	if (i == NW_VIEW_READS_MAX) {
		g->has_more = true;
		return NULL;
	}
	if (i == g->cameras) {
		g->camera[g->cameras++] = (struct nw_view_read){ .files = 0 };
		memcpy(g->camera[i].camera, r->camera, sizeof(r->camera));
	}
	return &g->camera[i];
}

/* An inode in another camera's folder is another file: a number that is free is given anew. */
static struct nw_view_file *file_of(struct nw_view_reading *g, const struct nw_rec *r,
				    uint8_t camera)
{
	for (unsigned i = 0; i < NW_MIN(g->files, NW_VIEW_FILE_RING); i++) {
		struct nw_view_file *f = &g->file[i];

		if (f->inode == r->inode && f->dev == r->dev && f->camera == camera) {
			return f;
		}
	}
	return NULL;
}

static void add(struct nw_view_reading *g, const struct nw_state *st, const struct nw_rec *r)
{
	struct nw_view_read *camera = camera_of(g, r);
	struct nw_view_file *file;
	uint8_t place;

	if (!camera) {
		return;
	}
	place = (uint8_t)(camera - g->camera);
	file = file_of(g, r, place);
	if (!file) {
		file = &g->file[g->files++ % NW_VIEW_FILE_RING];
		*file = (struct nw_view_file){ .inode = r->inode, .dev = r->dev, .camera = place };
		camera->files++;
	}
	/* a count may say less than the size did */
	camera->most += nw_rec_most(r) - file->most;
	camera->least += nw_rec_least(r) - file->least;
	file->most = nw_rec_most(r);
	file->least = nw_rec_least(r);
	g->is_recorder = g->is_recorder || nw_rec_is_recorder(st, r->proc);
}

/* What is joined more surely goes before all that is joined less so. */
static void begin_anew(struct nw_view_reading *g, enum nw_export_basis basis)
{
	g->basis = (uint8_t)basis;
	g->cameras = 0;
	g->files = 0;
	g->is_recorder = g->has_more = false;
}

void nw_view_reading_join(struct nw_view_reading *g, const struct nw_state *st, uint64_t from_ns,
			  uint64_t to_ns)
{
	uint64_t since = NW_MAX(from_ns, g->joined_ns);
	const struct nw_rec *r = NULL;

	while ((r = nw_rec_next(st, NULL, r))) {
		enum nw_export_basis basis;

		if (!r->is_read || (!r->is_open && r->last_ns + LATE_NS < since) ||
		    r->first_ns > to_ns + LATE_NS) {
			continue;
		}
		basis = basis_of(g, st, r, to_ns);
		if (basis > g->basis) {
			begin_anew(g, basis);
		}
		if (basis && basis == g->basis) {
			add(g, st, r);
		}
	}
	g->joined_ns = to_ns;
}

/* ---- explaining ----------------------------------------------------------------------------- */

/* Sets of cameras are bits: places in g->camera. */
static uint32_t all_of(const struct nw_view_reading *g)
{
	return (1U << g->cameras) - 1;
}

static bool is_one(uint32_t set)
{
	return set && !(set & (set - 1));
}

static struct nw_view_read sum_of(const struct nw_view_reading *g, uint32_t set)
{
	struct nw_view_read sum = { .files = 0 };

	for (unsigned i = 0; i < g->cameras; i++) {
		if (set & 1U << i) {
			sum.files += g->camera[i].files;
			sum.least += g->camera[i].least;
			sum.most += g->camera[i].most;
		}
	}
	return sum;
}

/* recording-export's own measure of as much. */
static bool is_export_like(uint64_t sent, const struct nw_view_read *sum)
{
	const struct nw_export_group group = { .sent = sent,
					       .least = sum->least,
					       .most = sum->most };

	return nw_export_is_like(&group);
}

static bool is_exact(uint64_t sent, uint64_t most)
{
	return sent >= most && sent - most <= EXACT_ADD + most / 256;
}

/* The file that is as large as what was sent: exactly, else about. NULL: none is, or those of several cameras
 * are; then ret_set has them. */
static const struct nw_view_file *by_file(const struct nw_view_reading *g, uint64_t sent,
					  uint32_t *ret_set)
{
	const struct nw_view_file *file[2] = { NULL, NULL };
	uint32_t set[2] = { 0, 0 };
	unsigned how;

	for (unsigned i = 0; i < NW_MIN(g->files, NW_VIEW_FILE_RING); i++) {
		const struct nw_view_file *f = &g->file[i];

		for (how = is_exact(sent, f->most) ? 0 : 1;
		     how < 2 && nw_view_is_like(sent, f->most); how++) {
			file[how] = f;
			set[how] |= 1U << f->camera;
		}
	}
	how = set[0] ? 0 : 1;
	*ret_set = set[how];
	return is_one(set[how]) ? file[how] : NULL;
}

/* Cameras whose files together are. */
static uint32_t by_sum(const struct nw_view_reading *g, uint64_t sent)
{
	uint32_t like = 0;

	for (unsigned i = 0; i < g->cameras; i++) {
		like |= nw_view_is_like(sent, g->camera[i].most) ? 1U << i : 0;
	}
	return like;
}

/* A client that reads recordings and sends: what it sends is what it read, or a part of that. */
static bool is_sender(const struct nw_view_reading *g, const struct nw_view *v,
		      const struct nw_view_read *sum)
{
	return v->is_outbound && g->basis == NW_EXPORT_PROCESS && !g->is_recorder &&
	       (v->tx <= sum->most || is_export_like(v->tx, sum));
}

static void put_cameras(const struct nw_view_reading *g, struct nw_view *v, uint32_t set)
{
	v->reads = 0;
	for (unsigned i = 0; i < g->cameras; i++) {
		if (set & 1U << i) {
			v->read[v->reads++] = g->camera[i];
		}
	}
}

static void put_file(const struct nw_view_reading *g, struct nw_view *v,
		     const struct nw_view_file *file)
{
	v->read[0] = (struct nw_view_read){ .files = 1, .least = file->least, .most = file->most };
	memcpy(v->read[0].camera, g->camera[file->camera].camera, sizeof(v->read[0].camera));
	v->reads = 1;
	v->is_sure = true;
}

/* Of what other processes of the session read, no more is known than that it is as much. */
static void explain_far(const struct nw_view_reading *g, struct nw_view *v,
			const struct nw_view_read *sum)
{
	if (v->tx >= NW_VIEW_PICTURE_BYTES && !g->has_more && is_export_like(v->tx, sum)) {
		put_cameras(g, v, all_of(g));
	}
}

/* Who serves many read for them all. Where it could be a live picture as well, only one file of that size
 * tells which it is; several that add up to it happen to. */
static void explain_served(const struct nw_view_reading *g, struct nw_view *v,
			   const struct nw_view_read *sum, bool is_live)
{
	const struct nw_view_file *file;
	uint32_t set;

	if (v->tx < NW_VIEW_PICTURE_BYTES) {
		return;
	}
	file = by_file(g, v->tx, &set);
	if (file) {
		put_file(g, v, file);
		return;
	}
	if (nw_view_is_like(v->tx, sum->most) || (g->cameras == 1 && is_export_like(v->tx, sum))) {
		set = all_of(g);
		v->is_sure = !is_live && !g->has_more;
	} else {
		set = set ? set : by_sum(g, v->tx);
		v->is_sure = !is_live && !g->has_more && is_one(set);
	}
	put_cameras(g, v, set ? set : all_of(g));
}

bool nw_view_explain(const struct nw_view_reading *g, struct nw_view *v)
{
	const struct nw_view_read sum = sum_of(g, all_of(g));
	bool is_live = v->cameras || v->missed;

	v->reads = 0;
	v->is_sure = false;
	if (!g->cameras || v->tx <= v->rx || v->tx / MORE_MAX > sum.most) {
		return false;
	}
	if (g->basis < NW_EXPORT_CHAIN) {
		explain_far(g, v, &sum);
	} else if (!is_live && is_sender(g, v, &sum)) {
		v->is_sure = !g->has_more;
		put_cameras(g, v, all_of(g));
	} else {
		explain_served(g, v, &sum, is_live);
	}
	v->is_recorded = v->reads > 0;
	return v->is_recorded;
}
