/* SPDX-License-Identifier: Apache-2.0 */
/* A network namespace of the program's own, where loopback is up and nobody else sends. */
#pragma once

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
