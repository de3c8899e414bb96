/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp VERB...: one end of one TCP connection. "truth" prints what this program wrote and read and
 * what this end's kernel counted; "queues" what it has not sent, or not seen acknowledged. "fork
 * ... join" lets a child do what stands between, with the same socket, while the parent waits;
 * tcp_hand.h has more ways to let somebody else do it.
 */
#include <linux/filter.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "netns.h"
#include "tcp_hand.h"
#include "tcp_mptcp.h"
#include "tcp_repair.h"
#include "tcp_ways.h"
#include "unmap.h"

/* Of sockets that listen: no IPv4. */
static void do_v6only(char **args)
{
	(void)args;
	is_v6only = 1;
}

static char port[8] = "0"; /* that "listen" takes; 0 = any */

static void do_listen(char **args)
{
	struct truth_addr a = truth_addr(args[0], port);

	listener = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, protocol);
	truth_check(listener >= 0, "socket");
	if (a.sa.ss_family == AF_INET6) {
		truth_check(!setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &is_v6only,
					sizeof(is_v6only)),
			    "IPV6_V6ONLY");
	}
	truth_check(!bind(listener, (struct sockaddr *)&a.sa, a.len), "bind");
	truth_check(!listen(listener, 16), "listen");
	a.len = sizeof(a.sa);
	truth_check(!getsockname(listener, (struct sockaddr *)&a.sa, &a.len), "getsockname");
	truth_print("{\"pid\":%d,\"port\":%u}", getpid(), truth_port(&a));
}

static void do_port(char **args)
{
	snprintf(port, sizeof(port), "%u", (unsigned)truth_number(args[0], 65535));
}

static void do_accept(char **args)
{
	(void)args;
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	truth_check(fd >= 0, "accept");
	truth_ends(fd, ends);
}

/* In a network namespace of its own, where sockets may keep nothing; tells whether that is so. */
static void do_starve(char **args)
{
	(void)args;
	truth_netns(0);
	truth_print("{\"pid\":%d,\"starved\":%d}", getpid(), truth_starve());
}

static void do_socket(char **args)
{
	fd = socket(truth_number(args[0], 6) == 6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC,
		    protocol);
	truth_check(fd >= 0, "socket");
}

static void do_connect(char **args)
{
	struct truth_addr a = truth_addr(args[0], args[1]);

	if (fd < 0) {
		do_socket((char *[]){ a.sa.ss_family == AF_INET6 ? (char[]){ "6" }
								 : (char[]){ "4" } });
	}
	truth_check(!connect(fd, (struct sockaddr *)&a.sa, a.len), "connect");
	truth_ends(fd, ends);
}

/* Its connection is put away, and the one that was comes back: the first time none. */
static void do_swap(char **args)
{
	static int away = -1;
	int was = fd;

	(void)args;
	fd = away;
	away = was;
}

static void do_send(char **args)
{
	tcp_send(truth_number(args[0], UINT64_MAX));
}

/* Without end, a little at a time: it never pauses, and leaves the CPU to others. */
static void do_drip(char **args)
{
	(void)args;
	for (;;) {
		tcp_send(1000);
		poll(NULL, 0, 1);
	}
}

/* Fills every buffer up to the far end's program. */
static void do_flood(char **args)
{
	int bytes = 4 << 20;
	ssize_t n;

	(void)args;
	truth_check(!setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)), "SO_SNDBUF");
	while ((n = send(fd, chunk, CHUNK, MSG_DONTWAIT)) > 0) {
		tally->wrote += (uint64_t)n;
	}
	truth_check(errno == EAGAIN, "send");
}

/* The bytes of the next argument, as they are. */
static void do_say(char **args)
{
	size_t len = strlen(args[0]);

	truth_check(write(fd, args[0], len) == (ssize_t)len, "write");
	tally->wrote += len;
}

/* The bytes that the next argument has as hex, in a segment of their own. */
static void do_hex(char **args)
{
	static unsigned char bytes[1024];
	int one = 1;
	size_t len = 0;

	for (unsigned byte; len < sizeof(bytes) && sscanf(args[0] + 2 * len, "%2x", &byte) == 1;
	     len++) {
		bytes[len] = (unsigned char)byte;
	}
	truth_check(!setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), "TCP_NODELAY");
	truth_check(write(fd, bytes, len) == (ssize_t)len, "write");
	tally->wrote += len;
}

static void do_recv(char **args)
{
	uint64_t left = truth_number(args[0], UINT64_MAX);

	while (left > 0) {
		ssize_t n = read(fd, chunk, NW_MIN(left, (uint64_t)CHUNK));

		truth_check(n > 0, "read");
		left -= (uint64_t)n;
		tally->read += (uint64_t)n;
	}
}

/* Until the far end ended, in order or with a reset. */
static void do_eof(char **args)
{
	ssize_t n;

	(void)args;
	while ((n = read(fd, chunk, CHUNK)) > 0) {
		tally->read += (uint64_t)n;
	}
	tally->eof = n == 0;
	tally->error = n < 0 ? errno : 0;
	truth_check(n == 0 || errno == ECONNRESET, "read");
}

static void do_shut(char **args)
{
	(void)args;
	truth_check(!shutdown(fd, SHUT_WR), "shutdown");
}

static void do_linger0(char **args)
{
	struct linger l = { .l_onoff = 1 };

	(void)args;
	truth_check(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)), "SO_LINGER");
}

static void do_close(char **args)
{
	(void)args;
	truth_check(!close(fd), "close");
	fd = -1;
}

/* The connection is over, the socket is not: it may connect again. */
static void do_unspec(char **args)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	(void)args;
	truth_check(!connect(fd, &none, sizeof(none)), "disconnect");
}

static void do_deafen(char **args)
{
	(void)args;
	truth_check(!close(listener), "close");
	listener = -1;
}

static void do_kill(char **args)
{
	(void)args;
	raise(SIGKILL);
}

/*
 * tcpi_bytes_received counts the FIN that "eof" read as one byte (tcp_fin()); tcpi_bytes_sent
 * counts payload alone, but again what was sent again.
 */
static void do_truth(char **args)
{
	struct tcp_info ti = { 0 };
	socklen_t len = sizeof(ti);

	(void)args;
	truth_check(!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &ti, &len), "TCP_INFO");
	errno = ENOTSUP;
	truth_check(len >= offsetof(struct tcp_info, tcpi_dsack_dups), "TCP_INFO is too short");
	truth_print(
		"{%s\"pid\":%d,\"ppid\":%d,\"wrote\":%" PRIu64 ",\"read\":%" PRIu64
		",\"eof\":%d,\"error\":%d,\"syn_data\":%d,\"kernel_received\":%llu,\"kernel_sent\":%llu,"
		"\"kernel_retrans\":%llu,\"kernel_segs_out\":%u,\"kernel_segs_in\":%u}",
		ends, getpid(), getppid(), tally->wrote, tally->read, tally->eof, tally->error,
		!!(ti.tcpi_options & TCPI_OPT_SYN_DATA),
		(unsigned long long)ti.tcpi_bytes_received - (unsigned)tally->eof,
		(unsigned long long)(ti.tcpi_bytes_sent - ti.tcpi_bytes_retrans),
		(unsigned long long)ti.tcpi_bytes_retrans, ti.tcpi_segs_out, ti.tcpi_segs_in);
}

static void do_queues(char **args)
{
	int all, unsent;

	(void)args;
	truth_check(!ioctl(fd, SIOCOUTQ, &all) && !ioctl(fd, SIOCOUTQNSD, &unsent), "SIOCOUTQ");
	truth_print("{\"wrote\":%" PRIu64 ",\"unacked\":%d,\"unsent\":%d}", tally->wrote,
		    all - unsent, unsent);
}

/* Whatever comes is lost, as if the cable were cut: nothing is acknowledged. */
static void do_deaf(char **args)
{
	struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog prog = { NW_ARRAY_SIZE(none), none };

	(void)args;
	truth_check(!setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)), "filter");
}

/* MAP: the socket is taken out of the maps of this name; of one at least. */
static void do_unmap(char **args)
{
	errno = ENOENT;
	truth_check(truth_unmap(args[0], fd) > 0, "unmap");
}

static const struct truth_verb verbs[] = {
	{ "accept", 0, do_accept },
	{ "close", 0, do_close },
	{ "connect", 2, do_connect },
	{ "deaf", 0, do_deaf },
	{ "deafen", 0, do_deafen },
	{ "drip", 0, do_drip },
	{ "eof", 0, do_eof },
	{ "flood", 0, do_flood },
	{ "hex", 1, do_hex },
	{ "kill", 0, do_kill },
	{ "linger0", 0, do_linger0 },
	{ "listen", 1, do_listen },
	{ "port", 1, do_port },
	{ "queues", 0, do_queues },
	{ "recv", 1, do_recv },
	{ "say", 1, do_say },
	{ "send", 1, do_send },
	{ "shut", 0, do_shut },
	{ "socket", 1, do_socket },
	{ "starve", 0, do_starve },
	{ "swap", 0, do_swap },
	{ "v6only", 0, do_v6only },
	{ "truth", 0, do_truth },
	{ "unmap", 1, do_unmap },
	{ "unspec", 0, do_unspec },
	TCP_HAND_VERBS,
	TCP_MPTCP_VERBS,
	TCP_REPAIR_VERBS,
	TCP_WAYS_VERBS,
	TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	truth_check(tally != MAP_FAILED, "mmap");
	memset(chunk, 'x', sizeof(chunk));
	truth_script(verbs, argc, argv);
	return 0;
}
