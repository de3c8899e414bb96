/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A socket whose room for options (net.core.optmem_max) is taken: by the largest filter that the
 * kernel lets it have. The filter takes every packet; what stands behind its first word is never run.
 */
#pragma once

#include <linux/filter.h>

#include "truth.h"

/* Loads are translated into some ten words each, so that they reach where single words can't. */
static inline bool truth_crowd_by(int fd, unsigned loads, unsigned words)
{
	static struct sock_filter code[BPF_MAXINSNS];
	struct sock_fprog prog = { (unsigned short)(loads + words + 2), code };
	unsigned n = 0;
	int none = 0;

	(void)setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none));
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
	while (loads-- > 0) {
		code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	}
	while (words-- > 0) {
		code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 0);
	}
	code[n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, UINT32_MAX);
	return !setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog));
}

static inline void truth_crowd(int fd)
{
	unsigned loads = 0;
	unsigned words = 0;

	for (unsigned step = BPF_MAXINSNS / 4; step > 0; step /= 2) {
		loads += truth_crowd_by(fd, loads + step, 0) ? step : 0;
	}
	for (unsigned step = 32; step > 0; step /= 2) {
		words += truth_crowd_by(fd, loads, words + step) ? step : 0;
	}
	truth_check(truth_crowd_by(fd, loads, words), "filter");
	errno = ENOBUFS;
	truth_check(!truth_crowd_by(fd, loads, words + 1) && truth_crowd_by(fd, loads, words),
		    "there is room for more");
}
