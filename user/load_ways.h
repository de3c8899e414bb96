/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways in that a hook's programs are: which is whose second, which may be lacking, when one begins,
 * and what those that this kernel takes can count. Knows the object, not what became of it.
 */
#pragma once

#include <stdbool.h>

#include "load.h"

struct bpf_object;
struct bpf_program;

/* When a program begins. */
enum nw_load_moment {
	NW_LOAD_FIRST,
	NW_LOAD_WITH_PACKETS, /* those that run for each packet */
	NW_LOAD_WITH_ROOTS,   /* those that run for each read of a file */
};

enum nw_load_moment nw_load_moment_of(const struct bpf_program *prog);
/* A hook's second way in; NULL: it has none. */
struct bpf_program *nw_load_alt_of(const struct bpf_object *obj, unsigned hook);
bool nw_load_has_twin(const struct bpf_object *obj, const struct bpf_program *prog);
/* Counts what is read of recordings: where it can't, opens and positions of open files tell in part. */
bool nw_load_is_of_files(unsigned hook);
/* r: what a trial of its target gave (load_trial.h). Is the program to be left out? */
bool nw_load_is_refused(const struct bpf_object *obj, const struct bpf_program *prog, int r);
/* is_off: by position in the object. */
enum nw_reading nw_load_reading_by(const struct bpf_object *obj, const bool *is_off);
/* Why is what the kernel said last, else err. */
void nw_load_off(struct nw_hook_status *s, enum nw_hook_state state, int err);
