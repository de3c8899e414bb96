/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sd_notify's protocol is a datagram of words to a Unix socket whose name stands in the environment,
 * "@" in front of an abstract one. The socket is connected while we may, and written to later. Owns
 * nothing.
 */
#include "notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"

int nw_notify_open(void)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t len = name ? strlen(name) : 0;
	int fd;

	if (!len) {
		return -1;
	}
	if ((name[0] != '/' && name[0] != '@') || len < 2 || len >= sizeof(addr.sun_path)) {
		nw_warn("NOTIFY_SOCKET names no socket that can be used; nobody is told that we run");
		return -1;
	}
	memcpy(addr.sun_path, name, len);
	if (name[0] == '@') {
		addr.sun_path[0] = '\0';
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)(const void *)&addr,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0) {
		nw_warn("cannot reach the service manager's socket; nobody is told that we run");
		if (fd >= 0) {
			(void)close(fd);
		}
		return -1;
	}
	return fd;
}

void nw_notify_say(int fd, const char *words)
{
	if (fd >= 0 && write(fd, words, strlen(words)) < 0) {
		nw_dbg("the service manager was not told %s", words);
	}
}
