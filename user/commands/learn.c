/* SPDX-License-Identifier: Apache-2.0 */
/*
 * learn: a policy from what was seen, for a person to read, edit and accept: cameras, recorders,
 * destinations outside, listening ports and services, each row with why it is there. Who an alert speaks
 * against stands in comments alone: whoever is already there is not learnt in silence. Prints YAML; owns
 * a bounded table of rows, and what finds no room in it is said.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "against.h"
#include "commands/command.h"
#include "dest.h"
#include "found.h"
#include "policy_text.h"
#include "show.h"
#include "site_seen.h"
#include "starts.h"
#include "state/camera.h"
#include "state/coverage.h"
#include "state/policy.h"
#include "util/text.h"

#define ROWS_MAX	 2048
#define DEFAULT_DURATION (60 * NW_NSEC_PER_SEC)
#define PICTURE		 131072 /* bytes: who got less of a camera asked how it is */

/* One line of the policy. */
struct row {
	char exe[256]; /* of the program; "" = not known */
	char to[256];  /* allowed: name or address */
	char unit[64];
	char starter[256]; /* program that started it, where that is known */
	uint16_t port;
	uint16_t proto;
	uint64_t count; /* flows, or sightings */
	uint64_t sent, received;
};

struct rows {
	struct row *row;
	unsigned used;
	uint64_t lost;
};

static struct {
	struct rows allowed, recorders, listeners;
	struct nw_against *against;
	struct nw_starts *starts;
	struct nw_site_seen *site;
	void *found; /* of nw_found_sink */
} seen;

static struct row *row_of(struct rows *rows, const struct row *key)
{
	for (unsigned i = 0; i < rows->used; i++) {
		struct row *r = &rows->row[i];

		if (r->port == key->port && r->proto == key->proto &&
		    strcmp(r->exe, key->exe) == 0 && strcmp(r->to, key->to) == 0) {
			return r;
		}
	}
	if (rows->used == ROWS_MAX) {
		rows->lost++;
		return NULL;
	}
	rows->row[rows->used] = *key;
	return &rows->row[rows->used++];
}

static void set_program(struct row *key, const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_proc *starter = p ? nw_proc_find(st, &p->parent_id) : NULL;

	if (p) {
		(void)snprintf(key->exe, sizeof(key->exe), "%s", p->exe);
		(void)snprintf(key->unit, sizeof(key->unit), "%s", p->unit);
	}
	if (starter) {
		(void)snprintf(key->starter, sizeof(key->starter), "%s", starter->exe);
	}
}

/* ---- what is seen ---------------------------------------------------------------------------- */

static struct row key_of_flow(const struct nw_state *st, const struct nw_flow *f)
{
	struct row key = { .port = f->is_outbound ? f->rport : f->lport, .proto = f->proto };
	char addr[NW_ADDR_TEXT];

	set_program(&key, st, f->owner);
	nw_addr_text(addr, f->raddr);
	(void)snprintf(key.to, sizeof(key.to), "%s", f->name[0] ? f->name : addr);
	return key;
}

static void on_flow(const struct nw_output *out)
{
	const struct nw_flow *f = out->flow;
	struct row key = key_of_flow(out->state, f);
	struct row *r = NULL;

	nw_site_seen_flow(seen.site, out->state, f);
	if (nw_camera_of(out->state, f)) {
		key.to[0] = '\0';
		key.port = key.proto = 0;
		r = row_of(&seen.recorders, &key);
	} else if (!f->is_inside && f->is_outbound && !nw_policy_allowed(out->state, f) &&
		   !nw_dest_is_declared_service(out->state, f)) {
		r = row_of(&seen.allowed, &key);
	}
	if (r) {
		r->count += f->told_count == 0;
		r->sent += f->tx_bytes - f->told_tx_bytes;
		r->received += f->rx_bytes - f->told_rx_bytes;
	}
}

static bool is_loopback(const struct nw_listener *l)
{
	static const uint8_t one[16] = { [15] = 1 };

	return memcmp(l->addr, one, sizeof(one)) == 0 ||
	       (nw_addr_is_v4(l->addr) && l->addr[12] == 127);
}

/* Who asks for any port gets another one the next time: such a row would say nothing. */
static void on_listener(const struct nw_output *out)
{
	const struct nw_listener *l = out->listener;
	struct row key = { .count = 0 };
	struct row *r;

	if (!l || out->covert || is_loopback(l) ||
	    (l->proto != IPPROTO_TCP && l->proto != IPPROTO_UDP) ||
	    nw_policy_listener(out->state, l->proto, l->port, NULL)) {
		return;
	}
	key.port = l->port;
	key.proto = l->proto;
	set_program(&key, out->state, l->owner);
	r = row_of(&seen.listeners, &key);
	if (r) {
		r->count++;
	}
}

static int open_rows(const struct nw_sink_options *options, void **ret)
{
	struct rows *const all[] = { &seen.allowed, &seen.recorders, &seen.listeners };

	for (size_t i = 0; i < NW_ARRAY_SIZE(all); i++) {
		all[i]->row = calloc(ROWS_MAX, sizeof(*all[i]->row));
		if (!all[i]->row) {
			return -1;
		}
	}
	*ret = &seen;
	if (nw_against_new(&seen.against) < 0 || nw_starts_new(&seen.starts) < 0 ||
	    nw_site_seen_new(&seen.site) < 0) {
		return -1;
	}
	return nw_found_sink.open(options, &seen.found);
}

static int write_row(void *self, const struct nw_output *out)
{
	(void)self;
	if (out->dataset == NW_DATASET_FLOW) {
		on_flow(out);
	} else if (out->dataset == NW_DATASET_LISTENER) {
		on_listener(out);
	} else if (out->dataset == NW_DATASET_PROCESS) {
		nw_starts_proc(seen.starts, out->state, out->proc);
	} else {
		nw_against_finding(seen.against, out->finding);
		return nw_found_sink.write(seen.found, out);
	}
	return 0;
}

static void close_rows(void *self)
{
	(void)self;
	free(seen.allowed.row);
	free(seen.recorders.row);
	free(seen.listeners.row);
	nw_against_free(seen.against);
	nw_starts_free(seen.starts);
	nw_site_seen_free(seen.site);
	nw_found_sink.close(seen.found);
	memset(&seen, 0, sizeof(seen));
}

static const struct nw_sink learn_sink = {
	.name = "learn",
	.doc = "rows of a policy",
	.open = open_rows,
	.write = write_row,
	.close = close_rows,
};

/* ---- the policy ------------------------------------------------------------------------------ */

/* A name that was seen may be written as all names below another, or as a network: as a row it
 * would allow these. */
static bool is_one(const char *to)
{
	return nw_policy_is_plain(to) && !strpbrk(to, "*/");
}

/* What has no path can't be named in a row, which then would be for every program. */
static bool is_nameless(const char *exe)
{
	return exe[0] && exe[0] != '/';
}

/* The indicator that speaks against it, or against who started it (scp has its ssh connect); NULL:
 * none does. */
static const char *against_who(const struct row *r, const char *to, uint16_t listens)
{
	const char *rule = nw_against_whom(seen.against, r->exe, to, listens);

	return rule ? rule : nw_against_whom(seen.against, r->starter, "", 0);
}

static const char *against(const struct row *r)
{
	return against_who(r, r->to, 0);
}

static bool is_accepted(const struct row *r)
{
	return !against(r) && nw_policy_is_plain(r->exe) && !is_nameless(r->exe) && is_one(r->to);
}

static void print_front(bool is_in_force)
{
	(void)printf("  %s- {", is_in_force ? "" : "# not accepted: ");
}

/* Behind a row, as its comment: who speaks against it, and what is to be known of it. */
static void print_back(const char *rule, const char *what)
{
	char text[300];

	(void)nw_text_escape(text, sizeof(text), what, strlen(what));
	(void)printf("}%s%s%s%s\n", rule || text[0] ? " # " : "", rule ? rule : "",
		     rule && text[0] ? ", " : "", text);
}

static void print_destination(const struct row *r)
{
	char sent[8];
	char received[8];

	nw_text_bytes(sent, r->sent);
	nw_text_bytes(received, r->received);
	print_front(is_accepted(r));
	nw_policy_print("to: ", r->to);
	if (r->port) {
		(void)printf(", port: %u", r->port);
	}
	if (r->exe[0] == '/') {
		(void)printf(", ");
		nw_policy_print("program: ", r->exe);
	}
	(void)printf(", why: \"seen %" PRIu64 " times, sent %s, received %s\"", r->count, sent,
		     received);
	print_back(against(r), "");
}

/* What its row has to say of it: all else that a recorder starts is nobody's business. */
static bool is_to_say(const struct nw_start *s, const struct row *recorder)
{
	bool fetches = false;

	for (unsigned i = 0; i < seen.allowed.used; i++) {
		fetches = fetches || strcmp(seen.allowed.row[i].exe, s->started) == 0;
	}
	return strcmp(s->who, recorder->exe) == 0 && (s->runs_text || fetches);
}

static const char *against_start(const struct nw_start *s)
{
	const char *rule = nw_against_whom(seen.against, s->started, "", 0);

	return rule				 ? rule
	       : s->started[0] != '/'		 ? "no path"
	       : !nw_policy_is_plain(s->started) ? "its name"
						 : NULL;
}

static void print_starts(const struct row *recorder)
{
	const struct nw_start *s;
	unsigned n = 0;

	(void)printf(", starts: [");
	for (unsigned i = 0; (s = nw_starts_at(seen.starts, i)); i++) {
		if (is_to_say(s, recorder) && !against_start(s)) {
			nw_policy_print(n++ ? ", " : "", s->started);
		}
	}
	(void)printf(n ? "]" : NW_STARTS_NOTHING "]");
}

static void print_bad_starts(const struct row *recorder)
{
	const struct nw_start *s;

	for (unsigned i = 0; (s = nw_starts_at(seen.starts, i)); i++) {
		if (is_to_say(s, recorder) && against_start(s)) {
			nw_policy_print("  # not accepted among what it starts: ", s->started);
			(void)printf(" # %s\n", against_start(s));
		}
	}
}

static void print_recorder(const struct row *r)
{
	print_front(is_accepted(r));
	nw_policy_print("name: ", strrchr(r->exe, '/') + 1);
	(void)printf(", exe: [");
	nw_policy_print("", r->exe);
	(void)printf("]");
	if (r->unit[0] && nw_policy_is_plain(r->unit)) {
		(void)printf(", ");
		nw_policy_print("unit: ", r->unit);
	}
	print_starts(r);
	print_back(against(r), "");
	print_bad_starts(r);
}

static const char *against_listener(const struct row *r)
{
	return against_who(r, "", r->port);
}

static void print_listener(const struct row *r)
{
	print_front(!against_listener(r));
	(void)printf("port: %u, proto: %s", r->port, r->proto == IPPROTO_UDP ? "udp" : "tcp");
	print_back(against_listener(r), r->exe);
}

static bool is_recorder(const struct row *r)
{
	return r->exe[0] == '/' && r->received >= PICTURE;
}

static void print_recorders(void)
{
	unsigned in_force = 0;

	for (unsigned i = 0; i < seen.recorders.used; i++) {
		const struct row *r = &seen.recorders.row[i];

		in_force += is_recorder(r) && is_accepted(r);
	}
	nw_policy_print_list("recorders", "programs that read cameras", in_force);
	for (unsigned i = 0; i < seen.recorders.used; i++) {
		if (is_recorder(&seen.recorders.row[i])) {
			print_recorder(&seen.recorders.row[i]);
		}
	}
}

/* It stands among the services. */
static bool is_service(const struct row *r)
{
	return nw_site_seen_has(seen.site, seen.against, r->to, r->port);
}

static void print_allowed(void)
{
	unsigned in_force = 0;

	for (unsigned i = 0; i < seen.allowed.used; i++) {
		in_force += !is_service(&seen.allowed.row[i]) && is_accepted(&seen.allowed.row[i]);
	}
	nw_policy_print_list("allowed", "destinations outside that nobody declared yet", in_force);
	for (unsigned i = 0; i < seen.allowed.used; i++) {
		if (!is_service(&seen.allowed.row[i])) {
			print_destination(&seen.allowed.row[i]);
		}
	}
}

static void print_cameras(const struct nw_state *st)
{
	const struct nw_camera *c = NULL;
	unsigned n = 0;

	while ((c = nw_camera_next(st, c))) {
		n += !c->declared;
	}
	(void)printf("cameras:%s # found by what they send\n", n ? "" : " []");
	while ((c = nw_camera_next(st, c))) {
		char addr[NW_ADDR_TEXT];

		if (!c->declared) {
			nw_addr_text(addr, c->addr);
			(void)printf("  - {address: \"%s\"} # sure by %u %%\n", addr,
				     c->confidence);
		}
	}
}

static void print_listeners(const struct nw_state *st)
{
	const char *range = nw_fact_find(st, "net.port_range");
	unsigned long low = range ? strtoul(range, NULL, 10) : 32768;
	unsigned in_force = 0;

	for (unsigned i = 0; i < seen.listeners.used; i++) {
		const struct row *r = &seen.listeners.row[i];

		in_force += r->port < low && !against_listener(r);
	}
	nw_policy_print_list(
		"listeners",
		"ports that programs listen on, but not those that the kernel gives out", in_force);
	for (unsigned i = 0; i < seen.listeners.used; i++) {
		if (seen.listeners.row[i].port < low) {
			print_listener(&seen.listeners.row[i]);
		}
	}
}

/* No row silences an alert that was there already, and what is only provisional is seen by whom it is
 * to be accepted. */
static void print_findings(void)
{
	const struct nw_found **order = nw_found_order();

	if (nw_found_count()) {
		(void)printf("# What indicators had to say meanwhile, the gravest first:\n");
	}
	for (unsigned i = 0; order && i < nw_found_count(); i++) {
		const struct nw_found *f = order[i];

		(void)printf("#   %3u %-18s %s %s: %s\n", f->score, f->rule, f->who, f->peer,
			     f->reason);
	}
	free(order);
}

static void print_policy(void *ctx, const struct nw_pipeline *p)
{
	const struct nw_state *st = nw_pipeline_state(p);
	uint64_t lost = seen.allowed.lost + seen.recorders.lost + seen.listeners.lost +
			nw_starts_lost(seen.starts) + nw_site_seen_lost(seen.site);
	struct nw_coverage c;

	(void)ctx;
	nw_coverage_of_session(st, &c);
	(void)printf(
		"# What was seen in %.0f s (%.0f s of them whole). Nothing of it is in force before somebody has\n"
		"# read it and put it beside the configuration as " NW_POLICY_NAME ".\n",
		(double)c.observed_ns / 1e9, (double)c.full_ns / 1e9);
	print_cameras(st);
	print_recorders();
	print_allowed();
	print_listeners(st);
	nw_site_seen_print(seen.site, st, seen.against);
	print_findings();
	if (lost) {
		(void)printf("# %" PRIu64 " more found no room here\n", lost);
	}
}

static int learn_run(const struct nw_options *opt)
{
	struct nw_show show = { .opt = opt,
				.only = 1U << NW_DATASET_FLOW | 1U << NW_DATASET_LISTENER |
					1U << NW_DATASET_PROCESS | 1U << NW_DATASET_FINDING,
				.sink = &learn_sink,
				.is_document = true };

	return nw_show_table(&show, DEFAULT_DURATION, print_policy);
}

const struct nw_command nw_command_learn = {
	.name = "learn",
	.args = "",
	.doc = "a policy from what was seen, as YAML for people to read, edit and accept",
	.flags = "gdfcbni",
	.run = learn_run,
};
