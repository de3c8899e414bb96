/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of nvrwatch: started in their own cgroup, read to the last line, ended and reaped. Every
 * line of JSON is parsed strictly; one that is not JSON fails the test. Owns runs and records.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

#define TOOLS_MAX 8
#define ARGS_MAX  64
#define QUERY_MAX 1024
#define PIPE_ROOM (1 << 20) /* tests read only while they wait */
#define TAIL	  3000	    /* bytes of output shown when a test fails */
#define PIDS	  65536

static struct nw_tool tools[TOOLS_MAX];

const char *nw_tool_path(void)
{
	static char path[PATH_MAX];
	ssize_t n;

	if (getenv("NW_BIN")) {
		return getenv("NW_BIN");
	}
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	assert_true(n > 0);
	path[n] = 0;
	*strrchr(path, '/') = 0; /* .../tests/run-root: the program is beside tests/ */
	*strrchr(path, '/') = 0;
	strncat(path, "/nvrwatch", sizeof(path) - strlen(path) - 1);
	return path;
}

static void become(const struct nw_tool_options *opt, char **argv, int out, int err)
{
	if (nw_place_enter(NW_PLACE_TOOL, ".") < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) {
		_exit(126);
	}
	close(0);
	open("/dev/null", O_RDONLY);
	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (opt && opt->prepare && opt->prepare() != 0) {
		perror("prepare");
		_exit(126);
	}
	if (opt && opt->uid && (setgid(opt->uid) < 0 || setuid(opt->uid) < 0)) {
		_exit(126);
	}
	execv(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static struct nw_tool *unused_tool(void)
{
	for (struct nw_tool *t = tools; t < tools + TOOLS_MAX; t++) {
		if (!t->pid) {
			return t;
		}
	}
	fail_msg("too many runs of nvrwatch");
	return NULL;
}

struct nw_tool *nw_tool_start(const struct nw_tool_options *opt, const char *fmt, ...)
{
	struct nw_tool *t = unused_tool();
	char *argv[ARGS_MAX + 1] = { strdup(nw_tool_path()) };
	int out[2] = { -1, opt ? opt->out_fd : 0 };
	char line[4096];
	char *rest = line;
	int err[2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (int i = 1; i < ARGS_MAX && (argv[i] = strsep(&rest, " ")); i++) {
		continue;
	}
	nw_place_dir(NW_PLACE_TOOL);
	assert_true(out[1] > 0 || pipe2(out, O_CLOEXEC) == 0);
	assert_int_equal(pipe2(err, O_CLOEXEC), 0);
	t->pid = fork();
	assert_true(t->pid >= 0);
	if (t->pid == 0) {
		become(opt, argv, out[1], err[1]);
	}
	free(argv[0]);
	close(out[1]);
	close(err[1]);
	if (out[0] >= 0) {
		fcntl(out[0], F_SETPIPE_SZ, PIPE_ROOM);
	}
	t->out = (struct nw_lines){ .fd = out[0], .is_eof = out[0] < 0 };
	t->err = (struct nw_lines){ .fd = err[0] };
	return t;
}

static const char *tail_of(const struct nw_lines *l)
{
	if (!l->text) {
		return "";
	}
	return l->text + (l->len > TAIL ? l->len - TAIL : 0);
}

/* All that was lost by then, by cause, as the tool told it last. */
static const char *losses_of(const struct nw_tool *t)
{
	struct json_object *lost = NULL;

	for (size_t i = t->recs_len; i-- > 0 && !lost;) {
		if (nw_rec_matches(t->recs[i], "event.dataset=nvrwatch.loss")) {
			lost = nw_rec_get(t->recs[i], "nvrwatch.loss");
		}
	}
	return lost ? json_object_to_json_string(lost) : "none told";
}

void nw_tool_fail(struct nw_tool *t, const char *fmt, ...)
{
	char what[QUERY_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	fail_msg(
		"%s\n--- losses: %s\n--- stdout (%zu bytes) ends with\n%s\n--- stderr ends with\n%s\n---",
		what, losses_of(t), t->out.len, tail_of(&t->out), tail_of(&t->err));
	abort(); /* fail_msg does not return, but does not say so */
}

static void parse(struct nw_tool *t, const char *line)
{
	struct json_tokener *tok = json_tokener_new();
	struct json_object *rec;

	json_tokener_set_flags(tok, JSON_TOKENER_VALIDATE_UTF8);
	rec = json_tokener_parse_ex(tok, line, (int)strlen(line));
	if (!rec || json_tokener_get_parse_end(tok) != strlen(line)) {
		nw_tool_fail(t, "not JSON (%s): %s",
			     json_tokener_error_desc(json_tokener_get_error(tok)), line);
	}
	json_tokener_free(tok);
	if (t->recs_len == t->recs_room) {
		t->recs_room = t->recs_room ? 2 * t->recs_room : 256;
		t->recs = realloc(t->recs, t->recs_room * sizeof(*t->recs));
		t->ends = realloc(t->ends, t->recs_room * sizeof(*t->ends));
		assert_true(t->recs && t->ends);
	}
	t->ends[t->recs_len] = t->out.at;
	t->recs[t->recs_len++] = rec;
}

void nw_tool_read(struct nw_tool *t, int timeout_ms)
{
	struct pollfd p[2] = { { .fd = t->out.is_eof ? -1 : t->out.fd, .events = POLLIN },
			       { .fd = t->err.is_eof ? -1 : t->err.fd, .events = POLLIN } };

	if (poll(p, 2, timeout_ms) <= 0) {
		return;
	}
	if (p[0].revents) {
		nw_lines_fill(&t->out);
	}
	if (p[1].revents) {
		nw_lines_fill(&t->err);
	}
}

static void parse_all(struct nw_tool *t)
{
	const char *line;

	while ((line = nw_lines_next(&t->out))) {
		parse(t, line);
	}
}

size_t nw_tool_waiting(const struct nw_tool *t)
{
	int waiting = 0;

	assert_int_equal(ioctl(t->out.fd, FIONREAD, &waiting), 0);
	return (size_t)waiting;
}

/* What waits in the pipe is not read for it: floods are told there, too. */
void nw_tool_begins(pid_t pid)
{
	for (struct nw_tool *t = tools; t < tools + TOOLS_MAX; t++) {
		if (!t->pid || !t->is_lasting || t->out.is_eof) {
			continue;
		}
		t->since = t->since ? t->since : calloc(PIDS, sizeof(*t->since));
		assert_non_null(t->since);
		t->since[pid % PIDS] = t->out.len + nw_tool_waiting(t);
	}
}

size_t nw_tool_since(const struct nw_tool *t, pid_t pid)
{
	size_t from = 0;
	size_t to = t->recs_len;

	while (t->since && pid > 0 && from < to) {
		size_t middle = from + (to - from) / 2;

		if (t->ends[middle] <= t->since[pid % PIDS]) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	return from;
}

/* Where to begin to look for what matches. */
static size_t since(const struct nw_tool *t, const char *query)
{
	static const char key[] = "process.pid=";
	const char *at = query;

	while ((at = strstr(at, key)) && at != query && at[-1] != ' ') {
		at += sizeof(key) - 1;
	}
	return at ? nw_tool_since(t, atoi(at + sizeof(key) - 1)) : 0;
}

struct json_object *nw_tool_await(struct nw_tool *t, const char *fmt, ...)
{
	uint64_t deadline = nw_deadline();
	char query[QUERY_MAX];
	size_t i = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(query, sizeof(query), fmt, ap);
	va_end(ap);
	for (;;) {
		parse_all(t);
		i = NW_MAX(i, since(t, query));
		for (; i < t->recs_len; i++) {
			if (nw_rec_matches(t->recs[i], query)) {
				return t->recs[i];
			}
		}
		if ((t->out.is_eof && t->err.is_eof) || nw_deadline_is_over(deadline)) {
			nw_tool_fail(t, "no record %s", query);
		}
		nw_tool_read(t, nw_deadline_left_ms(deadline));
	}
}

uint64_t nw_tool_await_more_loss(struct nw_tool *t, const char *cause, uint64_t before)
{
	uint64_t deadline = nw_deadline();

	for (size_t i = 0; !nw_deadline_is_over(deadline);) {
		parse_all(t);
		for (; i < t->recs_len; i++) {
			if (nw_rec_matches(t->recs[i], "event.dataset=nvrwatch.loss") &&
			    nw_tool_lost(t->recs[i], cause) > before) {
				return nw_tool_lost(t->recs[i], cause);
			}
		}
		nw_tool_read(t, nw_deadline_left_ms(deadline));
	}
	nw_tool_fail(t, "no loss of the cause %s is told", cause);
}

void nw_tool_await_loss(struct nw_tool *t, const char *cause)
{
	(void)nw_tool_await_more_loss(t, cause, 0);
}

uint64_t nw_tool_lost_so_far(struct nw_tool *t, const char *cause)
{
	uint64_t n = 0;

	parse_all(t);
	for (size_t i = 0; i < t->recs_len; i++) {
		if (nw_rec_matches(t->recs[i], "event.dataset=nvrwatch.loss")) {
			n = nw_tool_lost(t->recs[i], cause);
		}
	}
	return n;
}

unsigned nw_tool_count(struct nw_tool *t, const char *fmt, ...)
{
	char query[QUERY_MAX];
	unsigned n = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(query, sizeof(query), fmt, ap);
	va_end(ap);
	parse_all(t);
	for (size_t i = since(t, query); i < t->recs_len; i++) {
		n += nw_rec_matches(t->recs[i], query);
	}
	return n;
}

uint64_t nw_tool_sum(struct nw_tool *t, const char *what, const char *fmt, ...)
{
	char query[QUERY_MAX];
	uint64_t sum = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(query, sizeof(query), fmt, ap);
	va_end(ap);
	parse_all(t);
	for (size_t i = since(t, query); i < t->recs_len; i++) {
		if (nw_rec_matches(t->recs[i], query)) {
			sum += nw_rec_u64(t->recs[i], what);
		}
	}
	return sum;
}

struct nw_tool *nw_tool_trace(const char *more)
{
	struct nw_tool *t = nw_tool_start(NULL, "trace -o json --cgroup %s%s%s",
					  nw_place_dir(NW_PLACE_SEEN), *more ? " " : "", more);

	nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	return t;
}

void nw_tool_config(const char *yaml, char ret[NW_TOOL_CONFIG])
{
	static unsigned configs;

	snprintf(ret, NW_TOOL_CONFIG, "%s/config-%u.yaml", nw_place_files(), configs++);
	nw_test_write(ret, yaml);
}

struct nw_tool *nw_tool_trace_with(const char *yaml, const char *more)
{
	char path[NW_TOOL_CONFIG], args[512];

	nw_tool_config(yaml, path);
	snprintf(args, sizeof(args), "--config %s%s%s", path, *more ? " " : "", more);
	return nw_tool_trace(args);
}

void nw_tool_await_text(struct nw_tool *t, const char *word)
{
	uint64_t deadline = nw_deadline();

	while (!nw_lines_has(&t->out, word) && !nw_lines_has(&t->err, word)) {
		if ((t->out.is_eof && t->err.is_eof) || nw_deadline_is_over(deadline)) {
			nw_tool_fail(t, "no '%s' in the output", word);
		}
		nw_tool_read(t, nw_deadline_left_ms(deadline));
	}
}

/* Events come in the order in which they happened: what ended last is told last. */
pid_t nw_tool_settle(struct nw_tool *t)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "proc");

	nw_actor_end(a);
	nw_tool_await(t, "event.dataset=nvrwatch.process event.action=exit process.pid=%d", a->pid);
	return a->pid;
}

int nw_tool_end(struct nw_tool *t)
{
	uint64_t deadline = nw_deadline();

	while (!(t->out.is_eof && t->err.is_eof) && !nw_deadline_is_over(deadline)) {
		nw_tool_read(t, nw_deadline_left_ms(deadline));
	}
	if (!t->is_reaped) {
		if (nw_deadline_child(t->pid, &t->status) < 0) {
			nw_tool_fail(t, "nvrwatch does not end");
		}
		t->is_reaped = true;
	}
	return t->status;
}

int nw_tool_stop(struct nw_tool *t, int sig)
{
	assert_int_equal(kill(t->pid, sig), 0);
	return nw_tool_end(t);
}

/* SIGSTOP is on its way until it is waited for. */
void nw_tool_pause(struct nw_tool *t)
{
	siginfo_t info;

	assert_int_equal(kill(t->pid, SIGSTOP), 0);
	assert_int_equal(waitid(P_PID, (id_t)t->pid, &info, WSTOPPED), 0);
}

void nw_tool_resume(struct nw_tool *t)
{
	assert_int_equal(kill(t->pid, SIGCONT), 0);
}

struct json_object *nw_tool_stopped(struct nw_tool *t)
{
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	return nw_tool_await(t, "event.dataset=nvrwatch.status event.action=stop");
}

uint64_t nw_tool_lost(struct json_object *said, const char *cause)
{
	char path[64];

	snprintf(path, sizeof(path), "nvrwatch.loss.%s", cause);
	return nw_rec_u64(said, path);
}

void nw_tool_free(struct nw_tool *t)
{
	if (!t->is_reaped) {
		kill(t->pid, SIGKILL);
		waitpid(t->pid, NULL, 0);
	}
	for (size_t i = 0; i < t->recs_len; i++) {
		json_object_put(t->recs[i]);
	}
	free(t->recs);
	free(t->ends);
	free(t->since);
	nw_lines_free(&t->out);
	nw_lines_free(&t->err);
	memset(t, 0, sizeof(*t));
	(void)malloc_trim(0); /* records of a flood are 200 MB; an emulated machine has 1 GiB */
}

void nw_tool_free_all(void)
{
	for (struct nw_tool *t = tools; t < tools + TOOLS_MAX; t++) {
		if (t->pid && !t->is_lasting) {
			nw_tool_free(t);
		}
	}
}
