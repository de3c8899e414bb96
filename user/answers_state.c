/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers from state: the cameras and their makers, what is declared, and which requirements are met.
 * A requirement is met only as far as was looked: "nothing against it" is what was seen, no promise.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "answers_put.h"
#include "camera_words.h"
#include "found.h"
#include "show.h"
#include "state/camera.h"
#include "state/coverage.h"
#include "state/maker.h"
#include "state/policy.h"
#include "util/text.h"

/* ---- which cameras ---------------------------------------------------------------------------- */

static void put_reader(json_object *row, const struct nw_camera *c)
{
	char reader[64] = "";

	if (c->reader.tgid) {
		(void)snprintf(reader, sizeof(reader), "%s[%u]", c->reader_name, c->reader.tgid);
	}
	nw_answer_text(row, "read by", reader);
}

static void put_mac(json_object *row, const struct nw_camera *c)
{
	char mac[18] = "";

	if (c->has_mac) {
		(void)snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", c->mac[0],
			       c->mac[1], c->mac[2], c->mac[3], c->mac[4], c->mac[5]);
	}
	nw_answer_text(row, "MAC", mac);
}

static json_object *camera_row(const struct nw_state *st, const struct nw_camera *c)
{
	json_object *row = json_object_new_object();
	enum nw_maker_basis basis;
	const char *maker = nw_camera_maker(st, c, &basis);
	char label[NW_CAMERA_LABEL];
	char addr[NW_ADDR_TEXT];
	char protocols[96];

	nw_camera_label(c, label);
	nw_addr_text(addr, c->addr);
	nw_answer_text(row, "camera", label);
	nw_answer_text(row, "address", addr);
	put_mac(row, c);
	nw_answer_text(row, "maker", maker);
	nw_answer_text(row, "maker known by", maker[0] ? nw_maker_basis_name(basis) : "");
	nw_answer_text(row, "brand", c->brand);
	nw_answer_text(row, "model", c->model);
	nw_answer_text(row, "speaks", nw_words_protocols(c, protocols));
	nw_answer_text(row, "encrypted", nw_words_encryption(c));
	put_reader(row, c);
	nw_answer_number(row, "bytes", c->rx_bytes);
	nw_answer_put(row, "sends media", json_object_new_boolean(c->media_ns != 0));
	nw_answer_number(row, "confidence", c->confidence);
	return row;
}

/* How many of a maker; a device's second address is no second device. */
static unsigned count_of(const struct nw_camera *const *list, unsigned n, const struct nw_state *st,
			 const char *id)
{
	enum nw_maker_basis basis;
	unsigned count = 0;

	for (unsigned i = 0; i < n; i++) {
		count += strcmp(nw_camera_maker(st, list[i], &basis), id) == 0 &&
			 !nw_camera_same(st, list[i]);
	}
	return count;
}

static void put_restrictions(json_object *rows, const struct nw_state *st, const char *id)
{
	const struct nw_restriction *r = NULL;

	while ((r = nw_restriction_next(st, id, r))) {
		json_object *row = json_object_new_object();

		nw_answer_text(row, "maker", id);
		nw_answer_text(row, "where", r->where);
		nw_answer_text(row, "since", r->since);
		nw_answer_text(row, "what", r->what);
		(void)json_object_array_add(rows, row);
	}
}

/* Each maker once: where its first camera stands. */
static void put_makers(json_object *answer, const struct nw_state *st,
		       const struct nw_camera *const *list, unsigned n)
{
	json_object *makers = json_object_new_array();
	json_object *restrictions = json_object_new_array();

	for (unsigned i = 0; i < n; i++) {
		enum nw_maker_basis basis;
		const char *id = nw_camera_maker(st, list[i], &basis);
		const struct nw_maker *m = nw_maker_find(st, id);
		json_object *row;

		if (nw_camera_same(st, list[i]) || count_of(list, i, st, id) > 0) {
			continue;
		}
		row = json_object_new_object();
		nw_answer_text(row, "maker", id[0] ? id : "not known");
		nw_answer_text(row, "name", m ? m->name : "");
		nw_answer_number(row, "cameras", count_of(list, n, st, id));
		(void)json_object_array_add(makers, row);
		put_restrictions(restrictions, st, id);
	}
	nw_answer_put(answer, "makers", makers);
	nw_answer_put(answer, "restrictions", restrictions);
}

/* "2 of hikvision, 1 of axis, 1 of a maker that is not known" */
static void list_makers(json_object *answer, char *buf, size_t size)
{
	json_object *makers = json_object_object_get(answer, "makers");
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < json_object_array_length(makers) && n < size; i++) {
		json_object *row = json_object_array_get_idx(makers, i);
		const char *id = json_object_get_string(json_object_object_get(row, "maker"));

		if (strcmp(id, "not known") == 0) {
			id = "a maker that is not known";
		}
		n += (size_t)snprintf(
			buf + n, size - n, "%s%s of %s", i ? ", " : ": ",
			json_object_get_string(json_object_object_get(row, "cameras")), id);
	}
}

void nw_answer_cameras(json_object *answer, const struct nw_state *st)
{
	const struct nw_camera *list[NW_CAMERAS_MAX];
	json_object *rows = json_object_new_array();
	unsigned n = nw_show_cameras(st, list);
	unsigned devices = 0;
	char makers[384];

	for (unsigned i = 0; i < n; i++) {
		(void)json_object_array_add(rows, camera_row(st, list[i]));
		devices += !nw_camera_same(st, list[i]);
	}
	nw_answer_put(answer, "cameras", rows);
	put_makers(answer, st, list, n);
	list_makers(answer, makers, sizeof(makers));
	nw_answer_say(answer, "%u camera%s had contact with this host%s.", devices,
		      devices == 1 ? "" : "s", makers);
}

/* ---- what can be closed ------------------------------------------------------------------------ */

void nw_answer_closing(json_object *answer, const struct nw_state *st)
{
	const struct nw_config *c = nw_state_config(st);

	nw_answer_say(
		answer,
		"Not by this version: it observes and refuses nothing. %u destinations and %u "
		"listening ports are declared; what is not declared is what a firewall would have to "
		"refuse.",
		c->allowed_count, c->listeners_count);
}

/* ---- which requirements are met ---------------------------------------------------------------- */

static void require(json_object *rows, const char *what, const char *met, const char *fmt, ...)
	NW_PRINTF(4, 5);

static void require(json_object *rows, const char *what, const char *met, const char *fmt, ...)
{
	json_object *row = json_object_new_object();
	char text[NW_ANSWER_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	nw_answer_text(row, "requirement", what);
	nw_answer_text(row, "met", met);
	nw_answer_text(row, "evidence", text);
	(void)json_object_array_add(rows, row);
}

static void require_silence(json_object *rows, const char *what, const char *word, bool was_looked)
{
	struct nw_answer_count n = nw_answer_findings(word);

	require(rows, what,
		n.alerts      ? "no"
		: !was_looked ? "cannot be told"
		: n.others    ? "nothing against it but what is for information"
			      : "nothing against it was seen",
		"%u alerts, %u findings for information", n.alerts, n.others);
}

static void require_encryption(json_object *rows, const struct nw_camera *const *list, unsigned n)
{
	unsigned yes = 0;
	unsigned no = 0;

	for (unsigned i = 0; i < n; i++) {
		yes += list[i]->encrypted == NW_ENCRYPTED_YES;
		no += list[i]->encrypted == NW_ENCRYPTED_NO;
	}
	require(rows, "Cameras send their pictures encrypted",
		no		? "no"
		: n && yes == n ? "yes"
				: "cannot be told",
		"%u encrypted, %u in the clear, of %u nothing was read", yes, no, n - yes - no);
}

static void require_makers(json_object *rows, const struct nw_state *st,
			   const struct nw_camera *const *list, unsigned n)
{
	unsigned restricted = 0;
	unsigned unknown = 0;

	for (unsigned i = 0; i < n; i++) {
		enum nw_maker_basis basis;
		const char *id = nw_camera_maker(st, list[i], &basis);

		unknown += !id[0];
		restricted += nw_restriction_next(st, id, NULL) != NULL;
	}
	require(rows, "No camera is of a maker that a law or an order restricts",
		restricted	? "no"
		: !n || unknown ? "cannot be told"
				: "nothing against it was seen",
		"%u of such makers, by the catalogue; of %u of %u the maker is not known",
		restricted, unknown, n);
}

static void require_declared(json_object *rows, const struct nw_state *st,
			     const struct nw_camera *const *list, unsigned n)
{
	const struct nw_config *c = nw_state_config(st);
	unsigned declared = 0;

	for (unsigned i = 0; i < n; i++) {
		declared += list[i]->declared != NULL;
	}
	require(rows, "Cameras and recorders are declared",
		n && declared == n && c->recorders_count ? "yes" : "no",
		"%u of %u cameras seen, %u recorders", declared, n, c->recorders_count);
}

static void require_whole(json_object *rows, const struct nw_state *st, uint64_t lost)
{
	struct nw_coverage c;

	nw_coverage_of_session(st, &c);
	require(rows, "What this report rests on was seen whole",
		c.observed_ns && c.full_ns == c.observed_ns && !lost ? "yes" : "no",
		"%.1f s observed, %.1f s of them whole; %" PRIu64 " things were lost",
		(double)c.observed_ns / 1e9, (double)c.full_ns / 1e9, lost);
}

#define HISTORY_MAX 160

/* Of earlier sessions, when any was kept. */
static void say_history(const struct nw_state *st, char ret[HISTORY_MAX])
{
	struct nw_coverage c;

	nw_coverage_of_all(st, &c);
	ret[0] = '\0';
	if (c.starts > 1 && c.window_ns) {
		(void)snprintf(
			ret, HISTORY_MAX,
			" Since the first day, %.1f days ago, %.1f %% of the time was observed in "
			"%u sessions, and %.1f %% whole.",
			(double)c.window_ns / 86400e9,
			(double)c.observed_ns * 100 / (double)c.window_ns, c.starts,
			(double)c.full_ns * 100 / (double)c.window_ns);
	}
}

static uint64_t put_losses(json_object *answer, const struct nw_state *st)
{
	json_object *losses = json_object_new_object();
	uint64_t lost = 0;

	for (int i = 0; i < _NW_LOSS_MAX; i++) {
		uint64_t n = nw_state_loss(st, (enum nw_loss)i);

		lost += n;
		if (n) {
			nw_answer_number(losses, nw_loss_name((enum nw_loss)i), n);
		}
	}
	nw_answer_put(answer, "losses", losses);
	return lost;
}

void nw_answer_requirements(json_object *answer, const struct nw_state *st)
{
	const struct nw_camera *list[NW_CAMERAS_MAX];
	json_object *rows = json_object_new_array();
	char history[HISTORY_MAX];
	char root[NW_FACT_VALUE_MAX + 2];
	unsigned n = nw_show_cameras(st, list);
	uint64_t lost = put_losses(answer, st);
	char untold[64] = "";
	struct nw_coverage c;

	require_silence(rows, "Nobody outside gets a live picture", "live", true);
	require_silence(rows, "No recording leaves but where that is declared", "afterwards",
			nw_root_said(st, 0, root));
	require_silence(rows, "There is no way in that nobody declared", "back door", true);
	require_encryption(rows, list, n);
	require_makers(rows, st, list, n);
	require_declared(rows, st, list, n);
	require_silence(rows, "What watches was neither touched nor blind", "trust", true);
	require_whole(rows, st, lost);
	nw_answer_put(answer, "requirements", rows);
	nw_coverage_of_session(st, &c);
	say_history(st, history);
	if (nw_found_lost()) {
		(void)snprintf(untold, sizeof(untold),
			       " %" PRIu64 " findings found no room in this report.",
			       nw_found_lost());
	}
	nw_answer_say(
		answer,
		"As the table says, for this host and this time: %.1f s were observed, %.1f s of them "
		"whole; %" PRIu64 " things were lost.%s%s",
		(double)c.observed_ns / 1e9, (double)c.full_ns / 1e9, lost, untold, history);
}
