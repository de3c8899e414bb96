/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a file of /proc/PID: what is taken lies inside it, and is text that ends. */
#include "fuzz.h"
#include "procfs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nw_procfs_stat stat;
	const char *cgroup;
	size_t len;
	uint32_t uid;
	uint32_t gid;
	char *text = malloc(size);

	must(text || size == 0);
	if (size) {
		memcpy(text, data, size);
	}
	if (nw_procfs_stat(text, size, &stat)) {
		must(memchr(stat.comm, '\0', sizeof(stat.comm)) != NULL);
		touch(&stat.ppid, sizeof(stat.ppid));
		touch(&stat.start_ticks, sizeof(stat.start_ticks));
	}
	if (nw_procfs_ids(text, size, &uid, &gid)) {
		touch(&uid, sizeof(uid));
		touch(&gid, sizeof(gid));
	}
	if (nw_procfs_cgroup(text, size, &cgroup, &len)) {
		must(cgroup >= text && len <= size && cgroup + len <= text + size);
		must(!memchr(cgroup, '\n', len));
		touch(cgroup, len);
	}
	free(text);
	return 0;
}
