/* SPDX-License-Identifier: Apache-2.0 */
/* router VERB...: a network namespace that forwards, and nothing of its own in it. */
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

static const struct truth_verb verbs[] = {
	{ "forward", 1, do_forward },
	{ "forward_from", 1, do_forward_from },
	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
