/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings that are read, changes of what the host starts, and cameras, for people. */
#include "plain_put.h"
#include "state/camera.h"
#include "state/maker.h"
#include "util/line.h"

void nw_plain_change(const struct nw_plain *t, struct nw_line *l, const struct nw_change *c)
{
	nw_plain_front(t, l, c->proc, "");
	nw_line_colour(l, NW_PLAIN_YELLOW);
	nw_line_add(l, nw_change_word(c));
	nw_line_plain(l);
	nw_line_add(l, " ");
	nw_plain_foreign(l, c->path, NW_PLAIN_PATH);
	nw_line_add(l, "  ");
	nw_plain_foreign(l, c->kind, NW_PLAIN_NAME);
}

void nw_plain_file(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const struct nw_rec *r = out->rec;
	const struct nw_rec_use *u = nw_rec_use_of(out->state, r->proc);
	char path[NW_FACT_VALUE_MAX + NW_REC_PATH + 2];

	(void)nw_rec_path(out->state, r, path, sizeof(path));
	nw_plain_front(t, l, r->proc, "");
	nw_line_colour(l, NW_PLAIN_YELLOW);
	nw_line_add(l, "reads recording");
	nw_line_plain(l);
	nw_line_add(l, " ");
	nw_plain_foreign(l, path, NW_PLAIN_PATH);
	nw_line_add(l, "  ");
	nw_line_u64(l, u->files);
	nw_line_add(l, u->files == 1 ? " file, " : " files, ");
	if (u->counts >= u->files && !u->in_part) { /* counted, what was read twice twice */
		nw_plain_bytes(l, u->bytes);
		if (u->bytes_mapped) {
			nw_line_add(l, " and mapped ");
			nw_plain_bytes(l, u->bytes_mapped);
		}
		return;
	}
	if (u->bytes_least) {
		nw_plain_bytes(l, u->bytes_least);
		nw_line_add(l, " to ");
	} else {
		nw_line_add(l, "at most ");
	}
	nw_plain_bytes(l, u->bytes_most + u->uncounted);
}

/* Once, when it is found: the rest is in the flows. */
bool nw_plain_camera(const struct nw_plain *t, struct nw_line *l, const struct nw_output *out)
{
	const struct nw_camera *c = out->camera;
	enum nw_maker_basis basis;
	const char *maker = nw_camera_maker(out->state, c, &basis);
	char label[NW_CAMERA_LABEL];

	if (out->action != NW_ACTION_START) {
		return false;
	}
	nw_camera_label(c, label);
	nw_plain_front(t, l, NULL, "nvrwatch");
	nw_line_add(l, nw_camera_kind(c));
	nw_line_add(l, " ");
	nw_line_add(l, label);
	if (maker[0]) {
		nw_line_add(l, ", maker ");
		nw_plain_foreign(l, maker, NW_PLAIN_NAME);
		nw_line_add(l, " (");
		nw_line_add(l, nw_maker_basis_name(basis));
		nw_line_add(l, ")");
	}
	nw_line_add(l, ", ");
	nw_line_u64(l, c->confidence);
	nw_line_add(l, " % sure");
	if (c->reader_name[0]) {
		nw_line_add(l, ", read by ");
		nw_plain_foreign(l, c->reader_name, NW_PLAIN_NAME);
	}
	return true;
}
