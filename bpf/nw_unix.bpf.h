/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Names of Unix sockets, so short that an event carries one: who connects is joined to who listens by it. */
#pragma once

#include "nw.bpf.h"

#define NW_AF_UNIX     1
#define NW_UNIX_FAMILY sizeof(((struct sockaddr_un *)0)->sun_family)
#define NW_UNIX_PATH   sizeof(((struct sockaddr_un *)0)->sun_path)
#define NW_UNIX_WORDS  ((NW_UNIX_PATH + 1 + 7) / 8)

/*
 * len: what is behind sun_family. A path ends at its NUL, or at len; a name that begins with one (unix(7),
 * "abstract") has len bytes. A path is only what was said: relative ones, and the same one in containers
 * that share a network, are not told from one another. Never 0.
 */
static __always_inline __u64 nw_unix_name(const void *path, __u32 len, __u32 netns)
{
	__u64 word[NW_UNIX_WORDS] = {};
	__u64 h = netns;

	if (len > NW_UNIX_PATH) {
		len = NW_UNIX_PATH;
	}
	asm volatile("%0 &= 127" : "+r"(len)); /* a bound that 5.10's verifier keeps */
	bpf_probe_read_kernel_str(word, len + 1, path);
	if (!word[0] && len > 1) {
		bpf_probe_read_kernel(word, len, path);
	}
#pragma unroll
	for (unsigned i = 0; i < NW_UNIX_WORDS; i++) {
		h = (h ^ word[i]) *
		    0x9e3779b97f4a7c15; /* 2^64 / golden ratio: Knuth, TAOCP 3, 6.4 */
		h ^= h >> 29;
	}
	return h ? h : 1;
}
