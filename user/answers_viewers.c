/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is declared to be allowed to watch from outside, by which row, and who of them did: rows of the
 * table of viewers, held against those of the site. A listener that is declared for everybody says
 * which port listens and names no viewer. Owns nothing.
 */
#include <stdio.h>
#include <string.h>

#include "answers_put.h"
#include "camera_words.h"
#include "state/camera.h"
#include "state/policy.h"
#include "util/parse.h"
#include "util/text.h"
#include "view.h"

#define LIST_MAX 160

/* One that is declared, and what was seen of it. */
struct declared {
	const struct nw_allowed *allowed; /* or */
	const struct nw_listener_decl *listener;
	struct nw_network from; /* the listener's */
	unsigned views;
	bool is_sure; /* one of them was watched for sure, not possibly */
	uint64_t bytes;
	char cameras[LIST_MAX], by[LIST_MAX];
};

struct sums {
	unsigned declared, did, could, for_all;
};

/* ---- what is declared ------------------------------------------------------------------------- */

/* A name may be anywhere; so may a network be whose two ends are not both inside. */
static bool is_outside(const struct nw_config *c, const char *text, struct nw_network *ret)
{
	uint8_t last[16];

	if (nw_parse_network(text, ret) < 0) {
		return true;
	}
	memcpy(last, ret->addr, sizeof(last));
	for (unsigned bit = ret->bits; bit < 128; bit++) {
		last[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	}
	return !nw_config_is_inside(c, ret->addr) || !nw_config_is_inside(c, last);
}

/* ---- what was seen ---------------------------------------------------------------------------- */

static bool is_live_outside(const struct nw_view *v)
{
	return !v->is_ingest && !v->is_inside && !v->is_recorded && !v->files && v->cameras;
}

static bool is_of(const struct declared *d, const struct nw_view *v)
{
	return d->allowed ? v->allowed == d->allowed
			  : !v->is_outbound && v->port == d->listener->port &&
				    nw_network_has(&d->from, v->raddr);
}

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p++) {
		if ((p == list || p[-1] == ' ') && (p[n] == ',' || !p[n])) {
			return true;
		}
	}
	return false;
}

/* Each once, as long as there is room. */
static void add_word(char list[LIST_MAX], const char *word)
{
	size_t n = strlen(list);

	if (word[0] && !has_word(list, word) && n + strlen(word) + 3 < LIST_MAX) {
		(void)snprintf(list + n, LIST_MAX - n, "%s%s", n ? ", " : "", word);
	}
}

static void add_view(struct declared *d, const struct nw_state *st, const struct nw_view *v)
{
	enum nw_view_how how = nw_view_how(v);
	char label[NW_CAMERA_LABEL];

	d->views++;
	d->is_sure = d->is_sure || how == NW_VIEW_ONLY || how == NW_VIEW_BYTES;
	d->bytes += v->tx;
	for (unsigned i = 0; i < v->cameras; i++) {
		const struct nw_camera *c = nw_camera_find(st, v->camera[i]);

		if (c) {
			nw_camera_label(c, label);
			add_word(d->cameras, label);
		}
	}
	add_word(d->by, v->who);
}

static void look(struct declared *d, const struct nw_state *st)
{
	const struct nw_view *v;

	for (unsigned i = 0; (v = nw_view_row(&i));) {
		if (is_live_outside(v) && is_of(d, v)) {
			add_view(d, st, v);
		}
	}
}

/* ---- telling ---------------------------------------------------------------------------------- */

static void tell(json_object *rows, const struct nw_state *st, struct declared *d, struct sums *n)
{
	const struct nw_allowed *a = d->allowed;
	json_object *row = json_object_new_object();
	char port[24] = "any";

	look(d, st);
	n->declared++;
	n->did += d->is_sure;
	n->could += d->views && !d->is_sure;
	if (!a) {
		(void)snprintf(port, sizeof(port), "%u/%s", d->listener->port, d->listener->proto);
	} else if (a->port) {
		(void)snprintf(port, sizeof(port), "%u", a->port);
	}
	nw_answer_text(row, "may watch", a ? a->to : d->listener->from);
	nw_answer_text(row, "declared in", a ? "allowed" : "listeners");
	nw_answer_text(row, "port", port);
	nw_answer_text(row, "program", a && a->program ? a->program : "");
	nw_answer_text(row, "why", a && a->why ? a->why : "");
	nw_answer_text(row, "did", d->is_sure ? "yes" : d->views ? "possibly" : "not seen");
	nw_answer_number(row, "bytes", d->bytes);
	nw_answer_text(row, "cameras", d->cameras);
	nw_answer_put(row, "by", json_object_new_string(d->by));
	(void)json_object_array_add(rows, row);
}

static void tell_listeners(json_object *rows, const struct nw_state *st, struct sums *n)
{
	const struct nw_config *c = nw_state_config(st);

	for (unsigned i = 0; i < c->listeners_count; i++) {
		struct declared d = { .listener = &c->listeners[i] };

		n->for_all += !d.listener->from;
		if (d.listener->from && is_outside(c, d.listener->from, &d.from)) {
			tell(rows, st, &d, n);
		}
	}
}

static void tell_allowed(json_object *rows, const struct nw_state *st, struct sums *n)
{
	const struct nw_config *c = nw_state_config(st);

	for (unsigned i = 0; i < c->allowed_count; i++) {
		struct declared d = { .allowed = &c->allowed[i] };
		struct nw_network net;

		if (is_outside(c, c->allowed[i].to, &net)) {
			tell(rows, st, &d, n);
		}
	}
}

void nw_answer_viewers(json_object *answer, const struct nw_state *st)
{
	json_object *before = json_object_object_get(answer, "answer");
	json_object *rows = json_object_new_array();
	struct sums n = { 0 };
	char who[160] = "Nobody is declared to be allowed to watch from outside.";
	char ports[96] = "";

	nw_view_table_end(st);
	tell_listeners(rows, st, &n);
	tell_allowed(rows, st, &n);
	if (n.declared) {
		(void)snprintf(who, sizeof(who),
			       "%u declared to be allowed to watch from outside, or to be sent to: "
			       "%u of them did, %u possibly.",
			       n.declared, n.did, n.could);
	}
	if (n.for_all) {
		(void)snprintf(ports, sizeof(ports),
			       " %u port%s declared for everybody, which names no viewer.",
			       n.for_all, n.for_all == 1 ? " is" : "s are");
	}
	nw_answer_put(answer, "declared viewers", rows);
	nw_answer_say(answer, "%s %s%s", json_object_get_string(before), who, ports);
}
