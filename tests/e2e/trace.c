/* SPDX-License-Identifier: Apache-2.0 */
/* trace: begins and ends in order beside another one; what its start costs the kernel's verifier. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "root/support.h"

/* One start, one end, which is the last; every record has its number. */
static void check_whole(struct nw_tool *t)
{
	size_t n = t->recs_len;

	assert_int_equal(nw_tool_count(t, "event.dataset=nvrwatch.status event.action=start"), 1);
	assert_int_equal(nw_tool_count(t, "event.dataset=nvrwatch.status event.action=stop"), 1);
	n = t->recs_len;
	assert_true(
		nw_rec_matches(t->recs[n - 1], "event.dataset=nvrwatch.status event.action=stop"));
	for (size_t i = 0; i < n; i++) {
		if (!nw_rec_matches(t->recs[i], "event.dataset=nvrwatch.finding")) {
			assert_int_equal(nw_rec_u64(t->recs[i], "event.sequence"), i + 1);
		}
	}
	assert_int_equal(t->out.text[t->out.len - 1], '\n');
}

/* Beside the shared run: both tell the same, each ends alone. */
static void test_second_run(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof truth");
	struct nw_flow_key key = { .transport = "tcp" };
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *seen;

	(void)state;
	key.rport = nw_actor_port(far);
	seen = nw_actor_start(NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 7777 close", key.rport);
	key.pid = seen->pid;
	assert_int_equal(nw_flow_ended(t, &key).sent, 7777);
	assert_int_equal(nw_flow_ended(s->tool, &key).sent, 7777);
	nw_tool_settle(t);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	check_whole(t);
	if (!nw_lines_has(&t->err, "nothing lost")) {
		nw_tool_fail(t, "the summary does not say that nothing was lost");
	}
	nw_tool_settle(s->tool); /* the first one lives on */
}

/* Of a program's descriptor, from 5.16 on; else 0, and of what is closed by now. */
static unsigned long verified_by(pid_t pid, const char *fd)
{
	char text[300];
	unsigned long n = 0;
	FILE *f;

	snprintf(text, sizeof(text), "/proc/%d/fdinfo/%s", pid, fd);
	f = fopen(text, "re");
	while (f && !n && fgets(text, sizeof(text), f)) {
		(void)sscanf(text, "verified_insns: %lu", &n);
	}
	if (f) {
		fclose(f);
	}
	return n;
}

/* Twice what it is: a loop that the verifier goes by again and again made it five times as much, and
 * nothing else told. */
#define VERIFIED_MAX 150000

static void test_verifier_work(void **state)
{
	struct nw_session *s = nw_session();
	unsigned long sum = 0;
	char path[64];
	struct dirent *entry;
	DIR *dir;

	(void)state;
	snprintf(path, sizeof(path), "/proc/%d/fdinfo", s->tool->pid);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.') {
			sum += verified_by(s->tool->pid, entry->d_name);
		}
	}
	closedir(dir);
	if (sum > VERIFIED_MAX) {
		fail_msg("the verifier looks at %lu instructions at each start", sum);
	}
}

NW_TESTS(e2e_trace, NW_ROOT_TEST(test_verifier_work), NW_ROOT_TEST(test_second_run));
