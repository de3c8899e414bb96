/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to a file descriptor, many with one write(). A line is written whole or not at all: what a
 * write() could not take stays in front, and the next one goes on there. Never waits by itself: on
 * a descriptor that does not block, lines are kept while there is room and refused when there is
 * none. The descriptor is the caller's, and so are its flags.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Bytes that are written together, at least when they come fast: a file takes 1.5 KB of 256 KiB in
 * two thirds of the time that it needs for 1.5 KB of 64 KiB. */
#define NW_WRITER_BATCH	   262144
#define NW_WRITER_LINE_MAX 32768

struct nw_writer {
	int fd;
	int error; /* 0 or -errno of an end that will never take anything again */
	size_t start, end;
	char buf[NW_WRITER_BATCH + NW_WRITER_LINE_MAX];
};

void nw_writer_init(struct nw_writer *w, int fd);

/*
 * Where the next line may go, with room for len <= NW_WRITER_LINE_MAX bytes, or NULL and -errno in
 * *ret_error: -EAGAIN, -ENOSPC … may pass, -EPIPE and the like stay.
 */
char *nw_writer_room(struct nw_writer *w, size_t len, int *ret_error);
/* A line of len bytes is there; it ends in '\n'. */
void nw_writer_add(struct nw_writer *w, size_t len);
/* Write all that can be written now: 0, also when something had to stay (-EAGAIN), or -errno. */
int nw_writer_flush(struct nw_writer *w);
/* The last flush, waiting up to timeout_ms for a reader. Returns how many lines were not written. */
unsigned nw_writer_end(struct nw_writer *w, int timeout_ms);
