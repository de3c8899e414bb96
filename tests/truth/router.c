/* SPDX-License-Identifier: Apache-2.0 */
/* router VERB...: a network namespace that forwards, and nothing of its own in it. */
#include <net/if.h>
#include <sys/ioctl.h>

#include "truth.h"

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	truth_check(fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value), path);
	close(fd);
}

/* 0 or 1, both versions of IP. */
static void do_forward(char **args)
{
	put("/proc/sys/net/ipv4/ip_forward", args[0]);
	put("/proc/sys/net/ipv6/conf/all/forwarding", args[0]);
}

/* DEV: of one device only. */
static void do_forward_from(char **args)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/forwarding", args[0]);
	put(path, "1");
}

/* DEV N: its MTU changes N times. */
static void do_shake(char **args)
{
	struct ifreq r = { .ifr_mtu = 0 };
	uint64_t n = truth_number(args[1], 100000);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(r.ifr_name, args[0], sizeof(r.ifr_name) - 1);
	for (uint64_t i = 0; i < n; i++) {
		r.ifr_mtu = 1500 + (int)(i % 2);
		truth_check(fd >= 0 && !ioctl(fd, SIOCSIFMTU, &r), "SIOCSIFMTU");
	}
	close(fd);
}

static const struct truth_verb verbs[] = {
	{ "forward", 1, do_forward },
	{ "forward_from", 1, do_forward_from },
	{ "shake", 2, do_shake },
	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
