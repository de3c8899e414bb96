/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be known of a program's target before the object is loaded, which takes long: whether this
 * kernel has it, and whether a hardened one refuses it whatever the program does. That one says EPERM
 * before it reads the code, so a program of two instructions finds it out.
 */
#pragma once

#include <stdbool.h>

#include "load_types.h"

struct bpf_object;

#define NW_TRIAL_TARGETS_MAX 64

struct nw_trial {
	struct btf *btf; /* the kernel's own type information, or NULL: then nothing can be tried */
	struct nw_types_want target[NW_TRIAL_TARGETS_MAX];
	size_t targets;
};

void nw_trial_begin(struct nw_trial *t, const struct bpf_object *obj);
/* section: "iter/bpf_map_elem", "tp_btf/sock_recv_length", "fexit/filemap_read". 0, as far as is known;
 * -ENOENT: this kernel has no such tracepoint or function; -EPERM: it refuses such programs. */
int nw_trial(const struct nw_trial *t, const char *section);
/* Does a flag of a packet socket say that it passes the queue by (6.4 on, af_packet built in)? */
bool nw_trial_has_bypass_flag(const struct nw_trial *t);
void nw_trial_end(struct nw_trial *t);
