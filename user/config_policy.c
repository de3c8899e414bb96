/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy: what the site declared beside its configuration, in a file of its own that `learn`
 * writes and people edit. It has the lists of the configuration that say what is ordinary, and its
 * rows stand behind those of the configuration. Owns nothing for longer than a call.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "config_schema.h"
#include "log.h"

/* A list of the configuration: where its rows and their number stand. */
struct list {
	size_t rows, count, row_size;
};

#define LIST(key, type)                                                                   \
	{                                                                                 \
		offsetof(struct nw_config, key), offsetof(struct nw_config, key##_count), \
			sizeof(type)                                                      \
	}

static const struct list lists[] = {
	LIST(recorders, struct nw_recorder),
	LIST(recording_roots, char *),
	LIST(cameras, struct nw_camera_decl),
	LIST(allowed, struct nw_allowed),
	LIST(listeners, struct nw_listener_decl),
	LIST(resolvers, char *),
	LIST(ntp, char *),
};

static void **rows_of(struct nw_config *c, const struct list *l)
{
	return (void **)(void *)((char *)c + l->rows);
}

static unsigned *count_of(struct nw_config *c, const struct list *l)
{
	return (unsigned *)(void *)((char *)c + l->count);
}

/* The rows change hands: what they point to is the configuration's from here on. */
static int move(struct nw_config *to, struct nw_config *from, const struct list *l)
{
	unsigned *have = count_of(to, l);
	unsigned *more = count_of(from, l);
	void **rows = rows_of(to, l);
	char *all;

	if (*more == 0) {
		return 0;
	}
	all = realloc(*rows, (size_t)(*have + *more) * l->row_size);
	if (!all) {
		return -ENOMEM;
	}
	memcpy(all + (size_t)*have * l->row_size, *rows_of(from, l), (size_t)*more * l->row_size);
	*rows = all;
	*have += *more;
	*more = 0;
	return 0;
}

static bool is_same_trusted(const struct nw_config *a, const struct nw_config *b)
{
	if (a->trusted_count != b->trusted_count) {
		return false;
	}
	for (unsigned i = 0; i < a->trusted_count; i++) {
		if (memcmp(&a->trusted[i], &b->trusted[i], sizeof(a->trusted[i])) != 0) {
			return false;
		}
	}
	return true;
}

/* Everything else is the configuration's alone: the policy says what is ordinary and no more. */
static const char *misplaced(const struct nw_config *policy, const struct nw_config *nothing)
{
	const struct {
		const char *key;
		bool is_there;
	} others[] = {
		{ "site",
		  policy->site.name || policy->site.organisation || policy->site.labels_count },
		{ "trusted_networks", !is_same_trusted(policy, nothing) },
		{ "trusted_tunnels", policy->trusted_tunnels_count },
		{ "spots", policy->spots_count },
		{ "host_root", policy->host_root },
		{ "geo", policy->geo.country || policy->geo.asn },
		{ "flow_interval", policy->flow_interval },
		{ "limits",
		  memcmp(&policy->limits, &nothing->limits, sizeof(policy->limits)) != 0 },
		{ "heads", policy->heads != nothing->heads },
		{ "sinks", policy->sinks_count },
	};

	for (size_t i = 0; i < NW_ARRAY_SIZE(others); i++) {
		if (others[i].is_there) {
			return others[i].key;
		}
	}
	return NULL;
}

/* Where a key of the uppermost level stands; 1 where it is written in another way than on a line. */
static unsigned line_of(const char *text, size_t len, const char *key)
{
	const char *end = text + len;
	size_t n = strlen(key);
	unsigned line = 1;

	for (const char *p = text; (size_t)(end - p) > n; line++) {
		const char *next = memchr(p, '\n', (size_t)(end - p));

		if (memcmp(p, key, n) == 0 && strchr(": \t", p[n])) {
			return line;
		}
		if (!next) {
			break;
		}
		p = next + 1;
	}
	return 1;
}

int nw_config_add_policy(struct nw_config *c, const char *name, const char *text, size_t len)
{
	struct nw_config *policy = NULL;
	struct nw_config *nothing = NULL;
	const char *key = NULL;
	int r = nw_config_parse(name, text, len, &policy);

	r = r < 0 ? r : nw_config_parse("nothing", "", 0, &nothing);
	key = r < 0 ? NULL : misplaced(policy, nothing);
	if (key) {
		nw_err("%s:%u: '%s' belongs into the configuration, not into the policy", name,
		       line_of(text, len, key), key);
		r = -EINVAL;
	}
	for (size_t i = 0; r == 0 && i < NW_ARRAY_SIZE(lists); i++) {
		r = move(c, policy, &lists[i]);
	}
	nw_config_free(policy);
	nw_config_free(nothing);
	return r < 0 ? r : nw_config_make_hash(c);
}
