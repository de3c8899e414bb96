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

#define ITER	   "iter/"
#define TRACEPOINT "tp_btf/"

struct btf *nw_trial_begin(void)
{
	return btf__load_vmlinux_btf();
}

void nw_trial_end(struct btf *btf)
{
	btf__free(btf);
}

static int try_iterator(const struct btf *btf, const char *target)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K }, /* r0 = 0 */
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_ITER);
	char function[64];
	int id, fd;

	snprintf(function, sizeof(function), "bpf_iter_%s", target);
	id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	if (id <= 0) {
		return 0; /* not there at all: libbpf says so better */
	}
	opts.attach_btf_id = (__u32)id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nw_trial", "GPL", code, NW_ARRAY_SIZE(code),
			   &opts);
	if (fd >= 0) {
		close(fd);
	}
	return fd == -EPERM ? -EPERM : 0;
}

int nw_trial(const struct btf *btf, const char *section)
{
	char type[64];

	if (strncmp(section, ITER, sizeof(ITER) - 1) == 0) {
		return try_iterator(btf, section + sizeof(ITER) - 1);
	}
	if (strncmp(section, TRACEPOINT, sizeof(TRACEPOINT) - 1) == 0) {
		snprintf(type, sizeof(type), "btf_trace_%s", section + sizeof(TRACEPOINT) - 1);
		return btf__find_by_name_kind(btf, type, BTF_KIND_TYPEDEF) > 0 ? 0 : -ENOENT;
	}
	return 0;
}

/* 5.10's newest have the enumeration, and not this of its values. */
bool nw_trial_has_bypass_flag(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "packet_sock_flags", BTF_KIND_ENUM);
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	for (unsigned i = 0; type && i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(btf, btf_enum(type)[i].name_off),
			   "PACKET_SOCK_QDISC_BYPASS") == 0) {
			return true;
		}
	}
	return false;
}
