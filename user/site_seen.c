/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that several programs ask, or one that is inside, is the site's: a program that brings its
 * own is alone with it. Whoever answers with 48 bytes for each 48 tells the time and nothing else. Owns
 * a table of servers, and copies what it keeps.
 */
#include "site_seen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dest.h"
#include "policy_text.h"
#include "state/policy.h"
#include "util/text.h"

#define SERVERS_MAX 256
#define DNS_PORT    53
#define NTP_PORT    123

struct server {
	char to[256]; /* of names: the address; of time: the name that was asked for, if there was one */
	char addr[NW_ADDR_TEXT];
	char exe[256]; /* of the first program that asked */
	uint16_t port;
	bool is_inside, has_others; /* others asked, too */
	bool is_other;		    /* it said more, or less, than the time */
};

struct nw_site_seen {
	struct server server[SERVERS_MAX];
	unsigned used;
	uint64_t lost;
};

int nw_site_seen_new(struct nw_site_seen **ret)
{
	struct nw_site_seen *s = calloc(1, sizeof(*s));

	if (!s) {
		return -ENOMEM;
	}
	*ret = s;
	return 0;
}

void nw_site_seen_free(struct nw_site_seen *s)
{
	free(s);
}

uint64_t nw_site_seen_lost(const struct nw_site_seen *s)
{
	return s->lost;
}

/* ---- what is seen ----------------------------------------------------------------------------- */

static struct server *server_of(struct nw_site_seen *s, const char *to, uint16_t port)
{
	for (unsigned i = 0; i < s->used; i++) {
		if (s->server[i].port == port && strcmp(s->server[i].to, to) == 0) {
			return &s->server[i];
		}
	}
	if (s->used == SERVERS_MAX) {
		s->lost++;
		return NULL;
	}
	(void)snprintf(s->server[s->used].to, sizeof(s->server[0].to), "%s", to);
	s->server[s->used].port = port;
	return &s->server[s->used++];
}

void nw_site_seen_flow(struct nw_site_seen *s, const struct nw_state *st, const struct nw_flow *f)
{
	const char *exe = f->owner ? f->owner->exe : "";
	char addr[NW_ADDR_TEXT];
	struct server *r;

	if (!f->is_outbound || (f->rport != DNS_PORT && f->rport != NTP_PORT) || !f->rx_bytes ||
	    nw_flow_stays_here(f) || nw_dest_is_declared_service(st, f)) {
		return;
	}
	nw_addr_text(addr, f->raddr);
	r = server_of(s, f->rport == NTP_PORT && f->name[0] ? f->name : addr, f->rport);
	if (!r) {
		return;
	}
	if (!r->addr[0]) {
		(void)snprintf(r->exe, sizeof(r->exe), "%s", exe);
	}
	memcpy(r->addr, addr, sizeof(r->addr));
	r->has_others = r->has_others || strcmp(r->exe, exe) != 0;
	r->is_inside = f->is_inside;
	r->is_other = r->is_other || (f->rport == NTP_PORT && !nw_dest_is_time(f));
}

/* ---- the policy ------------------------------------------------------------------------------- */

/* Why it is not in force; NULL: it is. */
static const char *why_not(const struct server *r, const struct nw_against *a)
{
	const char *rule = nw_against_whom(a, "", r->to, 0);

	rule = rule ? rule : nw_against_whom(a, "", r->addr, 0);
	if (!rule && !r->has_others) {
		rule = nw_against_whom(a, r->exe, "", 0);
	}
	if (rule) {
		return rule;
	}
	if (!nw_policy_is_plain(r->to) || strpbrk(r->to, "*/")) {
		return "its name";
	}
	if (r->port == NTP_PORT) {
		return r->is_other ? "not only the time" : NULL;
	}
	return r->is_inside || r->has_others ? NULL : "one program alone asks it";
}

bool nw_site_seen_has(const struct nw_site_seen *s, const struct nw_against *a, const char *to,
		      uint16_t port)
{
	for (unsigned i = 0; i < s->used; i++) {
		const struct server *r = &s->server[i];

		/* a resolver is known by its address alone, whatever it is called */
		if (r->port == port && (strcmp(r->to, to) == 0 || strcmp(r->addr, to) == 0) &&
		    !why_not(r, a)) {
			return true;
		}
	}
	return false;
}

static void print_server(const struct server *r, const struct nw_against *a)
{
	const char *why = why_not(r, a);
	char exe[300];

	(void)nw_text_escape(exe, sizeof(exe), r->exe, strlen(r->exe));
	nw_policy_print(why ? "  # not accepted: - " : "  - ", r->to);
	(void)printf(" # %s%sasked by %s%s\n", why ? why : "", why ? ", " : "", exe[0] ? exe : "?",
		     r->has_others ? " and others" : "");
}

static void print_servers(const struct nw_site_seen *s, const struct nw_against *a, uint16_t port,
			  const char *key, const char *what)
{
	unsigned in_force = 0;

	for (unsigned i = 0; i < s->used; i++) {
		in_force += s->server[i].port == port && !why_not(&s->server[i], a);
	}
	nw_policy_print_list(key, what, in_force);
	for (unsigned i = 0; i < s->used; i++) {
		if (s->server[i].port == port) {
			print_server(&s->server[i], a);
		}
	}
}

static bool is_written(const struct nw_state *st, unsigned root)
{
	const struct nw_rec *r = NULL;

	while ((r = nw_rec_next(st, NULL, r)) && !(r->root == root && r->is_written)) {
	}
	return r;
}

/* The i-th folder that is watched; NULL behind the last. */
static const char *root_at(const struct nw_state *st, unsigned i, char ret[NW_FACT_VALUE_MAX])
{
	char key[16] = "files.";
	const char *value;

	key[6 + nw_text_u64(key + 6, i)] = '\0';
	value = nw_fact_find(st, key);
	if (!value) {
		return NULL;
	}
	(void)snprintf(ret, NW_FACT_VALUE_MAX, "%.*s", (int)strcspn(value, "\n"), value);
	return ret;
}

/* All that are watched now: with fewer rows the others would be watched no more. */
static void print_roots(const struct nw_state *st)
{
	bool is_declared = nw_state_config(st)->recording_roots_count > 0;
	char root[NW_FACT_VALUE_MAX];
	unsigned in_force = 0;

	for (unsigned i = 0; !is_declared && root_at(st, i, root); i++) {
		in_force += nw_policy_is_plain(root);
	}
	nw_policy_print_list("recording_roots", "folders of recordings that are watched", in_force);
	for (unsigned i = 0; !is_declared && root_at(st, i, root); i++) {
		nw_policy_print(nw_policy_is_plain(root) ? "  - " : "  # its name: - ", root);
		(void)printf(" # %s\n", is_written(st, i) ? "recordings were written here"
							  : "nobody was seen to record here");
	}
}

void nw_site_seen_print(const struct nw_site_seen *s, const struct nw_state *st,
			const struct nw_against *a)
{
	print_roots(st);
	print_servers(s, a, DNS_PORT, "resolvers", "who was asked for names, and answered");
	print_servers(s, a, NTP_PORT, "ntp", "who was asked for the time, and told it");
}
