/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings in memory and on an ext4, and the run of nvrwatch that tests of the hooks file_* share. It
 * ends before the run of all others begins: where a socket has little room for options two runs beside
 * each other take it from each other.
 */
#pragma once

struct nw_tool;

#define READS_SIZE  1000003
#define READS_ROOTS 2

extern char reads_root[READS_ROOTS][128]; /* in memory, on the disk */

/* Both roots, each with gate/1.mp4 and beside the first a folder that is none. */
void reads_make_roots(void);
struct nw_tool *reads_trace(void);
/* One that has seen nothing yet, and ends with the test. */
struct nw_tool *reads_trace_anew(void);
void reads_end(void);
