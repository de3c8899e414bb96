/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network interfaces and neighbours by rtnetlink: one socket in each network namespace that has
 * processes, opened while we may, then only read. Each says once what there is, and from then on
 * what changes. A socket keeps its namespace alive, so it is closed when nobody else lives there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "neigh.h"
#include "util/macro.h"

#define NW_LINK_TEXT 16 /* IFNAMSIZ; kinds are no longer */

struct nw_link {
	uint32_t index;
	bool is_gone;
	char kind[NW_LINK_TEXT];
	char name[NW_LINK_TEXT]; /* chosen by whoever made it: any byte but NUL */
};

/* One message of rtnetlink. False when it says nothing about an interface's being. */
struct nlmsghdr;
NW_MUST_CHECK bool nw_link_parse(const struct nlmsghdr *msg, struct nw_link *ret);

struct nw_links;
typedef void (*nw_link_fn)(void *ctx, uint32_t netns, const struct nw_link *link);
typedef void (*nw_neigh_fn)(void *ctx, uint32_t netns, const struct nw_neigh *neigh);

NW_MUST_CHECK int nw_links_new(nw_link_fn tell, nw_neigh_fn tell_neigh, void *ctx,
			       struct nw_links **ret);
void nw_links_free(struct nw_links *t);
/* The namespace of fd (/proc/PID/ns/net): told whole, unless it is known. Needs CAP_SYS_ADMIN.
 * What can't be had is counted; -errno only when this thread could not come back to its own. */
NW_MUST_CHECK int nw_links_add(struct nw_links *t, int fd, uint32_t netns);
bool nw_links_has(const struct nw_links *t, uint32_t netns);
/* Readable when there is something to read; nw_links_read() never waits and needs no privilege. */
int nw_links_fd(const struct nw_links *t);
void nw_links_read(struct nw_links *t);
/* Let go of the namespaces, but the first, that is_empty() says nobody lives in. */
void nw_links_leave(struct nw_links *t, bool (*is_empty)(void *ctx, uint32_t netns), void *ctx);
/* What somebody else saw of who is on the link: told, unless that was told last. */
void nw_links_saw(struct nw_links *t, uint32_t netns, const struct nw_neigh *neigh);
uint64_t nw_links_lost(const struct nw_links *t); /* namespaces and changes that were not read */
