/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Truth programs: started in a cgroup, spoken to by lines, listened to by lines of JSON. Owns them
 * and their pipes; teardown ends what a failed test left.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

#define ACTORS_MAX 128
#define ARGS_MAX   96

static struct nw_actor actors[ACTORS_MAX];

/* "<folder of this program>/truth/<name>" */
static void program_path(char *ret, size_t size, const char *name)
{
	ssize_t n = readlink("/proc/self/exe", ret, size - 1);

	assert_true(n > 0);
	ret[n] = 0;
	*strrchr(ret, '/') = 0;
	strncat(ret, "/truth/", size - strlen(ret) - 1);
	strncat(ret, name, size - strlen(ret) - 1);
}

/* Nothing is told of it until it is in its place, which it enters when go is closed. */
static void become(enum nw_place place, const char *below, const char *path, char **argv,
		   const int in[2], const int out[2], const int go[2])
{
	char none;

	close(go[1]);
	if (read(go[0], &none, 1) < 0 || nw_place_enter(place, below) < 0 || dup2(in[0], 0) < 0 ||
	    dup2(out[1], 1) < 0) {
		perror("cgroup");
		_exit(126);
	}
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv(path, argv);
	perror(path);
	_exit(127);
}

static struct nw_actor *spawn(enum nw_place place, const char *below, char *line)
{
	struct nw_actor *a = actors;
	char path[PATH_MAX];
	char *argv[ARGS_MAX + 1] = { NULL };
	int in[2], out[2], go[2];

	while (a < actors + ACTORS_MAX - 1 && a->pid) {
		a++;
	}
	assert_int_equal(a->pid, 0);
	snprintf(a->what, sizeof(a->what), "%s", line);
	for (int i = 0; i < ARGS_MAX && (argv[i] = strsep(&line, " ")); i++) {
		continue;
	}
	program_path(path, sizeof(path), argv[0]);
	nw_place_dir(place);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	a->pid = fork();
	assert_true(a->pid >= 0);
	if (a->pid == 0) {
		become(place, below, path, argv, in, out, go);
	}
	nw_tool_begins(a->pid);
	close(go[0]);
	close(go[1]);
	close(in[0]);
	close(out[1]);
	a->in = in[1];
	a->out = (struct nw_lines){ .fd = out[0] };
	return a;
}

struct nw_actor *nw_actor_start(enum nw_place place, const char *fmt, ...)
{
	char line[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return spawn(place, ".", line);
}

struct nw_actor *nw_actor_start_below(enum nw_place place, const char *below, const char *fmt, ...)
{
	char line[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return spawn(place, below, line);
}

struct json_object *nw_actor_truth(struct nw_actor *a)
{
	uint64_t deadline = nw_deadline();
	const char *line;

	while (!(line = nw_lines_next(&a->out))) {
		struct pollfd p = { .fd = a->out.fd, .events = POLLIN };

		if (a->out.is_eof || poll(&p, 1, nw_deadline_left_ms(deadline)) == 0) {
			fail_msg("'%s' %s without a word", a->what,
				 a->out.is_eof ? "ended" : "waits");
		}
		nw_lines_fill(&a->out);
	}
	assert_true(a->truths < NW_ACTOR_TRUTHS);
	a->truth[a->truths] = json_tokener_parse(line);
	if (!a->truth[a->truths]) {
		fail_msg("'%s' said '%s'", a->what, line);
	}
	return a->truth[a->truths++];
}

unsigned nw_actor_port_at(struct json_object *truth, size_t i)
{
	return (unsigned)json_object_get_int(
		json_object_array_get_idx(nw_rec_get(truth, "ports"), i));
}

unsigned nw_actor_port(struct nw_actor *a)
{
	struct json_object *truth = nw_actor_truth(a);

	return nw_rec_get(truth, "ports") ? nw_actor_port_at(truth, 0)
					  : (unsigned)nw_rec_u64(truth, "port");
}

void nw_actor_ports(struct json_object *truth, char *ret, size_t size)
{
	size_t n = json_object_array_length(nw_rec_get(truth, "ports"));
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		len += (size_t)snprintf(ret + len, size - len, "%s%u", i ? "," : "",
					nw_actor_port_at(truth, i));
		assert_true(len < size);
	}
}

void nw_actor_say(struct nw_actor *a, const char *line)
{
	if (dprintf(a->in, "%s\n", line) < 0) {
		fail_msg("'%s' does not listen: %s", a->what, strerror(errno));
	}
}

int nw_actor_end(struct nw_actor *a)
{
	if (!a->is_reaped) {
		if (nw_deadline_child(a->pid, &a->status) < 0) {
			fail_msg("'%s' does not end", a->what);
		}
		a->is_reaped = true;
	}
	return a->status;
}

void nw_actor_done(struct nw_actor *a)
{
	int status = nw_actor_end(a);

	if (status != 0) {
		fail_msg("'%s' ended with status %#x", a->what, (unsigned)status);
	}
}

static void end_one(struct nw_actor *a)
{
	if (!a->is_reaped) {
		kill(a->pid, SIGKILL);
		waitpid(a->pid, NULL, 0);
	}
	close(a->in);
	nw_lines_free(&a->out);
	for (int i = 0; i < a->truths; i++) {
		json_object_put(a->truth[i]);
	}
	memset(a, 0, sizeof(*a));
}

void nw_actor_end_all(void)
{
	for (struct nw_actor *a = actors; a < actors + ACTORS_MAX; a++) {
		if (a->pid && !a->is_lasting) {
			end_one(a);
		}
	}
}
