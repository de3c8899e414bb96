/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain HOW ADDRESS PORT: three processes a, b and c, where what a has leaves through c:
 *	pipes	a | b | c, each its own exec; a is in another network namespace
 *	sockets	a to b over a Unix socket, b to c over loopback; nobody runs another program
 *	memory	a to b through shared memory, b to c over a pipe; the same
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
#include <sys/un.h>

#include "truth.h"

#define WORD 100

static char **far_end; /* address, port */
static bool is_shed;
static char *away; /* PID */
static bool is_container;
static in_addr_t c_addr = INADDR_LOOPBACK; /* where b finds c */

/* What the children tell each other; no file that could be an edge. */
struct board {
	in_port_t port;
	bool is_listening;
	bool is_read;
	pid_t pid[3]; /* in containers */
};
static volatile struct board *board;

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

/* A child of this process goes on, as who of the three. */
static void contain(int who)
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
		close_range(0, UINT32_MAX, 0); /* the pipes are not this one's */
		_exit(waitpid(pid, &status, 0) != pid || status != 0);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	truth_check(who != 2 || !setns(net, CLONE_NEWNET), "setns");
	board->pid[who] = truth_own_proc();
}

static void become(const char *who)
{
	if (is_container) {
		contain(*who - 'a');
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

static void until(const volatile bool *what)
{
	while (!*what) {
		poll(NULL, 0, 1);
	}
}

static void socket_a(void)
{
	struct sockaddr_un un;
	socklen_t len = unix_name(&un);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	until(&board->is_read);
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
	until(&board->is_listening);
	to.sin_port = board->port;
	to.sin_addr.s_addr = htonl(c_addr);
	truth_check(!connect(out, (struct sockaddr *)&to, sizeof(to)), "connect");
	board->is_read = true;
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
	board->port = here.sin_port;
	board->is_listening = true;
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

/* Both have the memory as a file and in their address space; a counts up, b passes on. */
static volatile uint32_t *map(int fd)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	truth_check(p != MAP_FAILED, "mmap");
	return p;
}

static void memory(pid_t pid[3])
{
	int memory_fd = memfd_create("nw-chain", 0);
	int fd[2];

	truth_check(memory_fd >= 0 && !ftruncate(memory_fd, 4096) && !pipe(fd), "memfd_create");
	pid[0] = fork();
	truth_check(pid[0] >= 0, "fork");
	if (pid[0] == 0) {
		volatile uint32_t *count = map(memory_fd);
		struct pollfd stop = { .fd = STDIN_FILENO, .events = POLLIN };

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fd[0]);
		close(fd[1]);
		while (poll(&stop, 1, 50) == 0) {
			++*count;
		}
		*count = UINT32_MAX;
		exit(0);
	}
	pid[1] = fork();
	truth_check(pid[1] >= 0, "fork");
	if (pid[1] == 0) {
		volatile uint32_t *count = map(memory_fd);
		uint32_t seen = 0;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fd[0]);
		while (*count != UINT32_MAX) {
			if (*count != seen) {
				seen = *count;
				truth_check(write(fd[1], &seen, sizeof(seen)) > 0, "write");
			}
			poll(NULL, 0, 1);
		}
		exit(0);
	}
	close(memory_fd);
	close(fd[1]);
	pid[2] = child(run_c, fd[0], -1);
	close(fd[0]);
}

/* ---- all ------------------------------------------------------------------------------------- */

static void pipes(pid_t pid[3])
{
	int fd[2][2];

	truth_check(!pipe(fd[0]) && !pipe(fd[1]), "pipe");
	pid[0] = child(become_a, -1, fd[0][1]);
	pid[1] = child(become_b, fd[0][0], fd[1][1]);
	pid[2] = child(become_c, fd[1][0], -1);
	truth_check(!close_range(3, UINT32_MAX, 0), "close_range");
}

static void start(const char *how, pid_t pid[3])
{
	errno = EINVAL;
	if (strcmp(how, "pipes") == 0) {
		pipes(pid);
	} else if (strcmp(how, "sockets") == 0) {
		pid[2] = child(socket_c, -1, -1);
		pid[1] = child(socket_b, -1, -1);
		pid[0] = child(socket_a, -1, -1);
	} else {
		truth_check(strcmp(how, "memory") == 0, how);
		memory(pid);
	}
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
	int status;

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
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	truth_check(board != MAP_FAILED, "mmap");
	if (away && !is_container) {
		make_veth();
	}
	start(argv[1], pid);
	for (int i = 0; is_container && i < 3; i++) {
		while (!board->pid[i]) {
			poll(NULL, 0, 1);
		}
		pid[i] = board->pid[i];
	}
	truth_print("{\"a\":%d,\"b\":%d,\"c\":%d}", pid[0], pid[1], pid[2]);
	for (int i = 0; i < 3; i++) {
		truth_check(wait(&status) > 0 && status == 0, "child");
	}
	return 0;
}
