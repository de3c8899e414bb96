/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is at the other end of a shell's terminal or pipes. The table is the caller's, zero at first; a
 * newer one takes the place of the oldest.
 */
#pragma once

#include "shell_weigh.h"

#define NW_SHELL_ENDS 64

/* Who is at the other end of a suspect's stdin and stdout: one who has both, or two who have one each. */
enum nw_shell_end_kind {
	NW_SHELL_END_BOTH,
	NW_SHELL_END_HEARD, /* the shell hears it */
	NW_SHELL_END_TOLD,  /* it is told what the shell says */
};

struct nw_shell_end {
	struct nw_proc_id proc;
	struct nw_suspect shell;
	enum nw_shell_end_kind end;
	struct nw_contact out,
		in;	 /* connections that it has: the latest, and the first that came in */
	uint64_t due_ns; /* then it is judged; 0 = it has none */
	uint8_t flows;	 /* different ones */
};

struct nw_shell_ends {
	struct nw_shell_end item[NW_SHELL_ENDS];
	uint32_t next;
	uint32_t count; /* so far: nothing is searched before the first */
};

struct nw_shell_end *nw_shell_ends_find(struct nw_shell_ends *t, const struct nw_proc_id *id);
/* Finds who is there now; true: one that was not known. */
bool nw_shell_ends_look(struct nw_shell_ends *t, const struct nw_state *st,
			const struct nw_suspect *s);
/* Of one who has one end alone: who has the other, and a connection; else NULL. */
struct nw_shell_end *nw_shell_ends_other(struct nw_shell_ends *t, const struct nw_shell_end *h);
