/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site's declarations as questions. Owns its networks as numbers, made once from the text that
 * the configuration has already checked; a name is compared label by label, "*." meaning all below.
 */
#include "policy.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"
#include "util/text.h"

/* Text -> network; one of no bits that no address is in when the text is a name or missing. */
static struct nw_network network_of(const char *text, bool *ret_is)
{
	struct nw_network net = { .bits = 0 };

	*ret_is = text && nw_parse_network(text, &net) == 0;
	return net;
}

static int make_nets(struct nw_policy_nets *n, unsigned count)
{
	n->net = calloc(count + 1, sizeof(*n->net));
	n->is = calloc(count + 1, sizeof(*n->is));
	return n->net && n->is ? 0 : -ENOMEM;
}

static void free_nets(struct nw_policy_nets *n)
{
	free(n->net);
	free(n->is);
}

int nw_policy_init(struct nw_state *st)
{
	const struct nw_config *c = st->config;
	struct nw_policy *p = &st->policy;

	if (make_nets(&p->allowed, c->allowed_count) < 0 ||
	    make_nets(&p->cameras, c->cameras_count) < 0 ||
	    make_nets(&p->listeners, c->listeners_count) < 0) {
		return -ENOMEM;
	}
	for (unsigned i = 0; i < c->allowed_count; i++) {
		p->allowed.net[i] = network_of(c->allowed[i].to, &p->allowed.is[i]);
	}
	for (unsigned i = 0; i < c->cameras_count; i++) {
		const char *text =
			c->cameras[i].address ? c->cameras[i].address : c->cameras[i].network;

		p->cameras.net[i] = network_of(text, &p->cameras.is[i]);
	}
	for (unsigned i = 0; i < c->listeners_count; i++) {
		p->listeners.net[i] = network_of(c->listeners[i].from, &p->listeners.is[i]);
	}
	return 0;
}

void nw_policy_free(struct nw_policy *p)
{
	free_nets(&p->allowed);
	free_nets(&p->cameras);
	free_nets(&p->listeners);
}

const struct nw_config *nw_state_config(const struct nw_state *st)
{
	return st->config;
}

/* "*.example.org" is every name below, "example.org" only itself; any case, no last dot. */
static bool is_name(const char *wanted, const char *name)
{
	size_t len = strlen(name);
	size_t want;

	if (strncmp(wanted, "*.", 2) != 0) {
		return len > 0 && strcasecmp(wanted, name) == 0;
	}
	want = strlen(wanted) - 1; /* with its dot */
	return len > want && strcasecmp(name + len - want, wanted + 1) == 0;
}

/* A path or its beginning, as for recorders; without a slash the name of the executable. */
static bool is_program(const char *wanted, const struct nw_proc *p)
{
	const char *last;

	if (!wanted) {
		return true;
	}
	if (!p) {
		return false;
	}
	if (strchr(wanted, '/')) {
		return strncmp(p->exe, wanted, strlen(wanted)) == 0;
	}
	last = strrchr(p->exe, '/');
	return strcmp(last ? last + 1 : p->name, wanted) == 0;
}

static bool is_to(const struct nw_policy *p, unsigned i, const char *to, const struct nw_flow *f)
{
	if (p->allowed.is[i]) {
		return nw_network_has(&p->allowed.net[i], f->raddr);
	}
	return is_name(to, f->name);
}

/* "10.0.0.77", "[fd00::7]": an address of this site; and a name without a dot is one of its own. */
static bool is_site_own(const struct nw_state *st, const char *host)
{
	bool is_bracketed = host[0] == '[';
	char text[NW_ADDR_TEXT];
	struct nw_network net;

	if (!strchr(host, '.') && !strchr(host, ':')) {
		return true;
	}
	(void)snprintf(text, sizeof(text), "%.*s", (int)strcspn(host + is_bracketed, "]"),
		       host + is_bracketed);
	return nw_parse_network(text, &net) == 0 && nw_config_is_inside(st->config, net.addr);
}

const char *nw_policy_proxied(const struct nw_state *st, const struct nw_flow *f)
{
	bool is_asked = f->is_inside && f->is_outbound && f->said &&
			nw_said_find(f->said, NW_ATTR_HTTP_PROXIED);
	const char *to = is_asked ? nw_said_find(f->said, NW_ATTR_URL_DOMAIN) : NULL;

	return to && !is_site_own(st, to) ? to : NULL;
}

bool nw_policy_leaves(const struct nw_state *st, const struct nw_flow *f)
{
	return !f->is_inside || nw_policy_proxied(st, f);
}

const struct nw_allowed *nw_policy_allowed(const struct nw_state *st, const struct nw_flow *f)
{
	const struct nw_config *c = st->config;
	uint16_t port = f->is_outbound ? f->rport : f->lport;
	const char *proxied = c->allowed_count ? nw_policy_proxied(st, f) : NULL;

	for (unsigned i = 0; i < c->allowed_count; i++) {
		const struct nw_allowed *a = &c->allowed[i];
		bool is_there = (!a->port || a->port == port) && is_to(&st->policy, i, a->to, f);

		if ((is_there || (proxied && is_name(a->to, proxied))) &&
		    is_program(a->program, f->owner)) {
			return a;
		}
	}
	return NULL;
}

static bool has_front(char *const *fronts, unsigned count, const char *path)
{
	for (unsigned i = 0; i < count; i++) {
		if (strncmp(path, fronts[i], strlen(fronts[i])) == 0) {
			return true;
		}
	}
	return false;
}

static bool has_exe(const struct nw_recorder *r, const struct nw_proc *p)
{
	return r->exe_count == 0 || has_front(r->exe, r->exe_count, p->exe);
}

bool nw_policy_starts(const struct nw_recorder *r, const struct nw_proc *p)
{
	return r && p->exe[0] == '/' && has_front(r->starts, r->starts_count, p->exe);
}

static bool is_user(const struct nw_state *st, const char *user, uint32_t uid)
{
	char key[8 + 20] = "user.";
	const char *name;
	uint64_t n;

	if (nw_parse_u64(user, 0, UINT32_MAX, &n) == 0) {
		return n == uid;
	}
	key[5 + nw_text_u64(key + 5, uid)] = '\0';
	name = nw_fact_find(st, key);
	return name && strcmp(name, user) == 0;
}

const struct nw_recorder *nw_policy_recorder(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_config *c = st->config;

	for (unsigned i = 0; p && i < c->recorders_count; i++) {
		const struct nw_recorder *r = &c->recorders[i];

		if (!r->exe_count && !r->unit && !r->cgroup && !r->user) {
			continue;
		}
		if (has_exe(r, p) && (!r->unit || strcmp(r->unit, p->unit) == 0) &&
		    (!r->cgroup || strcmp(r->cgroup, p->cgroup) == 0) &&
		    (!r->user || is_user(st, r->user, p->uid))) {
			return r;
		}
	}
	return NULL;
}

const struct nw_recorder *nw_policy_judge(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_recorder *r = nw_policy_recorder(st, p);

	return r && r->starts_count ? r : NULL;
}

static bool is_port_of(const struct nw_listener_decl *l, uint16_t proto, uint16_t port)
{
	uint16_t number = strcmp(l->proto, "udp") == 0 ? IPPROTO_UDP : IPPROTO_TCP;

	return l->port == port && number == proto;
}

bool nw_policy_listener(const struct nw_state *st, uint16_t proto, uint16_t port,
			const uint8_t addr[16])
{
	const struct nw_config *c = st->config;

	for (unsigned i = 0; i < c->listeners_count; i++) {
		if (is_port_of(&c->listeners[i], proto, port) &&
		    (!st->policy.listeners.is[i] || !addr ||
		     nw_network_has(&st->policy.listeners.net[i], addr))) {
			return true;
		}
	}
	return false;
}

bool nw_policy_guest(const struct nw_state *st, uint16_t proto, uint16_t port,
		     const uint8_t addr[16])
{
	const struct nw_config *c = st->config;

	for (unsigned i = 0; i < c->listeners_count; i++) {
		if (is_port_of(&c->listeners[i], proto, port) && st->policy.listeners.is[i] &&
		    nw_network_has(&st->policy.listeners.net[i], addr)) {
			return true;
		}
	}
	return false;
}

const struct nw_camera_decl *nw_policy_camera(const struct nw_state *st, const uint8_t addr[16])
{
	const struct nw_config *c = st->config;

	for (unsigned i = 0; i < c->cameras_count; i++) {
		if (st->policy.cameras.is[i] && nw_network_has(&st->policy.cameras.net[i], addr)) {
			return &c->cameras[i];
		}
	}
	return NULL;
}
