/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's type information (BTF, Documentation/bpf/btf.rst) is some 130,000 types, and libbpf goes
 * through all of them for each name that it looks for: 49 types of our programs' fields, and their
 * targets. Here is one walk for many names, and a copy of the few types that matter.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct btf;

#define NW_TYPES_NAME 64

struct nw_types_want {
	char name[NW_TYPES_NAME];
	uint32_t kind; /* BTF_KIND_* */
	uint32_t id;   /* the first of that name and kind; 0: there is none */
};

/* want: sorted here, by name and kind. */
void nw_types_find(const struct btf *kernel, struct nw_types_want *want, size_t wants);

/*
 * Writes to fd, as a file of BTF, all types of the kernel that have the name of one of object's (what is
 * behind "___" is none of it), and what stands inside them. What they point to does not: libbpf asks of a
 * pointer only that it is one. 0 or -errno.
 */
int nw_types_copy(const struct btf *kernel, const struct btf *object, int fd);
