/* SPDX-License-Identifier: Apache-2.0 */
/* See load_trial.h. Owns nothing beyond a call. */
#include "load_trial.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/macro.h"

#define ITER	 "iter/"
#define ITER_LEN 5

struct btf *nw_trial_begin(void)
{
	return btf__load_vmlinux_btf();
}

void nw_trial_end(struct btf *btf)
{
	btf__free(btf);
}

bool nw_trial_is_refused(const struct btf *btf, const char *section)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K }, /* r0 = 0 */
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_ITER);
	char function[64];
	int id, fd;

	if (strncmp(section, ITER, ITER_LEN) != 0) {
		return false;
	}
	snprintf(function, sizeof(function), "bpf_iter_%s", section + ITER_LEN);
	id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	if (id <= 0) {
		return false; /* not there at all: libbpf says so better */
	}
	opts.attach_btf_id = (__u32)id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nw_trial", "GPL", code, NW_ARRAY_SIZE(code),
			   &opts);
	if (fd >= 0) {
		close(fd);
	}
	return fd == -EPERM;
}
