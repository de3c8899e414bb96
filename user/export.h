/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What recording-export knows of a group of processes: what they read of recordings and what they
 * sent, and how much speaks for the one being the other. Pure; the indicator owns the groups.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "output.h"
#include "state/far_end.h"
#include "state/state.h"

#define NW_EXPORT_READERS  8
#define NW_EXPORT_ENDS	   16
#define NW_EXPORT_PARENTS  3			  /* so many generations are kin */
#define NW_EXPORT_MOUNT_NS (10 * NW_NSEC_PER_SEC) /* what was written to a mount leaves within */

enum nw_export_basis { /* what joins reader and sender, the weakest first */
	NW_EXPORT_NONE,
	NW_EXPORT_FAMILY,
	NW_EXPORT_MOUNT, /* who sends serves a file system that the reader may have written to */
	NW_EXPORT_CHAIN,
	NW_EXPORT_PROCESS,
};

struct nw_export_group {
	uint32_t id; /* pid of the session's leader, or of the process without one */
	uint8_t readers_len, ends_len;
	uint8_t basis; /* the strongest so far */
	bool is_used;
	bool is_recorder; /* who reads also writes recordings */
	bool is_pulled;	  /* from outside, the last flow */
	bool has_more_cameras;
	uint32_t reader[NW_EXPORT_READERS]; /* pids, the last ones */
	uint32_t readers_next;
	uint32_t files, positions, counts, in_part;
	uint64_t least, most;
	uint64_t uncounted;	/* more than most may have been read */
	uint64_t bytes, mapped; /* counted; mapped */
	uint64_t fresh;		/* of most, of files that had just been written */
	uint64_t first_ns, last_ns;
	uint64_t file_first_ns, file_last_ns;
	uint64_t sent, sent_inside;
	uint8_t end[NW_EXPORT_ENDS][16]; /* where it went */
	char camera[NW_REC_CAMERA];
	char program[16];	  /* reader's name */
	struct nw_proc_id sender; /* of the last flow */
	struct nw_far_end far;
};

/* Pid of the session's leader, or of a process without one: what joins readers and senders. */
uint32_t nw_export_group_of(const struct nw_proc *p);

/* Who may have read what a flow carries away: who sends it, whose it is, back along its chain. */
struct nw_export_way {
	const struct nw_proc *proc;
	uint8_t basis; /* enum nw_export_basis of what it read itself */
};
#define NW_EXPORT_WAYS_MAX (NW_CHAIN_MAX + 1)
unsigned nw_export_ways(const struct nw_flow *f, struct nw_export_way ret[NW_EXPORT_WAYS_MAX]);
/* Is the reader of the sender's session, or a child of it: who serves what that reads (sshd and its
 * sftp-server)? group: the sender's. */
bool nw_export_is_kin(const struct nw_state *st, const struct nw_proc *reader, uint32_t group,
		      const struct nw_proc_id *sender);
/* Does who sends it, or somebody of its chain, serve a file system that others write to? */
bool nw_export_is_by_server(const struct nw_state *st, const struct nw_flow *f);

/* Was as much sent as was read? */
bool nw_export_is_like(const struct nw_export_group *g);
/* 0: nothing is to be told. */
uint8_t nw_export_score(const struct nw_export_group *g);
/* Points into the group. */
void nw_export_evidence(struct nw_finding *f, const struct nw_export_group *g);
