/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be known of a program's target before the object is loaded, which takes long: whether this
 * kernel has it, and whether a hardened one refuses it whatever the program does. That one says EPERM
 * before it reads the code, so a program of two instructions finds it out.
 */
#pragma once

#include <stdbool.h>

struct btf;

/* The kernel's own type information, or NULL: then nothing can be tried. */
struct btf *nw_trial_begin(void);
/* section: "iter/bpf_map_elem", "tp_btf/sock_recv_length", "fexit/filemap_read". 0, as far as is known;
 * -ENOENT: this kernel has no such tracepoint or function; -EPERM: it refuses such programs. */
int nw_trial(const struct btf *btf, const char *section);
/* Does a flag of a packet socket say that it passes the queue by (6.4 on, af_packet built in)? */
bool nw_trial_has_bypass_flag(const struct btf *btf);
void nw_trial_end(struct btf *btf);
