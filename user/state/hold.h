/* SPDX-License-Identifier: Apache-2.0 */
/* What indicators ask about what processes hold. No answer is older than the last scan of open files. */
#pragma once

#include <stdbool.h>

#include "state.h"

/* Serves a FUSE file system: what others write to its files comes to it. */
bool nw_hold_is_server(const struct nw_state *st, const struct nw_proc *p);
