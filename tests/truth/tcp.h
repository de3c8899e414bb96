/* SPDX-License-Identifier: Apache-2.0 */
/* The one listener and the one connection that the verbs of tcp work on. */
#pragma once

#include "truth.h"

#define CHUNK 16384

/* Shared with children: they write and read for the same connection. */
struct tally {
	uint64_t wrote;
	uint64_t read;
	int eof;   /* the far end's FIN was read */
	int error; /* errno that ended reading, 0 = none */
};

static struct tally *tally;
static char chunk[CHUNK];
static int listener = -1;
static int fd = -1;
static char ends[TRUTH_ENDS]; /* as they were when it was connected */
static int protocol;
static int is_v6only;

static void tcp_send(uint64_t left)
{
	while (left > 0) {
		ssize_t n = write(fd, chunk, NW_MIN(left, (uint64_t)CHUNK));

		truth_check(n > 0, "write");
		left -= (uint64_t)n;
		tally->wrote += (uint64_t)n;
	}
}
