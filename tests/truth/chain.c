/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain HOW ADDRESS PORT: three processes a, b and c, where what a has leaves through c:
 *	pipes	a | b | c, each its own exec; a is in another network namespace
 *	sockets	a to b over a Unix socket, b to c over loopback; nobody runs another program
 *	crowd	as sockets; a has five pairs of Unix sockets of its own
 *	hub	as sockets; a serves nine others over Unix sockets
 *	memory	a to b through shared memory, b to c over a pipe; nobody runs another program
 *	memory-closed, memory-sysv, memory-anonymous	the same, and no file is open
 * Prints their pids. a gives a little again and again until the test says a line; then they end, one
 * after the other. Before HOW:
 *	shed		a ends at once, after its first word
 *	container PID	each is in a pid, a mount and a network namespace of its own, c in that of PID
 *	veth PID	so is c in its network; b is in another, and no loopback leads from b to c
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/un.h>

#include "truth.h"

#define WORD 100

static char **far_end; /* address, port */
static bool is_shed;
static char *away; /* PID */
static bool is_container;
static in_addr_t c_addr = INADDR_LOOPBACK; /* where b finds c */
static unsigned own_pairs;		   /* of a */
static unsigned clients;

/* What the children tell their parent: by a signal, for nothing that is shared could be no edge. */
#define SAID_MS 10000
static int said;

static void say(int value)
{
	truth_check(!sigqueue(getppid(), SIGUSR1, (union sigval){ .sival_int = value }),
		    "sigqueue");
}

static void await_said(void)
{
	const struct timespec max = { .tv_sec = SAID_MS / 1000 };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	truth_check(sigtimedwait(&set, &info, &max) == SIGUSR1, "sigtimedwait");
	said = info.si_value.sival_int;
}

static void give(int fd)
{
	struct pollfd stop = { .fd = STDIN_FILENO, .events = POLLIN };
	char word[WORD];

	memset(word, 'x', sizeof(word));
	do {
		truth_check(write(fd, word, sizeof(word)) == sizeof(word), "write");
	} while (!is_shed && poll(&stop, 1, 50) == 0);
}

static void pass(int from, int to)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0) {
		truth_check(write(to, buf, (size_t)n) == n, "write");
	}
	truth_check(n == 0, "read");
}

static int dial(void)
{
	struct truth_addr a = truth_addr(far_end[0], far_end[1]);
	int fd = socket(a.sa.ss_family, SOCK_STREAM, 0);

	truth_check(fd >= 0 && !connect(fd, (struct sockaddr *)&a.sa, a.len), "connect");
	return fd;
}

/* A child that does this; nothing of this process's but stdio is open in it. */
static pid_t child(void (*run)(void), int in, int out)
{
	pid_t pid = fork();

	truth_check(pid >= 0, "fork");
	if (pid > 0) {
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	truth_check(in < 0 || dup2(in, 0) == 0, "dup2");
	truth_check(out < 0 || dup2(out, 1) == 1, "dup2");
	truth_check(!close_range(3, UINT32_MAX, 0), "close_range");
	run();
	exit(0);
}

/* A child of this process goes on, in namespaces of its own; c in the network of the far end. */
static void contain(bool is_c)
{
	char path[64];
	int net, status;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", away);
	net = open(path, O_RDONLY | O_CLOEXEC);
	truth_check(net >= 0 && !unshare(CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS), path);
	pid = fork();
	truth_check(pid >= 0, "fork");
	if (pid > 0) {
		say(pid);		       /* as this host knows it */
		close_range(0, UINT32_MAX, 0); /* the pipes are not this one's */
		_exit(waitpid(pid, &status, 0) != pid || status != 0);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	truth_check(!is_c || !setns(net, CLONE_NEWNET), "setns");
	truth_own_proc();
}

static void become(const char *who)
{
	if (is_container) {
		contain(*who == 'c');
	}
	execl("/proc/self/exe", is_shed ? "shed" : "chain", who, far_end[0], far_end[1], NULL);
	truth_die("exec");
}

/* ---- pipes ----------------------------------------------------------------------------------- */

static void become_a(void)
{
	truth_check(!unshare(CLONE_NEWNET), "unshare");
	become("a");
}

static void become_b(void)
{
	become("b");
}

static void become_c(void)
{
	become("c");
}

/* ---- sockets --------------------------------------------------------------------------------- */

static socklen_t unix_name(struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)snprintf(ret->sun_path + 1, 64, "nw-chain-%d", getppid()));
}

static void be_client(int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	truth_check(dup2(fd, 3) == 3 && !close_range(4, UINT32_MAX, 0), "close_range");
	poll(NULL, 0, -1);
	exit(1);
}

/* Unix sockets that lead nowhere, or to children. */
static void open_more(void)
{
	int fd[2];

	for (unsigned i = 0; i < own_pairs + clients; i++) {
		truth_check(!socketpair(AF_UNIX, SOCK_STREAM, 0, fd), "socketpair");
		if (i >= own_pairs) {
			if (fork() == 0) {
				be_client(fd[1]);
			}
			close(fd[1]);
		}
	}
}

static void socket_a(void)
{
	struct sockaddr_un un;
	socklen_t len = unix_name(&un);
	int fd;

	open_more();
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	truth_check(fd >= 0 && !connect(fd, (struct sockaddr *)&un, len), "connect");
	give(fd);
}

static void socket_b(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct sockaddr_un un;
	socklen_t len = unix_name(&un);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	int out = socket(AF_INET, SOCK_STREAM, 0);

	truth_check(!bind(listener, (struct sockaddr *)&un, len) && !listen(listener, 1), "listen");
	to.sin_port = (in_port_t)said;
	to.sin_addr.s_addr = htonl(c_addr);
	truth_check(!connect(out, (struct sockaddr *)&to, sizeof(to)), "connect");
	say(0);
	pass(accept(listener, NULL, NULL), out);
}

static void socket_c(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(c_addr) };
	socklen_t len = sizeof(here);
	int listener;

	if (away) {
		truth_enter(&away);
	}
	listener = socket(AF_INET, SOCK_STREAM, 0);
	truth_check(!bind(listener, (struct sockaddr *)&here, len) && !listen(listener, 1),
		    "listen");
	truth_check(!getsockname(listener, (struct sockaddr *)&here, &len), "getsockname");
	say(here.sin_port);
	pass(accept(listener, NULL, NULL), dial());
}

#define VETH_B "10.201.0.1"
#define VETH_C "10.201.0.2"

static void ip(const char *first, const char *last)
{
	char words[96];

	snprintf(words, sizeof(words), "%s%s", first, last);
	truth_ip((char *[]){ words });
}

/* From here on in another network namespace, from which a link leads to that of away. */
static void make_veth(void)
{
	int status;
	pid_t pid;

	truth_check(!unshare(CLONE_NEWNET), "unshare");
	ip("link,add,w1,type,veth,peer,name,w0,netns,", away);
	ip("addr,add,dev,w1,", VETH_B "/24");
	ip("link,set,up,", "w1");
	pid = fork();
	truth_check(pid >= 0, "fork");
	if (pid == 0) {
		truth_enter(&away);
		ip("addr,add,dev,w0,", VETH_C "/24");
		ip("link,set,up,", "w0");
		exit(0);
	}
	truth_check(waitpid(pid, &status, 0) == pid && status == 0, "veth");
	truth_check(inet_pton(AF_INET, VETH_C, &c_addr) == 1, "address");
	c_addr = ntohl(c_addr);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void run_a(void)
{
	give(STDOUT_FILENO);
}

static void run_c(void)
{
	pass(STDIN_FILENO, dial());
}

static void *map(int fd)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0),
		    fd, 0);
}

/* a number that who is forked from now on shares. */
static volatile uint32_t *share(const char *how)
{
	int fd = -1;
	void *p;

	if (strcmp(how, "memory-sysv") == 0) {
		fd = shmget(IPC_PRIVATE, 4096, 0600);
		p = shmat(fd, NULL, 0);
		shmctl(fd, IPC_RMID, NULL);
	} else if (strcmp(how, "memory-anonymous") == 0) {
		p = map(fd);
	} else {
		fd = memfd_create("nw-chain", 0);
		truth_check(fd >= 0 && !ftruncate(fd, 4096), "memfd_create");
		p = map(fd);
		if (strcmp(how, "memory-closed") == 0) {
			close(fd);
		}
	}
	truth_check(p != MAP_FAILED, how);
	return p;
}

static void memory_b(volatile const uint32_t *count, int out)
{
	uint32_t seen = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (*count != UINT32_MAX) {
		if (*count != seen) {
			seen = *count;
			truth_check(write(out, &seen, sizeof(seen)) > 0, "write");
		}
		poll(NULL, 0, 1);
	}
	exit(0);
}

/* Counts up what b, its child, passes on: nobody else ever has the memory. */
static void memory_a(const char *how, int out)
{
	volatile uint32_t *count = share(how);
	struct pollfd stop = { .fd = STDIN_FILENO, .events = POLLIN };
	int status;
	pid_t b;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	b = fork();
	truth_check(b >= 0, "fork");
	if (b == 0) {
		memory_b(count, out);
	}
	close(out);
	say(b);
	while (poll(&stop, 1, 50) == 0) {
		++*count;
	}
	*count = UINT32_MAX;
	truth_check(wait(&status) == b && status == 0, "child");
	exit(0);
}

static void memory(const char *how, pid_t pid[3])
{
	int fd[2];

	truth_check(!pipe(fd), "pipe");
	pid[0] = fork();
	truth_check(pid[0] >= 0, "fork");
	if (pid[0] == 0) {
		close(fd[0]);
		memory_a(how, fd[1]);
	}
	close(fd[1]);
	await_said();
	pid[1] = said;
	pid[2] = child(run_c, fd[0], -1);
	close(fd[0]);
}

/* ---- all ------------------------------------------------------------------------------------- */

static pid_t piped(void (*run)(void), int in, int out)
{
	pid_t pid = child(run, in, out);

	if (!is_container) {
		return pid;
	}
	await_said();
	return said;
}

static void pipes(pid_t pid[3])
{
	int fd[2][2];

	truth_check(!pipe(fd[0]) && !pipe(fd[1]), "pipe");
	pid[0] = piped(become_a, -1, fd[0][1]);
	pid[1] = piped(become_b, fd[0][0], fd[1][1]);
	pid[2] = piped(become_c, fd[1][0], -1);
	truth_check(!close_range(3, UINT32_MAX, 0), "close_range");
}

static void sockets(pid_t pid[3])
{
	pid[2] = child(socket_c, -1, -1);
	await_said();
	pid[1] = child(socket_b, -1, -1);
	await_said();
	pid[0] = child(socket_a, -1, -1);
}

/* How many of them are this process's children. */
static int start(const char *how, pid_t pid[3])
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	own_pairs = strcmp(how, "crowd") == 0 ? 5 : 0;
	clients = strcmp(how, "hub") == 0 ? 9 : 0;
	errno = EINVAL;
	if (strcmp(how, "pipes") == 0) {
		pipes(pid);
	} else if (strcmp(how, "sockets") == 0 || own_pairs || clients) {
		sockets(pid);
	} else {
		truth_check(strncmp(how, "memory", 6) == 0, how);
		memory(how, pid);
		return 2;
	}
	return 3;
}

/* One of the three, by exec. */
static bool is_one(const char *who)
{
	if (strcmp(who, "a") == 0) {
		run_a();
	} else if (strcmp(who, "b") == 0) {
		pass(STDIN_FILENO, STDOUT_FILENO);
	} else if (strcmp(who, "c") == 0) {
		run_c();
	} else {
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	pid_t pid[3];
	int children, status;

	truth_begin();
	is_shed = strcmp(argv[0], "shed") == 0;
	if (argc > 1 && strcmp(argv[1], "shed") == 0) {
		is_shed = true;
		argv++;
		argc--;
	}
	if (argc > 2 && (!strcmp(argv[1], "container") || !strcmp(argv[1], "veth"))) {
		is_container = argv[1][0] == 'c';
		away = argv[2];
		argv += 2;
		argc -= 2;
	}
	errno = EINVAL;
	truth_check(argc == 4, "arguments");
	far_end = argv + 2;
	if (is_one(argv[1])) {
		return 0;
	}
	truth_check(!close_range(3, UINT32_MAX, 0), "close_range");
	if (away && !is_container) {
		make_veth();
	}
	children = start(argv[1], pid);
	truth_print("{\"a\":%d,\"b\":%d,\"c\":%d}", pid[0], pid[1], pid[2]);
	while (children-- > 0) {
		truth_check(wait(&status) > 0 && status == 0, "child");
	}
	return 0;
}
