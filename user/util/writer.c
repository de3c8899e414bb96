/* SPDX-License-Identifier: Apache-2.0 */
/* One buffer and its two ends. Owns nothing else; what cannot be written is the caller's to count. */
#include "util/writer.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

void nw_writer_init(struct nw_writer *w, int fd)
{
	w->fd = fd;
	w->error = 0;
	w->start = w->end = 0;
}

/* Who is gone stays gone; a full disk and a slow reader may not. */
static bool is_final(int error)
{
	return error != -EAGAIN && error != -ENOSPC && error != -EDQUOT && error != -EIO;
}

/* 0 when nothing is left, else why. */
static int push(struct nw_writer *w)
{
	while (w->error == 0 && w->start < w->end) {
		ssize_t n = write(w->fd, w->buf + w->start, w->end - w->start);

		if (n > 0) {
			w->start += (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			int error = n == 0 ? -EIO : -errno;

			w->error = is_final(error) ? error : 0;
			return error;
		}
	}
	if (w->error == 0) {
		w->start = w->end = 0;
	}
	return w->error;
}

char *nw_writer_room(struct nw_writer *w, size_t len, int *ret_error)
{
	int error = w->error;

	if (error == 0 && sizeof(w->buf) - w->end < len) {
		error = push(w);
		if (w->start > 0) {
			memmove(w->buf, w->buf + w->start, w->end - w->start);
			w->end -= w->start;
			w->start = 0;
		}
	}
	if (w->error || sizeof(w->buf) - w->end < len) {
		*ret_error = error;
		return NULL;
	}
	return w->buf + w->end;
}

void nw_writer_add(struct nw_writer *w, size_t len)
{
	w->end += len;
}

int nw_writer_flush(struct nw_writer *w)
{
	int r = push(w);

	return r == -EAGAIN ? 0 : r;
}

unsigned nw_writer_end(struct nw_writer *w, int timeout_ms)
{
	struct pollfd p = { .fd = w->fd, .events = POLLOUT };
	size_t before = SIZE_MAX;
	unsigned lines = 0;

	/* each wait must move something on: a reader that takes nothing is not waited for twice */
	while (push(w) == -EAGAIN && w->start != before) {
		before = w->start;
		if (poll(&p, 1, timeout_ms) <= 0) {
			break;
		}
	}
	for (size_t i = w->start; i < w->end; i++) {
		lines += w->buf[i] == '\n';
	}
	return lines;
}
