/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel says of our programs and links (bpf_prog_show_fdinfo() of kernel/bpf/syscall.c,
 * bpf_cgroup_link_show_fdinfo() of kernel/bpf/cgroup.c), which can be read when bpf() no longer can
 * be called.
 *
 * Runs left out: it does not run a program again on a processor where a run of it has not ended, be it
 * interrupted or, from 7.0 on, be it that its process lost its turn: then what happens there meanwhile is
 * not told. The kernel counts them, of each program. Kernels before 5.12 do not say.
 *
 * Links taken off: who may call bpf() can end a link to a cgroup, though we hold it (BPF_LINK_DETACH); it
 * has no cgroup then. Links to tracepoints and iterators can't be ended so; but those to cgroups and of
 * iterators can be given another program (BPF_LINK_UPDATE), whose number they then show.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NW_CGROUP_UNIX_CONNECT 49 /* of enum bpf_attach_type, in headers from 6.7 on */

/* Opens what there is of this process's programs and links; while /proc can be read. */
void nw_progs_watch(void);
/* Runs left out so far, of any process of the host. */
uint64_t nw_progs_skipped(void);
/* Bits 1 << BPF_CGROUP_* (enum bpf_attach_type) of links that are off, or whose cgroup is gone. */
uint64_t nw_progs_detached(void);
/* Did a link get another program since this was last asked? */
bool nw_progs_replaced(void);
