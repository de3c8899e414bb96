/* SPDX-License-Identifier: Apache-2.0 */
/* A descriptor in a message (SCM_RIGHTS): given to another process, or left there by its only
 * holder, so that no file table has it until it is taken back. */
#pragma once

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "truth.h"

static void drift_message(struct msghdr *m, struct iovec *iov, char *control, size_t size)
{
	static char byte = 'x';

	*iov = (struct iovec){ &byte, 1 };
	*m = (struct msghdr){
		.msg_iov = iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = size
	};
}

/* to: NULL for who is connected. */
static void drift_send(int unix_fd, struct sockaddr_un *to, socklen_t len, int fd)
{
	char control[CMSG_SPACE(sizeof(fd))] __attribute__((aligned(8))) = { 0 };
	struct cmsghdr *c = (struct cmsghdr *)control;
	struct msghdr m;
	struct iovec iov;

	drift_message(&m, &iov, control, sizeof(control));
	m.msg_namelen = len;
	m.msg_name = to;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	truth_check(sendmsg(unix_fd, &m, 0) == 1, "SCM_RIGHTS");
}

static int drift_receive(int unix_fd)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
	const struct cmsghdr *c = (const struct cmsghdr *)control;
	struct msghdr m;
	struct iovec iov;
	int fd;

	drift_message(&m, &iov, control, sizeof(control));
	truth_check(recvmsg(unix_fd, &m, MSG_CMSG_CLOEXEC) == 1, "recvmsg");
	errno = EBADMSG;
	truth_check(m.msg_controllen >= CMSG_LEN(sizeof(fd)) && c->cmsg_type == SCM_RIGHTS,
		    "SCM_RIGHTS");
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static int drift[2];

/* Prints a line once nobody has it open. */
static void drift_out(int fd)
{
	truth_check(!socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, drift), "socketpair");
	drift_send(drift[0], NULL, 0, fd);
	close(fd);
	truth_print("{\"pid\":%d}", getpid());
}

static int drift_in(void)
{
	int fd = drift_receive(drift[1]);

	close(drift[0]);
	close(drift[1]);
	return fd;
}
