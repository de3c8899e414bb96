/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hardened kernel refuses whatever the program does: it says EPERM to the target before it
 * reads the code. Found out with a program of two instructions, so that the object is loaded once.
 */
#pragma once

#include <stdbool.h>

struct btf;

/* The kernel's own type information, or NULL: then nothing can be tried. */
struct btf *nw_trial_begin(void);
/* section: "iter/bpf_map_elem"; of others than iterators nothing is known: false. */
bool nw_trial_is_refused(const struct btf *btf, const char *section);
void nw_trial_end(struct btf *btf);
