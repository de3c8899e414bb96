/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of our programs that the kernel left out. It does not run a program again on a processor where
 * a run of it has not ended, be it interrupted or, from 7.0 on, be it that its process lost its turn: then
 * what happens there meanwhile is not told. The kernel counts them, of each program.
 */
#pragma once

#include <stdint.h>

/* Opens the counters of all programs that this process has; while /proc can be read. */
void nw_skipped_watch(void);
/* How many so far, of any process of the host. Kernels before 5.12 do not say. */
uint64_t nw_skipped(void);
