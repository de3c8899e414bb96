/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording (.nwr): everything the pipeline was fed, so that replay prints what live printed.
 *
 * "NWR1" and a 4-byte little-endian length, then that many bytes of JSON: format and ABI version, the tool's
 * version, the names behind the events' hook numbers, the configuration, the flow interval.
 * Then blocks: "NWB1", compressed and plain length (4 bytes each, little-endian), one zstd frame
 * with checksum. A block's plain bytes are events, each at a multiple of 8. Append-only: after a
 * crash everything up to the last whole block is good.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "event.h"

struct nw_recorder_file;

/* fd: from nw_recording_create(), owned by the recorder from here on, also on failure. */
int nw_recording_create(const char *path); /* O_EXCL, mode 0600; fd or -errno, logged */
NW_MUST_CHECK int nw_recording_start(int fd, const struct nw_config *config,
				     uint64_t flow_interval_ns, struct nw_recorder_file **ret);
void nw_recording_add(struct nw_recorder_file *r,
		      const struct nw_event *ev); /* never fails: counts */
/* Write what is buffered when it is old or much, or now. Logs the first failure. */
void nw_recording_flush(struct nw_recorder_file *r, uint64_t now_ns, bool now);
uint64_t nw_recording_lost(const struct nw_recorder_file *r); /* events that are not in the file */
/* Where the block begins that the last event is in: bytes of the file in front of it. */
uint64_t nw_recording_block(const struct nw_recorder_file *r);
/* 0, or -errno when something was lost. */
int nw_recording_end(struct nw_recorder_file *r);

struct nw_recording {
	struct nw_config *config;
	uint64_t flow_interval_ns;
	char tool_version[32];
	int fd;
	uint16_t hook[256]; /* the file's number -> ours, _NW_HOOK_MAX = not known here */
	unsigned hooks;
	bool is_older;	/* of an ABI before this one */
	bool is_cut;	/* the last block was not whole */
	uint64_t block; /* of the event at hand: as nw_recording_block() */
	uint64_t next;	/* block */
	uint64_t events;
	uint64_t unknown; /* events of hooks that this version does not have */
};

/* Logs what is wrong: not a recording, another format, cut before the first event. */
NW_MUST_CHECK int nw_recording_open(const char *path, struct nw_recording **ret);
NW_MUST_CHECK int nw_recording_open_fd(int fd, const char *name, struct nw_recording **ret);
/* Calls fn for each event, checked. 0 at the end, also of a cut file; -errno when damaged. */
NW_MUST_CHECK int nw_recording_read(struct nw_recording *rec,
				    void (*fn)(void *ctx, const struct nw_event *ev), void *ctx);
void nw_recording_close(struct nw_recording *rec);
