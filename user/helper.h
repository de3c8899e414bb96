/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that keeps the privilege to attach one program and does nothing else: one costs every
 * packet of the host ~60 ns and is needed only now and then, and after the drop we can't attach it.
 * It takes one byte, gives one byte, and ends with us.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "util/macro.h"

struct nw_helper {
	int fd;	   /* -1: none */
	pid_t pid; /* its own, for tests and messages */
	bool is_on;
};

/* Before the drop. program: fd of a loaded tp_btf program. 0 or -errno, logged. */
NW_MUST_CHECK int nw_helper_start(int program, struct nw_helper *ret);
/* Attached on return, or logged and -errno; detaching is not waited for. */
NW_MUST_CHECK int nw_helper_want(struct nw_helper *h, bool on);
void nw_helper_end(struct nw_helper *h);
