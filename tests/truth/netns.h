/* SPDX-License-Identifier: Apache-2.0 */
/* A network namespace of the program's own, where loopback is up and nobody else sends. */
#pragma once

#include <netinet/in.h>

/* behind that, which has the same structures as what it includes */
#include <linux/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#include "truth.h"

/* mtu: of loopback, 0 = as it is */
static inline void truth_netns(int mtu)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_mtu = mtu };
	int fd;

	truth_check(!unshare(CLONE_NEWNET), "unshare");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	truth_check(fd >= 0 && (!mtu || !ioctl(fd, SIOCSIFMTU, &ifr)), "mtu");
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	truth_check(!ioctl(fd, SIOCSIFFLAGS, &ifr), "lo up");
	close(fd);
}

/*
 * Sockets of this namespace may keep no options, no filter and no storage from now on. False where
 * net.core.optmem_max is the whole host's (before 6.8): that is not ours to change.
 */
static inline bool truth_starve(void)
{
	int fd = open("/proc/sys/net/core/optmem_max", O_WRONLY | O_CLOEXEC);

	truth_check(fd >= 0 || errno == ENOENT, "optmem_max");
	truth_check(fd < 0 || write(fd, "0", 1) == 1, "optmem_max");
	return fd >= 0 && !close(fd);
}
