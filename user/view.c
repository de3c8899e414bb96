/* SPDX-License-Identifier: Apache-2.0 */
/* Which camera is meant, and which recordings were read by whom: sums over the state's table of them. Owns
 * nothing. */
#include "view.h"

#include <string.h>

#include "util/parse.h"
#include "util/text.h"

/* ---- which camera is asked for ---------------------------------------------------------------- */

static bool is_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool is_declared(const struct nw_view_wanted *w, const struct nw_camera_decl *d)
{
	uint8_t addr[16];

	return is_text(d->name, w->operand) ||
	       (w->has_addr && d->address && nw_parse_address(d->address, addr) == 0 &&
		memcmp(addr, w->addr, 16) == 0);
}

struct nw_view_wanted nw_view_wanted(const struct nw_config *config, const char *operand)
{
	struct nw_view_wanted w = { .operand = operand };

	w.has_addr = operand && nw_parse_address(operand, w.addr) == 0;
	for (unsigned i = 0; operand && !w.declared && i < config->cameras_count; i++) {
		if (is_declared(&w, &config->cameras[i])) {
			w.declared = &config->cameras[i];
		}
	}
	return w;
}

bool nw_view_wants(const struct nw_view_wanted *w, const struct nw_camera *c)
{
	char label[NW_CAMERA_LABEL];

	nw_camera_label(c, label);
	return !w->operand || strcmp(w->operand, label) == 0 ||
	       (w->declared && c->declared == w->declared) ||
	       (w->has_addr && memcmp(w->addr, c->addr, 16) == 0);
}

bool nw_view_wants_name(const struct nw_view_wanted *w, const char *camera)
{
	return !w->operand || strcmp(w->operand, camera) == 0 ||
	       (w->declared &&
		(is_text(w->declared->name, camera) || is_text(w->declared->address, camera)));
}

bool nw_view_is_of(const char *recorded, const struct nw_camera *c)
{
	const struct nw_camera_decl *d = c->declared;
	char addr[NW_ADDR_TEXT];

	nw_addr_text(addr, c->addr);
	return strcmp(recorded, addr) == 0 ||
	       (d && d->address && (is_text(d->name, recorded) || is_text(d->address, recorded)));
}

const struct nw_camera *nw_view_camera(const struct nw_state *st, const char *recorded)
{
	const struct nw_camera *c = NULL;

	while ((c = nw_camera_next(st, c)) && !nw_view_is_of(recorded, c)) {
	}
	return c;
}

/* ---- recordings that were read ------------------------------------------------------------------ */

static struct nw_view_files *reading_of(struct nw_view_files *all, unsigned *n,
					const struct nw_rec *r, uint64_t *lost)
{
	for (unsigned i = 0; i < *n; i++) {
		if (strcmp(all[i].proc->exe, r->proc->exe) == 0 &&
		    strcmp(all[i].proc->name, r->proc->name) == 0 &&
		    strcmp(all[i].camera, r->camera) == 0) {
			return &all[i];
		}
	}
	if (*n == NW_VIEW_FILES_MAX) {
		(*lost)++;
		return NULL;
	}
	all[*n] = (struct nw_view_files){ .proc = r->proc,
					  .camera = r->camera,
					  .from_ns = r->first_ns };
	return &all[(*n)++];
}

unsigned nw_view_files_of(const struct nw_state *st, const struct nw_view_wanted *w,
			  struct nw_view_files all[NW_VIEW_FILES_MAX], uint64_t *lost)
{
	const struct nw_rec *r = NULL;
	unsigned n = 0;

	while ((r = nw_rec_next(st, NULL, r))) {
		struct nw_view_files *g;

		if (!r->is_read || !nw_view_wants_name(w, r->camera)) {
			continue;
		}
		g = reading_of(all, &n, r, lost);
		if (g) {
			g->files++;
			g->most += nw_rec_most(r) + nw_rec_uncounted(r);
			g->from_ns = NW_MIN(g->from_ns, r->first_ns);
			g->to_ns = NW_MAX(g->to_ns, r->last_ns);
		}
	}
	return n;
}
