/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run: the service manager is told, SIGTERM is a clean end, the state is where it was asked for; and
 * each of its threads is nobody.
 */
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "root/support.h"

static char notify_path[100];

static int with_notify(void)
{
	return setenv("NOTIFY_SOCKET", notify_path, 1);
}

static int manager(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct timeval wait = { .tv_sec = 20L * nw_deadline_slowness() };

	snprintf(notify_path, sizeof(notify_path), "%s/notify", nw_place_files());
	(void)strcpy(addr.sun_path, notify_path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)), 0);
	return fd;
}

static void await_word(int fd, const char *word)
{
	char text[128] = "";
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	if (n < 0 || strncmp(text, word, strlen(word)) != 0) {
		fail_msg("the service manager was told '%s', not '%s'", text, word);
	}
}

static void test_service(void **state)
{
	static const struct nw_tool_options options = { .prepare = with_notify };
	int fd = manager();
	struct nw_tool *t = nw_tool_start(&options, "run -o json --cgroup %s --state %s/run",
					  nw_place_dir(NW_PLACE_SEEN), nw_place_files());
	char path[160];
	struct stat st;

	(void)state;
	await_word(fd, "READY=1");
	nw_tool_settle(t);
	snprintf(path, sizeof(path), "%s/run/state.db", nw_place_files());
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(nw_tool_stop(t, SIGTERM), 0);
	await_word(fd, "STOPPING=1");
	assert_int_equal(nw_tool_count(t, "event.dataset=nvrwatch.status event.action=stop"), 1);
	close(fd);
}

/* The line of a task's status that begins so. */
static void check_task(const char *dir, const char *task, const char *line)
{
	char path[300], text[8192];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/status", dir, task);
	f = fopen(path, "re");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	if (!strstr(text, line)) {
		fail_msg("task %s has no '%s':\n%s", task, line, text);
	}
}

static void test_threads(void **state)
{
	static const char *const lines[] = {
		"\nCapInh:\t0000000000000000\n",
		"\nCapPrm:\t0000000000000000\n",
		"\nCapEff:\t0000000000000000\n",
		"\nCapBnd:\t0000000000000000\n",
		"\nCapAmb:\t0000000000000000\n",
		"\nNoNewPrivs:\t1\n",
		"\nSeccomp:\t2\n",
		"\nGroups:\t \n",
	};
	struct nw_tool *t = nw_tool_start(NULL, "run -o json --cgroup %s --state %s/threads",
					  nw_place_dir(NW_PLACE_SEEN), nw_place_files());
	unsigned tasks = 0;
	char dir[64];
	DIR *d;

	(void)state;
	nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	nw_tool_settle(t);
	snprintf(dir, sizeof(dir), "/proc/%d/task", t->pid);
	d = opendir(dir);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		for (size_t i = 0; e->d_name[0] != '.' && i < NW_ARRAY_SIZE(lines); i++) {
			check_task(dir, e->d_name, lines[i]);
		}
		tasks += e->d_name[0] != '.';
	}
	closedir(d);
	assert_int_equal(tasks, 2);
	assert_int_equal(nw_tool_stop(t, SIGTERM), 0);
}

NW_TESTS(e2e_run, NW_ROOT_TEST(test_service), NW_ROOT_TEST(test_threads));
