/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of nvrwatch that know three makers' libraries, and what they tell of who has them mapped. */
#pragma once

#include <string.h>

#include "root/support.h"

static inline struct nw_tool *nw_tool_trace_libraries(const char *more)
{
	return nw_tool_trace_own(
		"",
		"makers:\n"
		"  - {id: hikvision, name: Hikvision, country: CN, source: a test, date: 2026-11-28}\n"
		"  - {id: throughtek, name: ThroughTek, country: TW, source: a test, date: 2026-11-28}\n"
		"  - {id: dahua, name: Dahua, country: CN, source: a test, date: 2026-11-28}\n"
		"libraries:\n"
		"  - {name: libhcnetsdk.so, maker: hikvision, source: a test, date: 2026-11-28}\n"
		"  - {name: libIOTCAPIs.so, maker: throughtek, source: a test, date: 2026-11-28}\n"
		"  - {name: libdhnetsdk.so, maker: dahua, source: a test, date: 2026-11-28}\n",
		more);
}

static inline bool nw_rec_speaks_for(struct json_object *rec, const char *maker)
{
	struct json_object *all = nw_rec_get(rec, "nvrwatch.speaks_for");

	for (size_t i = 0; all && i < json_object_array_length(all); i++) {
		if (strcmp(json_object_get_string(json_object_array_get_idx(all, i)), maker) == 0) {
			return true;
		}
	}
	return false;
}

/* Waits until the process is said to speak for the maker; that record. */
static inline struct json_object *nw_await_speaks(struct nw_tool *t, int pid, const char *maker)
{
	uint64_t deadline = nw_deadline();
	char query[64];
	size_t at = nw_tool_since(t, pid);

	snprintf(query, sizeof(query), "event.action=speaks process.pid=%d", pid);
	while (!nw_deadline_is_over(deadline)) {
		(void)nw_tool_count(t, "%s", query); /* takes what came */
		for (; at < t->recs_len; at++) {
			if (nw_rec_matches(t->recs[at], query) &&
			    nw_rec_speaks_for(t->recs[at], maker)) {
				return t->recs[at];
			}
		}
		nw_tool_read(t, nw_deadline_left_ms(deadline));
	}
	nw_tool_fail(t, "process %d is not said to speak for %s", pid, maker);
}
