/* SPDX-License-Identifier: Apache-2.0 */
/* See reads.h. */
#include "root/reads.h"

#include <string.h>

#include "root/support.h"

char reads_root[READS_ROOTS][128];
static struct nw_tool *shared;

void reads_make_roots(void)
{
	char dir[100];

	if (reads_root[0][0]) {
		return;
	}
	snprintf(dir, sizeof(dir), "%s/reads", nw_place_files());
	nw_place_mount(dir, "100m");
	snprintf(reads_root[0], sizeof(reads_root[0]), "%s/rec", dir);
	snprintf(reads_root[1], sizeof(reads_root[1]), "%s/disk", dir);
	nw_place_mount_disk(reads_root[1], 24);
	nw_actor_done(nw_actor_start(NW_PLACE_FAR,
				     "files mkdir %s mkdir %s-not mkdir %s/gate mkdir %s/gate "
				     "write %s/gate/1.mp4 %d close write %s/gate/1.mp4 %d close "
				     "write %s-not/1.mp4 %d close",
				     reads_root[0], reads_root[0], reads_root[0], reads_root[1],
				     reads_root[0], READS_SIZE, reads_root[1], READS_SIZE,
				     reads_root[0], READS_SIZE));
}

static struct nw_tool *start(void)
{
	char yaml[400];

	reads_make_roots();
	snprintf(yaml, sizeof(yaml), "recording_roots: [%s, %s]\n", reads_root[0], reads_root[1]);
	return nw_tool_trace_with(yaml, "");
}

struct nw_tool *reads_trace(void)
{
	if (!shared) {
		shared = start();
		shared->is_lasting = true;
	}
	return shared;
}

struct nw_tool *reads_trace_anew(void)
{
	reads_end();
	return start();
}

void reads_end(void)
{
	if (shared) {
		shared->is_lasting = false;
		nw_tool_stopped(shared);
		shared = NULL;
	}
}
