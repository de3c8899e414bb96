/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of nvrwatch that looks at the whole host, as far as tracepoints do: in a cgroup namespace of
 * its own the place of the tool is the hierarchy's root. So its cgroup programs, which could stop
 * others' traffic, see nobody but the tool, while what reads only (tracepoints, iterators) sees
 * everybody. What other processes of the host do is in its records: ask for your own addresses.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "root/support.h"

/* The tool's directory must be what is mounted: attaching to the host's root is never right. */
int nw_tool_root(void)
{
	char point[512];
	struct stat place, root;

	if (stat(nw_place_dir(NW_PLACE_TOOL), &place) < 0) {
		return -errno;
	}
	snprintf(point, sizeof(point), "%s", nw_place_dir(NW_PLACE_TOOL));
	*strrchr(point, '/') = 0; /* .../nvrwatch-test-PID/tool */
	*strrchr(point, '/') = 0;
	if (unshare(CLONE_NEWCGROUP | CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    umount2(point, MNT_DETACH) < 0 || mount("cgroup2", point, "cgroup2", 0, NULL) < 0 ||
	    stat(point, &root) < 0) {
		return -errno;
	}
	return root.st_dev == place.st_dev && root.st_ino == place.st_ino ? 0 : -EXDEV;
}

struct nw_tool *nw_tool_whole(void)
{
	static const struct nw_tool_options options = { .prepare = nw_tool_root };
	static struct nw_tool *t;

	if (!t) {
		t = nw_tool_start(&options, "trace -o json");
		t->is_lasting = true;
		nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	}
	return t;
}
