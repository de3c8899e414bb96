/* SPDX-License-Identifier: Apache-2.0 */
/* See load_guard.h. */
#include "load_guard.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "log.h"

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int nw_guard_open(struct nw_guard *g, int ring, uint64_t room)
{
	void *taken = mmap(NULL, page(), PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
	void *made = mmap(NULL, page(), PROT_READ, MAP_SHARED, ring, (off_t)page());
	int r = -errno;

	*g = (struct nw_guard){ .taken = taken == MAP_FAILED ? NULL : taken,
				.made = made == MAP_FAILED ? NULL : made,
				.room = room };
	if (!g->taken || !g->made) {
		nw_guard_close(g);
		return r;
	}
	g->left = __atomic_load_n(g->taken, __ATOMIC_ACQUIRE);
	return 0;
}

void nw_guard_close(struct nw_guard *g)
{
	if (g->taken) {
		(void)munmap(g->taken, page());
	}
	if (g->made) {
		(void)munmap(g->made, page());
	}
	*g = (struct nw_guard){ 0 };
}

void nw_guard_before(struct nw_guard *g)
{
	uint64_t made;

	if (__atomic_load_n(g->taken, __ATOMIC_ACQUIRE) == g->left) {
		return;
	}
	made = __atomic_load_n(g->made, __ATOMIC_ACQUIRE);
	g->left = made - g->left <= g->room ? g->left : made;
	__atomic_store_n(g->taken, g->left, __ATOMIC_RELEASE);
	g->is_moved = true;
}

void nw_guard_after(struct nw_guard *g)
{
	g->left = __atomic_load_n(g->taken, __ATOMIC_ACQUIRE);
}

/* A map that is mapped for writing can't be frozen: ours becomes one for reading, where it was. */
static int map_for_reading(struct bpf_map *map)
{
	size_t size;
	const void *initial = bpf_map__initial_value(map, &size); /* of libbpf: ours to map anew */
	void *at;

	if (!initial) {
		return 0;
	}
	memcpy(&at, &initial, sizeof(at)); /* it is const to those who read it */
	size = (size + page() - 1) & ~(page() - 1);
	return mmap(at, size, PROT_READ, MAP_SHARED | MAP_FIXED, bpf_map__fd(map), 0) == at
		       ? 0
		       : -errno;
}

int nw_guard_freeze(struct bpf_map *map)
{
	int r = map_for_reading(map);

	r = r < 0 ? r : bpf_map_freeze(bpf_map__fd(map));
	if (r < 0) {
		nw_warn("other processes may write to the kernel's table %s: %s",
			bpf_map__name(map), strerror(-r));
	}
	return r;
}

/* The ring is read by writing how far. Constants were frozen when they were loaded, and the one cgroup
 * when it was put in. */
static bool is_left_out(const struct bpf_map *map)
{
	return bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF ||
	       bpf_map__type(map) == BPF_MAP_TYPE_CGROUP_ARRAY ||
	       bpf_map__map_flags(map) & BPF_F_RDONLY_PROG;
}

int nw_guard_freeze_all(const struct bpf_object *obj, const struct bpf_map *but)
{
	struct bpf_map *map;
	int ret = 0;

	bpf_object__for_each_map(map, obj) {
		if (map != but && !is_left_out(map)) {
			int r = nw_guard_freeze(map);

			ret = ret ? ret : r;
		}
	}
	return ret;
}
