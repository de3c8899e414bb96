/* SPDX-License-Identifier: Apache-2.0 */
/* What sinks that write lines to a descriptor have in common: their end. */
#pragma once

#include <errno.h>

#include "log.h"
#include "util/writer.h"

#define NW_SINK_END_MS 1000 /* for a reader that is slow */

/* Lines that were taken and can't be written were not counted: then somebody must say it. A reader
 * that left needs no telling. */
static inline void nw_sink_end_lines(struct nw_writer *w, const char *name)
{
	unsigned lost = nw_writer_end(w, NW_SINK_END_MS);

	if (lost > 0 && w->error != -EPIPE) {
		nw_err("%s: the last %u lines could not be written", name, lost);
	}
}
