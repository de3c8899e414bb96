/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of the file that a process runs, for tests of what writes records. */
#pragma once

#include "exe_file.h"
#include "records.h"

/* The file that it runs was read: text of exe_file.h. */
static inline void nw_records_identified(struct nw_state *st, struct nw_proc *p, const char *text)
{
	p->exe_file = ++st->exe_files_told;
	assert_true(nw_exe_parse(text, strlen(text), &st->exe_files[p->exe_file]));
}

#define NW_RECORDS_EXE                                  \
	"read 8388609 131 1234567 1700000000123456789 " \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1dfeff package ffmpeg"
