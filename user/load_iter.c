/* SPDX-License-Identifier: Apache-2.0 */
/* See load_iter.h. Owns nothing: the pin goes with the mount namespace. */
#include "load_iter.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIN_DIR "/sys/fs/bpf"

int nw_iter_pin(struct bpf_link *link, const char *name, char ret[NW_ITER_PATH_MAX])
{
	int r;

	snprintf(ret, NW_ITER_PATH_MAX, PIN_DIR "/%s", name);
	r = bpf_link__pin(link, ret);
	if (r == 0 && chmod(ret, 0444) < 0) {
		r = -errno;
	}
	return r;
}

int nw_iter_read(const char *path, size_t step, int (*fn)(void *ctx), void *ctx)
{
	char buf[NW_ITER_STEP_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	int r = 0;

	if (fd < 0) {
		return -errno;
	}
	do {
		n = read(fd, buf, NW_MIN(step, sizeof(buf)));
		r = n > 0 && fn ? fn(ctx) : 0;
	} while (r >= 0 && (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN))));
	if (r >= 0) {
		r = n < 0 ? -errno : 0;
	}
	close(fd);
	return r;
}
