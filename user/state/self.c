/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What on this host is this tool's own, as facts of the start say: "tool.pid", its process, and
 * "tool.probe.<cookie>", a socket with which it asked for cameras because it was told to. Owns these
 * few numbers. A probe that finds no room is counted as NW_LOSS_HOST, and its answers are told as
 * anybody's.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char front[] = "tool.probe.";

static bool take_cookie(const char *text, uint64_t *ret)
{
	char *end;

	*ret = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0';
}

bool nw_self_on_fact(struct nw_state *st, const char *key, const char *value)
{
	struct nw_self *s = &st->self;
	uint64_t cookie;

	if (strcmp(key, "tool.pid") == 0) {
		s->tgid = (uint32_t)strtoul(value, NULL, 10);
		return true;
	}
	if (strncmp(key, front, sizeof(front) - 1) != 0) {
		return false;
	}
	if (!take_cookie(key + sizeof(front) - 1, &cookie) || s->probes == NW_SELF_PROBES_MAX) {
		nw_state_lose(st, NW_LOSS_HOST);
		return true;
	}
	s->probe[s->probes++] = cookie;
	return true;
}

bool nw_self_has_probe(const struct nw_state *st, uint64_t cookie)
{
	for (unsigned i = 0; i < st->self.probes; i++) {
		if (st->self.probe[i] == cookie) {
			return true;
		}
	}
	return false;
}

bool nw_flow_is_self(const struct nw_state *st, const struct nw_flow *f)
{
	bool is_own = st->self.tgid && f->owner && f->owner->id.tgid == st->self.tgid;

	return is_own || (st->self.probes && nw_self_has_probe(st, f->cookie));
}
