/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at the file that a process runs, and the helper that may take it once we gave up our
 * privileges: it sees which file that is whatever became of its name, in containers too, reads it to
 * its end for a hash, and says whose package it is of. It tells nothing of what is in it, looks at
 * programs alone, and ends with us. It may take its time: nobody waits for it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "exe_file.h"
#include "nw_event.h"

#define NW_EXE_PATH 256 /* as the process table has it, with NUL */

struct nw_exe_wanted {
	struct nw_proc_id id;
	uint64_t ino;
	uint32_t dev;
	char path[NW_EXE_PATH]; /* "", or not from the root: it has none that leads anywhere */
};

/* proc: of the folder /proc. root: as of nw_dpkg_owner(). */
void nw_exe_look(int proc, const char *root, const struct nw_exe_wanted *w,
		 struct nw_exe_file *ret);

/* Who asks it: a queue, and one at a time. What finds no room is not asked. */
#define NW_EXE_QUEUE 64
struct nw_exe_looker {
	int fd;	   /* -1: none, yet; what is taken then is unreadable */
	pid_t pid; /* its own, for tests */
	struct nw_exe_wanted queue[NW_EXE_QUEUE];
	unsigned head, len; /* the first of them is what it looks at */
	bool is_asked;
};

/* Before the drop; it may have been asked before. 0 or -errno, logged. */
NW_MUST_CHECK int nw_exe_looker_start(const char *root, struct nw_exe_looker *k);
/* Never waits; what is in the queue already is not put there twice. */
void nw_exe_looker_ask(struct nw_exe_looker *k, const struct nw_exe_wanted *w);
/* What it answered by now, one after the other; false: nothing more. */
NW_MUST_CHECK bool nw_exe_looker_take(struct nw_exe_looker *k, struct nw_proc_id *ret_id,
				      struct nw_exe_file *ret);
/* Waits for its next answer, so long at most: at the end of a session. */
void nw_exe_looker_wait(const struct nw_exe_looker *k, int ms);
void nw_exe_looker_end(struct nw_exe_looker *k);
