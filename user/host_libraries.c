/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which makers' libraries a process that runs at the start has mapped, by the names of the files in
 * /proc/PID/maps: a fact for each. A file may be called anything, and a process may have as many
 * mappings as it likes: no more than MAPS_MAX bytes are read, and what is behind is counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "procfs.h"

#define MAPS_MAX (4U << 20)
#define PIECE	 16384
#define TOLD_MAX 8 /* libraries of one process */

struct told {
	const char *row[TOLD_MAX];
	unsigned count;
};

static void tell(struct nw_host *h, const struct nw_proc_id *id, const char *row, struct told *t)
{
	char key[64];

	for (unsigned i = 0; i < t->count; i++) {
		if (t->row[i] == row) {
			return;
		}
	}
	if (t->count == TOLD_MAX) {
		h->lost++;
		return;
	}
	t->row[t->count++] = row;
	(void)snprintf(key, sizeof(key), "speaks.%u.%llu", id->tgid,
		       (unsigned long long)id->start_ns);
	nw_host_fact(h, key, row);
}

/* One piece; how many of its bytes are done with. */
static size_t look(struct nw_host *h, const struct nw_proc_id *id, const char *text, size_t len,
		   struct told *t)
{
	const char *at = text;
	const char *file;
	size_t n;

	while (nw_procfs_mapped(text, len, &at, &file, &n)) {
		const char *row = nw_enrich_library(h->enrich, file, n);

		if (row) {
			tell(h, id, row, t);
		}
	}
	return (size_t)(at - text);
}

void nw_host_libraries(struct nw_host *h, int dir, const struct nw_proc_id *id)
{
	NW_CLEANUP_CLOSE int fd = openat(dir, "maps", O_RDONLY | O_CLOEXEC);
	struct told told = { .count = 0 };
	char text[PIECE];
	size_t all = 0;
	size_t len = 0;
	ssize_t n = -1;

	if (fd < 0) {
		h->lost += errno != ENOENT && errno != ESRCH;
		return;
	}
	while (all < MAPS_MAX && (n = read(fd, text + len, sizeof(text) - len)) > 0) {
		size_t done;

		all += (size_t)n;
		len += (size_t)n;
		done = look(h, id, text, len, &told);
		len -= done;
		memmove(text, text + done, len);
		len = len == sizeof(text) ? 0 : len; /* no line of the kernel's is so long */
	}
	h->lost += n > 0 || (n < 0 && errno != ESRCH);
}
