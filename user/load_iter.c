/* SPDX-License-Identifier: Apache-2.0 */
/* See load_iter.h. Owns nothing: the pins go with the mount namespace. */
#include "load_iter.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIN_DIR	 "/sys/fs/bpf"
#define FD_SCAN	 "nw_fd_scan"
#define LIB_SCAN "nw_lib_scan"
#define FORWARDS "nw_ledger_link_forwards"
#define STEP_MAX 2048

/* What is iterated over, where that is a map. */
static const struct {
	const char *prog;
	const char *map[NW_ITER_MAPS_MAX];
} over[] = {
	{ "nw_ledger_stream", { "nw_streams" } },
	{ "nw_ledger_dgram", { "nw_dgrams" } },
	{ "nw_ledger_dgram_far", { "nw_far_even", "nw_far_odd" } },
	{ "nw_ledger_link", { "nw_frames" } },
	{ FORWARDS, { "nw_forwards" } },
	{ "nw_net_scan", { "nw_net_scan_once" } },
	{ "nw_ledger_file", { "nw_reads" } },
};

static int pin(struct bpf_link *link, const char *name, char ret[NW_ITER_PATH_MAX])
{
	int r;

	snprintf(ret, NW_ITER_PATH_MAX, PIN_DIR "/%s", name);
	r = bpf_link__pin(link, ret);
	if (r == 0 && chmod(ret, 0444) < 0) {
		r = -errno;
	}
	return r;
}

/* map: NULL when it iterates over something else. */
static int attach(const struct bpf_program *prog, const struct bpf_map *map,
		  char ret_path[NW_ITER_PATH_MAX], struct bpf_link **ret)
{
	union bpf_iter_link_info info = {};
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_link *link;
	int r;

	if (map) {
		info.map.map_fd = (__u32)bpf_map__fd(map);
	}
	link = bpf_program__attach_iter(prog, map ? &opts : NULL);
	if (!link) {
		return -errno;
	}
	r = pin(link, map ? bpf_map__name(map) : bpf_program__name(prog), ret_path);
	if (r < 0) {
		bpf_link__destroy(link);
		ret_path[0] = '\0';
		return r;
	}
	*ret = link;
	return 0;
}

static int attach_ledger(struct nw_iters *iters, const struct bpf_program *prog,
			 const struct bpf_map *map, struct bpf_link **ret)
{
	struct nw_iter *at = &iters->ledger[iters->count];
	int r;

	if (iters->count == NW_ITERS_MAX) {
		return -E2BIG;
	}
	r = attach(prog, map, at->path, ret);
	if (r == 0) {
		at->is_of_forwards = strcmp(bpf_program__name(prog), FORWARDS) == 0;
		iters->count++;
	}
	return r;
}

int nw_iters_attach(struct nw_iters *iters, const struct bpf_object *obj,
		    const struct bpf_program *prog, struct bpf_link *ret[NW_ITER_MAPS_MAX],
		    unsigned *ret_count)
{
	const char *name = bpf_program__name(prog);
	const char *const *maps = NULL;
	int r = 0;

	*ret_count = 0;
	for (size_t i = 0; i < NW_ARRAY_SIZE(over); i++) {
		if (strcmp(name, over[i].prog) == 0) {
			maps = over[i].map;
		}
	}
	if (!maps) {
		r = strcmp(name, FD_SCAN) == 0	  ? attach(prog, NULL, iters->fd_scan, ret)
		    : strcmp(name, LIB_SCAN) == 0 ? attach(prog, NULL, iters->lib_scan, ret)
						  : attach_ledger(iters, prog, NULL, ret);
		*ret_count = r == 0;
		return r;
	}
	for (unsigned i = 0; i < NW_ITER_MAPS_MAX && maps[i] && r == 0; i++) {
		r = attach_ledger(iters, prog, bpf_object__find_map_by_name(obj, maps[i]), &ret[i]);
		*ret_count += r == 0;
	}
	return r;
}

/* Runs it to its end. A program that writes a byte for each event is stopped after step of them. */
static int read_iter(const char *path, size_t step, int (*fn)(void *ctx), void *ctx)
{
	char buf[STEP_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int r = 0;

	if (fd < 0) {
		return -errno;
	}
	do {
		n = read(fd, buf, NW_MIN(step, sizeof(buf)));
		r = n > 0 && fn ? fn(ctx) : 0;
	} while (r >= 0 && (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN))));
	if (r >= 0) {
		r = n < 0 ? -errno : 0;
	}
	close(fd);
	return r;
}

int nw_iters_sweep(const struct nw_iters *iters, bool has_forwards)
{
	int r = 0;

	for (unsigned i = 0; i < iters->count && r == 0; i++) {
		if (has_forwards || !iters->ledger[i].is_of_forwards) {
			r = read_iter(iters->ledger[i].path, STEP_MAX, NULL, NULL);
		}
	}
	return r;
}

int nw_iters_scan(const char path[NW_ITER_PATH_MAX], size_t step, int (*fn)(void *ctx), void *ctx)
{
	return path[0] ? read_iter(path, step, fn, ctx) : -ENOENT;
}
