/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fds VERB...: opens files that join processes, and others, and keeps them open. Each verb prints
 * one line for each of its files that is to be told: what this process and its kernel know of it.
 */
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "truth.h"

static uint64_t inode_of(int fd)
{
	struct stat st;

	truth_check(!fstat(fd, &st), "fstat");
	return st.st_ino;
}

static uint64_t netns(void)
{
	struct stat st;

	truth_check(!stat("/proc/self/ns/net", &st), "ns/net");
	return st.st_ino;
}

/* flags: as NW_FD_* */
static void tell(const char *what, int fd, unsigned flags)
{
	truth_print("{\"what\":\"%s\",\"pid\":%d,\"fd\":%d,\"inode\":%" PRIu64 ",\"flags\":%u}",
		    what, getpid(), fd, inode_of(fd), flags);
}

static int option(int fd, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	truth_check(!getsockopt(fd, SOL_SOCKET, name, &value, &len), "getsockopt");
	return value;
}

static void tell_socket(int fd, uint64_t peer, unsigned flags)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	truth_check(!getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len), "SO_COOKIE");
	truth_print("{\"what\":\"socket\",\"pid\":%d,\"fd\":%d,\"inode\":%" PRIu64
		    ",\"flags\":%u,\"family\":%d,\"type\":%d,\"proto\":%d,\"netns\":%" PRIu64
		    ",\"cookie\":%" PRIu64 ",\"peer\":%" PRIu64 "}",
		    getpid(), fd, inode_of(fd), flags, option(fd, SO_DOMAIN), option(fd, SO_TYPE),
		    option(fd, SO_PROTOCOL), netns(), cookie, peer);
}

static void do_pipe(char **args)
{
	int fd[2];

	(void)args;
	truth_check(!pipe(fd), "pipe");
	tell("pipe", fd[0], 1);
	tell("pipe", fd[1], 2);
}

/* Both ends of so many pipes; one line when all are open. */
static void do_many(char **args)
{
	uint64_t n = truth_number(args[0], 100000);
	struct rlimit limit = { .rlim_cur = 2 * n + 64, .rlim_max = 2 * n + 64 };
	int fd[2];

	truth_check(!setrlimit(RLIMIT_NOFILE, &limit), "RLIMIT_NOFILE");
	for (uint64_t i = 0; i < n; i++) {
		truth_check(!pipe(fd), "pipe");
	}
	truth_print("{\"pid\":%d,\"files\":%" PRIu64 "}", getpid(), 2 * n);
}

static void do_socket(char **args)
{
	int fd = socket((int)truth_number(args[0], 100), (int)truth_number(args[1], 10),
			(int)truth_number(args[2], 65535));

	truth_check(fd >= 0, "socket");
	tell_socket(fd, 0, 3);
}

/* A packet socket's protocol is no socket option. */
static void do_packet(char **args)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_ifindex = 1 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	(void)args;
	ll.sll_protocol = htons(ETH_P_IPV6);
	truth_check(fd >= 0 && !bind(fd, (struct sockaddr *)&ll, sizeof(ll)), "packet");
	truth_print("{\"what\":\"socket\",\"pid\":%d,\"fd\":%d,\"inode\":%" PRIu64
		    ",\"flags\":3,\"family\":17,\"type\":3,\"proto\":%d,\"netns\":%" PRIu64
		    ",\"ifindex\":1}",
		    getpid(), fd, inode_of(fd), ETH_P_IPV6, netns());
}

static void do_pair(char **args)
{
	int fd[2];

	(void)args;
	truth_check(!socketpair(AF_UNIX, SOCK_STREAM, 0, fd), "socketpair");
	tell_socket(fd[0], inode_of(fd[1]), 3);
	tell_socket(fd[1], inode_of(fd[0]), 3);
}

/* A listener, a client and what was accepted; the name is this network namespace's own. */
static void do_unix(char **args)
{
	struct sockaddr_un {
		sa_family_t family;
		char path[108];
	} un = { .family = AF_UNIX };
	static unsigned names;
	socklen_t len;
	int fd[3];

	(void)args;
	len = (socklen_t)(sizeof(un.family) + 1 +
			  (size_t)snprintf(un.path + 1, 100, "nw-fds-%d-%u", getpid(), names++));
	fd[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	fd[1] = socket(AF_UNIX, SOCK_STREAM, 0);
	truth_check(fd[0] >= 0 && fd[1] >= 0, "socket");
	truth_check(!bind(fd[0], (struct sockaddr *)&un, len) && !listen(fd[0], 1), "listen");
	truth_check(!connect(fd[1], (struct sockaddr *)&un, len), "connect");
	fd[2] = accept(fd[0], NULL, NULL);
	truth_check(fd[2] >= 0, "accept");
	tell_socket(fd[0], 0, 3 | 4 | 8);
	tell_socket(fd[1], inode_of(fd[2]), 3);
	tell_socket(fd[2], inode_of(fd[1]), 3 | 8);
}

static void do_pty(char **args)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int slave;

	(void)args;
	truth_check(master >= 0 && !grantpt(master) && !unlockpt(master), "posix_openpt");
	slave = open(ptsname(master), O_RDONLY | O_NOCTTY);
	truth_check(slave >= 0, "ptsname");
	truth_print("{\"what\":\"pty\",\"pid\":%d,\"fd\":%d,\"inode\":%" PRIu64 ",\"flags\":19}",
		    getpid(), master, inode_of(slave));
	tell("pty", slave, 1);
}

/* Only what somebody has mapped shared and writable is memory that joins. */
static void do_memory(char **args)
{
	int shared = (int)syscall(SYS_memfd_create, "shared", 0);
	int alone = (int)syscall(SYS_memfd_create, "alone", 0);

	(void)args;
	truth_check(shared >= 0 && alone >= 0, "memfd_create");
	truth_check(!ftruncate(shared, 4096) && !ftruncate(alone, 4096), "ftruncate");
	truth_check(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0) != MAP_FAILED,
		    "mmap");
	tell("memory", shared, 3);
}

/* What joins nobody: a file, a directory, a device, netlink. */
static void do_others(char **args)
{
	(void)args;
	truth_check(open("/proc/self/exe", O_RDONLY) >= 0, "exe");
	truth_check(open("/", O_RDONLY | O_DIRECTORY) >= 0, "/");
	truth_check(open("/dev/null", O_RDWR) >= 0, "/dev/null");
	truth_check(socket(AF_NETLINK, SOCK_RAW, 0) >= 0, "netlink");
}

/* As a container has it: its own network, mounts and (for children) process numbers. */
static void do_container(char **args)
{
	(void)args;
	truth_check(!unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID), "unshare");
}

static const struct truth_verb verbs[] = {
	{ "container", 0, do_container }, { "many", 1, do_many },     { "memory", 0, do_memory },
	{ "others", 0, do_others },	  { "packet", 0, do_packet }, { "pair", 0, do_pair },
	{ "pipe", 0, do_pipe },		  { "pty", 0, do_pty },	      { "socket", 3, do_socket },
	{ "unix", 0, do_unix },		  TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_check(!close_range(3, UINT32_MAX, 0), "close_range"); /* what was left open to us */
	truth_script(verbs, argc, argv);
	return 0;
}
