/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shell VERB...: a shell that is spoken to over TCP, in the ways that there are, and who speaks to it.
 *	listen A	prints the port		operate		accepts, has a command done, waits,
 *							sends "exit" and reads the rest
 *	socket A P	connects, its own stdin is the socket	child A P	a child's is
 *	pty A P		relays between socket and a terminal	pipes A P	and two pipes
 *	filter A P	sh | relay > sh, the relay connects	copy FILE A P	another file, as socket
 *	serve A PORT	takes a connection in and relays to a terminal: a log-in, to who listens there
 *	dial A P	connects, for operate		end	waits for its children
 * Those that start a shell print its pid.
 */
#include <poll.h>
#include <pty.h>

#include "self.h"

#define COMMAND "ip -V; echo $((40+2))\n"

static int listener, fd;
static pid_t shell;

static void do_connect(const char *ip, const char *port)
{
	struct truth_addr a = truth_addr(ip, port);

	fd = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	truth_check(fd >= 0 && !connect(fd, (struct sockaddr *)&a.sa, a.len), "connect");
}

static void listen_on(const char *ip, const char *port)
{
	struct truth_addr a = truth_addr(ip, port);

	listener = socket(a.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	truth_check(listener >= 0 && !bind(listener, (struct sockaddr *)&a.sa, a.len), "bind");
	truth_check(!listen(listener, 4), "listen");
	a.len = sizeof(a.sa);
	truth_check(!getsockname(listener, (struct sockaddr *)&a.sa, &a.len), "getsockname");
	truth_print("{\"pid\":%d,\"port\":%u}", getpid(), truth_port(&a));
}

static void do_listen(char **args)
{
	listen_on(args[0], "0");
}

/* ---- who speaks ------------------------------------------------------------------------------ */

static void do_operate(char **args)
{
	char text[4096];
	size_t len = 0;
	ssize_t n;

	(void)args;
	if (listener) {
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	}
	truth_check(fd >= 0, "accept");
	truth_check(write(fd, COMMAND, strlen(COMMAND)) > 0, "write");
	while (len < sizeof(text) - 1 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0) {
		len += (size_t)n;
		text[len] = '\0';
		if (strstr(text, "42")) {
			break;
		}
	}
	truth_check(len > 0 && strstr(text, "42"), "nobody answered");
	truth_print("{\"answered\":true}");
	truth_wait();
	truth_check(write(fd, "exit\n", 5) == 5, "write");
	shutdown(fd, SHUT_WR);
	while (read(fd, text, sizeof(text)) > 0) {
	}
}

static void do_dial(char **args)
{
	do_connect(args[0], args[1]);
}

/* ---- shells ---------------------------------------------------------------------------------- */

static void become_shell(const char *file, int in, int out)
{
	truth_check(dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2, "dup2");
	execl(file, "sh", NULL);
	_exit(127);
}

static void say_shell(pid_t pid)
{
	shell = pid;
	truth_print("{\"pid\":%d,\"shell\":%d}", getpid(), pid);
}

static void do_socket(char **args)
{
	do_connect(args[0], args[1]);
	say_shell(getpid());
	become_shell("/bin/sh", fd, fd);
}

static void do_copy(char **args)
{
	int from = open("/bin/sh", O_RDONLY | O_CLOEXEC);
	int to = open(args[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	char buf[65536];
	ssize_t n;

	truth_check(from >= 0 && to >= 0, args[0]);
	while ((n = read(from, buf, sizeof(buf))) > 0) {
		truth_check(write(to, buf, (size_t)n) == n, "write");
	}
	truth_check(!close(to), "close");
	do_connect(args[1], args[2]);
	say_shell(getpid());
	become_shell(args[0], fd, fd);
}

static pid_t child_shell(int in, int out)
{
	pid_t pid = fork();

	truth_check(pid >= 0, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		become_shell("/bin/sh", in, out);
	}
	return pid;
}

static void do_child(char **args)
{
	do_connect(args[0], args[1]);
	say_shell(child_shell(fd, fd));
	close(fd);
}

/* Until either end is over. */
static void relay(int net, int in, int out)
{
	struct pollfd p[2] = { { .fd = net, .events = POLLIN }, { .fd = in, .events = POLLIN } };
	char buf[4096];

	for (;;) {
		truth_check(poll(p, 2, -1) > 0, "poll");
		for (int i = 0; i < 2; i++) {
			ssize_t n = p[i].revents ? read(p[i].fd, buf, sizeof(buf)) : -1;

			if (p[i].revents && n <= 0) {
				return;
			}
			truth_check(n < 0 || write(i ? net : out, buf, (size_t)n) == n, "write");
		}
	}
}

static void relay_terminal(void)
{
	int master;
	pid_t pid = forkpty(&master, NULL, NULL, NULL);

	truth_check(pid >= 0, "forkpty");
	if (pid == 0) {
		execl("/bin/sh", "sh", NULL);
		_exit(127);
	}
	say_shell(pid);
	relay(fd, master, master);
	close(master);
}

static void do_pty(char **args)
{
	do_connect(args[0], args[1]);
	relay_terminal();
}

static void do_serve(char **args)
{
	listen_on(args[0], args[1]);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	truth_check(fd >= 0, "accept");
	relay_terminal();
}

static void do_pipes(char **args)
{
	int to[2], from[2];

	truth_check(!pipe2(to, O_CLOEXEC) && !pipe2(from, O_CLOEXEC), "pipe");
	do_connect(args[0], args[1]);
	say_shell(child_shell(to[0], from[1]));
	close(to[0]);
	close(from[1]);
	relay(fd, from[0], to[1]);
	close(to[1]);
}

static void do_relay(char **args)
{
	do_connect(args[0], args[1]);
	relay(fd, 0, 1);
	exit(0);
}

static void do_filter(char **args)
{
	int to[2], from[2];
	pid_t pid;

	truth_check(!pipe2(to, O_CLOEXEC) && !pipe2(from, O_CLOEXEC), "pipe");
	say_shell(child_shell(to[0], from[1]));
	pid = fork();
	truth_check(pid >= 0, "fork");
	if (pid == 0) {
		truth_check(dup2(from[0], 0) == 0 && dup2(to[1], 1) == 1, "dup2");
		execl("/proc/self/exe", "shell", "relay", args[0], args[1], NULL);
		_exit(127);
	}
	close(to[0]);
	close(to[1]);
	close(from[0]);
	close(from[1]);
}

static void do_join(char **args)
{
	(void)args;
	while (wait(NULL) > 0) {
	}
}

static const struct truth_verb verbs[] = { { "child", 2, do_child },
					   { "copy", 3, do_copy },
					   { "dial", 2, do_dial },
					   { "end", 0, do_join },
					   { "filter", 2, do_filter },
					   { "listen", 1, do_listen },
					   { "operate", 0, do_operate },
					   { "pipes", 2, do_pipes },
					   { "pty", 2, do_pty },
					   { "relay", 2, do_relay },
					   { "serve", 2, do_serve },
					   { "socket", 2, do_socket },
					   TRUTH_COMMON_VERBS };

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
