/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet VERB...: one socket that no Internet socket's hook sees. "truth" prints what the kernel
 * counted at the far end of the link that its frames leave through.
 */
#include <liburing.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <sys/stat.h>

#include "truth.h"

#define FRAME_MAX 1514
#define ETHERTYPE 0x88b5 /* for local experiments: nobody answers */

static int fd = -1;
static int home = -1; /* the network namespace that was left */

static void tell(void)
{
	struct stat st;

	truth_check(!fstat(fd, &st), "fstat");
	truth_print("{\"pid\":%d,\"inode\":%" PRIu64 "}", getpid(), (uint64_t)st.st_ino);
}

static void do_open(char **args)
{
	(void)args;
	fd = socket(AF_PACKET, SOCK_RAW, htons(ETHERTYPE));
	truth_check(fd >= 0, "socket");
	tell();
}

/* N CHILDREN: N sockets, held by so many children: the kernel waits at each one's end, so they end
 * side by side. */
static void do_many(char **args)
{
	uint64_t n = truth_number(args[0], 10000);
	uint64_t children = truth_number(args[1], 100);

	for (uint64_t c = 0; c < children; c++) {
		pid_t pid = fork();

		truth_check(pid >= 0, "fork");
		if (pid > 0) {
			continue;
		}
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (uint64_t i = c; i < n; i += children) {
			if (socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) < 0) {
				_exit(1);
			}
		}
		pause();
		_exit(0);
	}
}

/* FAMILY TYPE PROTO */
static void do_socket(char **args)
{
	fd = socket((int)truth_number(args[0], 100), (int)truth_number(args[1], 10),
		    (int)truth_number(args[2], 65535));
	if (fd < 0 && errno == EAFNOSUPPORT) {
		truth_print("{\"pid\":%d,\"inode\":0}", getpid());
		return;
	}
	truth_check(fd >= 0, "socket");
	tell();
}

/* By io_uring alone, no socket(2). direct: it is in no file table. inode 0: this kernel can't. */
static void do_uring(char **args)
{
	bool is_direct = strcmp(args[0], "direct") == 0;
	static struct io_uring ring; /* open as long as this program runs */
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;

	truth_check(!io_uring_queue_init(4, &ring, 0), "io_uring_queue_init");
	if (is_direct) {
		int none = -1;

		errno = -io_uring_register_files(&ring, &none, 1);
		truth_check(errno == 0, "io_uring_register_files");
	}
	sqe = io_uring_get_sqe(&ring);
	truth_check(sqe != NULL, "io_uring_get_sqe");
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = 45; /* IORING_OP_SOCKET, since 5.19 */
	sqe->fd = AF_PACKET;
	sqe->off = SOCK_RAW;
	sqe->len = htons(ETHERTYPE);
	sqe->file_index = is_direct ? 1 : 0;
	truth_check(io_uring_submit(&ring) == 1, "io_uring_submit");
	errno = -io_uring_wait_cqe(&ring, &cqe);
	truth_check(errno == 0, "io_uring_wait_cqe");
	if (cqe->res == -EINVAL) {
		truth_print("{\"pid\":%d,\"inode\":0}", getpid());
		return;
	}
	errno = -cqe->res;
	truth_check(cqe->res >= 0, "IORING_OP_SOCKET");
	if (is_direct) {
		truth_print("{\"pid\":%d,\"inode\":1}", getpid());
		return;
	}
	fd = cqe->res;
	tell();
}

static void do_bypass(char **args)
{
	int one = 1;

	(void)args;
	truth_check(!setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)),
		    "PACKET_QDISC_BYPASS");
}

/* A link whose both ends are here, x0 and x1, on which nobody speaks by himself. */
static void do_link(char **args)
{
	static const char *const files[] = { "/proc/sys/net/ipv6/conf/all/disable_ipv6",
					     "/proc/sys/net/ipv6/conf/default/disable_ipv6" };
	char add[] = "link,add,x0,type,veth,peer,name,x1";
	char up0[] = "link,set,x0,up";
	char up1[] = "link,set,x1,up";

	(void)args;
	for (size_t i = 0; i < NW_ARRAY_SIZE(files); i++) {
		int f = open(files[i], O_WRONLY | O_CLOEXEC);

		truth_check(f >= 0 && write(f, "1", 1) == 1, files[i]);
		close(f);
	}
	truth_ip((char *[]){ add });
	truth_ip((char *[]){ up0 });
	truth_ip((char *[]){ up1 });
}

/* N SIZE: frames of SIZE bytes through x0. */
static void do_send(char **args)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN };
	uint64_t n = truth_number(args[0], 1000000);
	size_t size = truth_number(args[1], FRAME_MAX);
	uint8_t frame[FRAME_MAX];

	memset(frame, 0xff, sizeof(frame));
	frame[12] = ETHERTYPE >> 8;
	frame[13] = ETHERTYPE & 0xff;
	to.sll_ifindex = (int)if_nametoindex("x0");
	truth_check(to.sll_ifindex > 0, "x0");
	for (uint64_t i = 0; i < n; i++) {
		truth_check(sendto(fd, frame, size, 0, (struct sockaddr *)&to, sizeof(to)) ==
				    (ssize_t)size,
			    "sendto");
	}
}

/* What came out of x1, as the kernel counts. */
static void do_truth(char **args)
{
	unsigned long long bytes = 0;
	unsigned long long packets = 0;
	char line[512];
	FILE *f = fopen("/proc/net/dev", "re");

	(void)args;
	truth_check(f != NULL, "/proc/net/dev");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " x1: %llu %llu", &bytes, &packets) == 2) {
			break;
		}
	}
	fclose(f);
	truth_print("{\"bytes\":%llu,\"packets\":%llu}", bytes, packets);
}

static void do_netns(char **args)
{
	struct stat st;

	(void)args;
	truth_check(!stat("/proc/self/ns/net", &st), "/proc/self/ns/net");
	truth_print("{\"netns\":%" PRIu64 "}", (uint64_t)st.st_ino);
}

/* Into a network namespace of its own, and back: then no process is there, only its socket. */
static void do_away(char **args)
{
	(void)args;
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	truth_check(home >= 0 && !unshare(CLONE_NEWNET), "unshare");
}

static void do_back(char **args)
{
	(void)args;
	truth_check(!setns(home, CLONE_NEWNET), "setns");
}

static void do_close(char **args)
{
	(void)args;
	truth_check(!close(fd), "close");
}

static const struct truth_verb verbs[] = {
	{ "away", 0, do_away },	  { "back", 0, do_back },   { "bypass", 0, do_bypass },
	{ "many", 2, do_many },	  { "close", 0, do_close }, { "link", 0, do_link },
	{ "open", 0, do_open },	  { "send", 2, do_send },   { "socket", 3, do_socket },
	{ "truth", 0, do_truth }, { "netns", 0, do_netns }, { "uring", 1, do_uring },
	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
