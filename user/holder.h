/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kind of a program has something: the recorder's, one behind which somebody sits at a terminal,
 * a service of the system, or another. By what it is and who started it, never by its name.
 */
#pragma once

#include <stdbool.h>

#include "state/state.h"

enum nw_holder {
	NW_HOLDER_RECORDER, /* it is the recorder, was started by it, or lives with who reads cameras */
	NW_HOLDER_OTHER,
	NW_HOLDER_TERMINAL, /* it or who started it has a terminal */
	NW_HOLDER_SERVICE,  /* a unit's */
	_NW_HOLDER_MAX,
};

/* *ret_scripted: a shell or an interpreter stands between it and the first process of its unit, or it
 * is one itself; and it is no client of DHCP, which scripts start. */
enum nw_holder nw_holder_of(const struct nw_state *st, const struct nw_proc *p, bool *ret_scripted);
/* Is it an interpreter, and no shell? */
bool nw_proc_is_script(const struct nw_proc *p);
/* Has its program a DHCP client's port? */
bool nw_proc_is_dhcp(const struct nw_state *st, const struct nw_proc *p);
/* Is its stdin, stdout or stderr one? */
bool nw_proc_has_terminal(const struct nw_proc *p);
/* "-", "/dev/stdin", "/dev/fd/63": an argument that is an open file. */
bool nw_arg_is_open_file(const char *arg);
/* Does an interpreter read its program from what is open? Not with a script or text of its own among the
 * arguments: then what it reads is data. */
bool nw_proc_runs_its_input(const struct nw_proc *p, bool is_shell);
const char *nw_holder_name(enum nw_holder holder);
