/* SPDX-License-Identifier: Apache-2.0 */
/*
 * empty OBJECT CGROUP: loads the empty programs and attaches them, the cgroup ones to CGROUP, says
 * "ready" and keeps them until SIGINT or SIGTERM. Owns the links, which end with the process; what
 * does not load or attach ends it with status 1, because a missing zero would pass for a measure.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what, const char *name)
{
	(void)fprintf(stderr, "empty: cannot %s %s: %s\n", what, name, strerror(errno));
	return 1;
}

static int attach_all(struct bpf_object *object, int cgroup_fd)
{
	struct bpf_program *program;
	struct bpf_link *link;

	bpf_object__for_each_program(program, object) {
		if (bpf_program__type(program) == BPF_PROG_TYPE_TRACING) {
			link = bpf_program__attach(program);
		} else {
			link = bpf_program__attach_cgroup(program, cgroup_fd);
		}
		if (!link)
			return fail("attach", bpf_program__name(program));
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	sigset_t signals;
	int cgroup_fd, sig;

	if (argc != 3) {
		(void)fputs("usage: empty OBJECT CGROUP\n", stderr);
		return 1;
	}
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);

	object = bpf_object__open_file(argv[1], NULL);
	if (!object || bpf_object__load(object))
		return fail("load", argv[1]);
	cgroup_fd = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup_fd < 0)
		return fail("open", argv[2]);
	if (attach_all(object, cgroup_fd))
		return 1;
	(void)puts("ready");
	(void)fflush(stdout);
	(void)sigwait(&signals, &sig);
	return 0;
}
