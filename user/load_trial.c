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

#define BYPASS_FLAGS "packet_sock_flags"

/* What the name behind the slash is called in the kernel, and what it is there. */
static const struct way {
	const char *section;
	const char *prefix;
	uint32_t kind;
	enum bpf_attach_type type;
	int absent; /* what to say of one that is not there; of an iterator libbpf says it better */
} ways[] = {
	{ "iter/", "bpf_iter_", BTF_KIND_FUNC, BPF_TRACE_ITER, 0 },
	{ "fentry/", "", BTF_KIND_FUNC, BPF_TRACE_FENTRY, -ENOENT },
	{ "fexit/", "", BTF_KIND_FUNC, BPF_TRACE_FEXIT, -ENOENT },
	{ "tp_btf/", "btf_trace_", BTF_KIND_TYPEDEF, BPF_TRACE_RAW_TP, -ENOENT },
};

static const struct way *way_of(const char *section)
{
	for (size_t i = 0; i < NW_ARRAY_SIZE(ways); i++) {
		if (strncmp(section, ways[i].section, strlen(ways[i].section)) == 0) {
			return &ways[i];
		}
	}
	return NULL;
}

static void target_of(const struct way *way, const char *section, char name[NW_TYPES_NAME])
{
	snprintf(name, NW_TYPES_NAME, "%s%s", way->prefix, section + strlen(way->section));
}

static struct nw_types_want *next(struct nw_trial *t, uint32_t kind)
{
	struct nw_types_want *w = &t->target[t->targets];

	if (t->targets == NW_TRIAL_TARGETS_MAX) {
		return NULL;
	}
	t->targets++;
	w->kind = kind;
	return w;
}

void nw_trial_begin(struct nw_trial *t, const struct bpf_object *obj)
{
	struct bpf_program *prog;
	struct nw_types_want *w;

	memset(t, 0, sizeof(*t));
	t->btf = btf__load_vmlinux_btf();
	if (!t->btf) {
		return;
	}
	w = next(t, BTF_KIND_ENUM);
	snprintf(w->name, sizeof(w->name), BYPASS_FLAGS);
	bpf_object__for_each_program(prog, obj) {
		const struct way *way = way_of(bpf_program__section_name(prog));

		w = way ? next(t, way->kind) : NULL;
		if (w) {
			target_of(way, bpf_program__section_name(prog), w->name);
		}
	}
	nw_types_find(t->btf, t->target, t->targets);
}

void nw_trial_end(struct nw_trial *t)
{
	btf__free(t->btf);
	t->btf = NULL;
}

static uint32_t id_of(const struct nw_trial *t, const char *name, uint32_t kind)
{
	for (size_t i = 0; i < t->targets; i++) {
		if (t->target[i].kind == kind && strcmp(t->target[i].name, name) == 0) {
			return t->target[i].id;
		}
	}
	return 0;
}

static int try_function(uint32_t id, enum bpf_attach_type type)
{
	static const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K }, /* r0 = 0 */
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type, .attach_btf_id = id);
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nw_trial", "GPL", code, NW_ARRAY_SIZE(code),
			       &opts);

	if (fd >= 0) {
		close(fd);
	}
	return fd == -EPERM ? -EPERM : 0;
}

int nw_trial(const struct nw_trial *t, const char *section)
{
	const struct way *way = way_of(section);
	char name[NW_TYPES_NAME];
	uint32_t id;

	if (!way || !t->btf) {
		return 0;
	}
	target_of(way, section, name);
	id = id_of(t, name, way->kind);
	if (!id) {
		return way->absent;
	}
	return way->kind == BTF_KIND_FUNC ? try_function(id, way->type) : 0;
}

/* 5.10's newest have the enumeration, and not this of its values. */
bool nw_trial_has_bypass_flag(const struct nw_trial *t)
{
	uint32_t id = id_of(t, BYPASS_FLAGS, BTF_KIND_ENUM);
	const struct btf_type *type = id ? btf__type_by_id(t->btf, id) : NULL;

	for (unsigned i = 0; type && i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(t->btf, btf_enum(type)[i].name_off),
			   "PACKET_SOCK_QDISC_BYPASS") == 0) {
			return true;
		}
	}
	return false;
}
