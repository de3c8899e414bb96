/* SPDX-License-Identifier: Apache-2.0 */
/* See whole.h. Owns nothing. */
#include "util/whole.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

ssize_t nw_read_whole(int fd, void *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, (uint8_t *)buf + len, size - len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return -errno;
		}
		if (n == 0) {
			break;
		}
		len += (size_t)n;
	}
	return (ssize_t)len;
}
