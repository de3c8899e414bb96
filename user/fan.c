/* SPDX-License-Identifier: Apache-2.0 */
/* See fan.h. Owns the group. */
#include "fan.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int nw_fan_open(struct nw_fan *f, unsigned flags, unsigned event_flags, size_t block)
{
	f->self = getpid();
	f->lost = 0;
	f->block = NW_MIN(block, sizeof(f->buf));
	f->taken = 0;
	f->fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | flags,
			      O_RDONLY | O_LARGEFILE | O_CLOEXEC | event_flags);
	if (f->fd < 0) {
		f->fd = -errno;
	}
	return NW_MIN(f->fd, 0);
}

void nw_fan_close(struct nw_fan *f)
{
	if (f->fd >= 0) {
		close(f->fd);
	}
}

/* An error is of the first that waits, which is gone with it (no number was left for its file, or the
 * file can't be opened): what is behind it still waits. */
bool nw_fan_take(struct nw_fan *f)
{
	const struct fanotify_event_metadata *m = (const void *)f->buf;
	ssize_t n;

	if (f->fd < 0) {
		return false;
	}
	n = read(f->fd, f->buf, f->block);
	if (n < 0) {
		f->lost += errno != EAGAIN && errno != EINTR;
		return errno != EAGAIN;
	}
	if (n > 0 && m->vers != FANOTIFY_METADATA_VERSION) {
		f->lost++;
		return false;
	}
	f->taken = n;
	return n > 0;
}

void nw_fan_each(struct nw_fan *f, nw_fan_fn look, void *ctx)
{
	for (const struct fanotify_event_metadata *m = (const void *)f->buf;
	     FAN_EVENT_OK(m, f->taken); m = FAN_EVENT_NEXT(m, f->taken)) {
		if (m->mask & FAN_Q_OVERFLOW) {
			f->lost++;
		} else {
			look(ctx, m);
		}
	}
	f->taken = 0;
}
