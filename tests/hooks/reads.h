/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests of the hooks file_* share: recordings in memory and on an ext4, and what must be told of
 * a process that read one. Where the kernel refuses these hooks the next tier must speak and say so.
 */
#pragma once

#include <string.h>
#include <unistd.h>

#include "root/reads.h"
#include "root/support.h"

#define READS_FILE "event.dataset=nvrwatch.file"

/* What the start says of each root. */
static inline const char *reads_roots(struct nw_tool *t)
{
	struct json_object *status =
		nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");

	return json_object_to_json_string(nw_rec_get(status, "nvrwatch.recording_roots"));
}

/* How what was counted is told, when nothing was mapped. */
static inline const char *reads_tier(struct nw_tool *t)
{
	return strstr(reads_roots(t), ": read in part, ") ? "part" : "exact";
}

/* Does this kernel let reads be counted? What is said of each root and hook agrees. One that takes no
 * programs at functions of seven arguments (6.1) counts all but direct ones. */
static inline bool reads_are_counted(struct nw_tool *t, bool is_direct)
{
	enum {
		DIRECT = 2
	};
	static const char *const hooks[] = { "file_read", "file_splice", "file_direct", "file_map",
					     "ledger_file" };
	struct json_object *status =
		nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	bool is_part = strcmp(reads_tier(t), "part") == 0;
	bool is_counted = is_part || strstr(reads_roots(t), ": read, ") != NULL;
	char path[64];

	for (size_t i = 0; i < NW_ARRAY_SIZE(hooks); i++) {
		snprintf(path, sizeof(path), "nvrwatch.hooks.%s", hooks[i]);
		assert_string_not_equal(nw_rec_str(status, path), "off");
		if (!is_counted || (is_part && hooks[i] == hooks[DIRECT])) {
			assert_string_equal(nw_rec_str(status, path), "fallback");
		}
	}
	return is_counted && !(is_part && is_direct);
}

/* The last record of this process, once everything was told. */
static inline struct json_object *reads_last(struct nw_tool *t, pid_t pid)
{
	char query[80];
	size_t i;

	snprintf(query, sizeof(query), READS_FILE " process.pid=%d", (int)pid);
	nw_tool_settle(t);
	for (i = t->recs_len; i > 0 && !nw_rec_matches(t->recs[i - 1], query); i--) {
		continue;
	}
	return i ? t->recs[i - 1] : NULL;
}

/* The last line that it printed. */
static inline struct json_object *reads_truth(struct nw_actor *a, unsigned lines)
{
	struct json_object *truth = NULL;

	for (unsigned i = 0; i < lines; i++) {
		truth = nw_actor_truth(a);
	}
	return truth;
}

/* What one process did with root's recording, all in all: to the byte, or by the next tier. */
static inline void reads_check(struct nw_tool *t, unsigned root, const char *open, const char *ways,
			       unsigned lines)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "reads %s %s/gate/1.mp4 %s close", open,
					    reads_root[root], ways);
	struct json_object *truth = reads_truth(a, lines + 1);
	uint64_t bytes = nw_rec_u64(truth, "bytes");
	uint64_t mapped = nw_rec_u64(truth, "mapped");
	pid_t pid = a->pid;
	char most[16] = ""; /* mapped; that none was is not said */
	const char *tier;

	nw_actor_done(a);
	print_message("%s %s %s\n", root ? "ext4" : "tmpfs", open, ways);
	if (!reads_are_counted(t, strcmp(open, "direct") == 0)) {
		nw_tool_await(t,
			      READS_FILE " process.pid=%d nvrwatch.reading.bytes_at_most=%d "
					 "nvrwatch.reading.bytes= nvrwatch.recording.bytes=",
			      (int)pid, READS_SIZE);
		assert_string_not_equal(nw_rec_str(reads_last(t, pid), "nvrwatch.reading.tier"),
					"exact");
		return;
	}
	tier = reads_tier(t);
	if (mapped) { /* each mapping may be told of its own: the last one says all */
		snprintf(most, sizeof(most), "%d", (int)NW_MIN(mapped, READS_SIZE));
	}
	nw_tool_await(t,
		      READS_FILE " process.pid=%d nvrwatch.reading.bytes=%d "
				 "nvrwatch.reading.bytes_mapped=%s "
				 "nvrwatch.reading.tier=%s nvrwatch.reading.files=1",
		      (int)pid, (int)bytes, most,
		      mapped && strcmp(tier, "exact") == 0 ? "mapped" : tier);
	nw_rec_check(reads_last(t, pid), "process.name=reads");
	assert_int_equal(nw_rec_u64(reads_last(t, pid), "nvrwatch.reading.bytes"), bytes);
	assert_int_equal(nw_rec_u64(reads_last(t, pid), "nvrwatch.recording.bytes"), bytes);
	assert_string_equal(strrchr(nw_rec_str(reads_last(t, pid), "file.path"), '/'), "/1.mp4");
	if (mapped) {
		assert_int_equal(nw_rec_u64(reads_last(t, pid), "nvrwatch.reading.bytes_mapped"),
				 NW_MIN(mapped, READS_SIZE));
	}
}

static inline void reads_check_all(struct nw_tool *t, const char *open, const char *const *ways,
				   size_t count, unsigned first_root)
{
	for (unsigned root = first_root; root < READS_ROOTS; root++) {
		for (size_t i = 0; i < count; i++) {
			reads_check(t, root, open, ways[i], 1);
		}
	}
}
