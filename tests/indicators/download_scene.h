/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of download-execute share: a host with a shell, an interpreter and a loader, and what was found. */
#pragma once

#include "feed.h"

#define SECOND	 NW_FEED_SEC
#define IN(kind) ((uint32_t)(kind) << NW_PROC_STDIO_SHIFT)

enum {
	FETCHER = 100,
	SHELL = 101,
	MIDDLE = 102,
	DASH = 10,
	PERL = 11,
	COOKIE = 500,
};

static inline struct nw_feed *start_with(const char *yaml)
{
	struct nw_feed *f = nw_feed_new(yaml, 60 * SECOND);

	nw_feed_fact(f, "program.0.10", "shell /usr/bin/dash");
	nw_feed_fact(f, "program.0.11", "interpreter /usr/bin/perl");
	nw_feed_fact(f, "program.0.12", "loader /lib/ld-linux.so.2");
	nw_feed_tick(f, SECOND);
	nw_feed_forget(f);
	return f;
}

static inline struct nw_feed *start(void)
{
	return start_with("");
}

static inline void seconds(struct nw_feed *f, unsigned n)
{
	while (n--) {
		nw_feed_tick(f, SECOND);
	}
}

/* The kind and score of the only finding, "memory 75", or "". */
static inline const char *found(const struct nw_feed *f)
{
	static char text[64];

	text[0] = '\0';
	if (nw_feed_count(f, NW_DATASET_FINDING)) {
		const struct nw_finding *x = &nw_feed_only(f, NW_DATASET_FINDING)->finding;

		assert_string_equal(x->rule_id, "download-execute");
		snprintf(text, sizeof(text), "%s %u", x->evidence[0].text, x->score);
	}
	return text;
}
