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
#define FENTRY	   "fentry/"
#define FEXIT	   "fexit/"

struct btf *nw_trial_begin(void)
{
	return btf__load_vmlinux_btf();
}

void nw_trial_end(struct btf *btf)
{
	btf__free(btf);
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* absent: what to say of a function that is not there. */
static int try_function(const struct btf *btf, const char *function, enum bpf_attach_type type,
			int absent)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K }, /* r0 = 0 */
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	int id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	int fd;

	if (id <= 0) {
		return absent;
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
	char name[64];

	if (begins(section, ITER)) {
		snprintf(name, sizeof(name), "bpf_iter_%s", section + sizeof(ITER) - 1);
		/* not there at all: libbpf says so better */
		return try_function(btf, name, BPF_TRACE_ITER, 0);
	}
	if (begins(section, FENTRY)) {
		return try_function(btf, section + sizeof(FENTRY) - 1, BPF_TRACE_FENTRY, -ENOENT);
	}
	if (begins(section, FEXIT)) {
		return try_function(btf, section + sizeof(FEXIT) - 1, BPF_TRACE_FEXIT, -ENOENT);
	}
	if (begins(section, TRACEPOINT)) {
		snprintf(name, sizeof(name), "btf_trace_%s", section + sizeof(TRACEPOINT) - 1);
		return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) > 0 ? 0 : -ENOENT;
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
