/* SPDX-License-Identifier: Apache-2.0 */
/* What cannot work ends at once, with one clear sentence and the right status. */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "root/support.h"

#define NOBODY 65534

/* Each of words is in the messages. Nothing is printed as if it were a result. */
static void check(struct nw_tool *t, int code, const char *const *words)
{
	int status = nw_tool_end(t);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != code) {
		nw_tool_fail(t, "status %#x where exit code %d was expected", (unsigned)status,
			     code);
	}
	for (; *words; words++) {
		if (!nw_lines_has(&t->err, *words)) {
			nw_tool_fail(t, "the message lacks '%s'", *words);
		}
	}
	assert_int_equal(t->out.len, 0);
	nw_tool_free(t);
}

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_command_line(void **state)
{
	(void)state;
	check(nw_tool_start(NULL, "trace --cgruop /"), NW_EXIT_USAGE,
	      WORDS("--cgruop", "--cgroup"));
	check(nw_tool_start(NULL, "trase"), NW_EXIT_USAGE, WORDS("trase", "trace"));
	check(nw_tool_start(NULL, "-q"), NW_EXIT_USAGE, WORDS("command"));
	check(nw_tool_start(NULL, "trace -o xml"), NW_EXIT_USAGE, WORDS("xml", "json"));
	check(nw_tool_start(NULL, "trace --duration soon"), NW_EXIT_USAGE, WORDS("soon", "10s"));
	check(nw_tool_start(NULL, "trace --only flwo"), NW_EXIT_USAGE, WORDS("flwo", "flow"));
	check(nw_tool_start(NULL, "replay"), NW_EXIT_USAGE, WORDS("FILE"));
	check(nw_tool_start(NULL, "trace \033[31m"), NW_EXIT_USAGE, WORDS("trace", "[31m"));
}

static void test_not_root(void **state)
{
	static const struct nw_tool_options opt = { .uid = NOBODY };

	(void)state;
	check(nw_tool_start(&opt, "trace"), NW_EXIT_DENIED, WORDS("root"));
	check(nw_tool_start(&opt, "record %s/never.nwr", nw_place_files()), NW_EXIT_DENIED,
	      WORDS("root"));
}

static void test_cgroup(void **state)
{
	char file[256];

	(void)state;
	snprintf(file, sizeof(file), "%s/cgroup.procs", nw_place_dir(NW_PLACE_SEEN));
	check(nw_tool_start(NULL, "trace --cgroup /nonexistent"), NW_EXIT_USAGE,
	      WORDS("/nonexistent", "No such file"));
	check(nw_tool_start(NULL, "trace --cgroup /tmp"), NW_EXIT_USAGE, WORDS("/tmp", "cgroup"));
	check(nw_tool_start(NULL, "trace --cgroup %s", file), NW_EXIT_USAGE, WORDS("cgroup.procs"));
	if (access("/sys/fs/cgroup/cpu/tasks", F_OK) == 0) { /* version 1, where there is one */
		check(nw_tool_start(NULL, "trace --cgroup /sys/fs/cgroup/cpu"), NW_EXIT_USAGE,
		      WORDS("/sys/fs/cgroup/cpu", "v2"));
	}
}

/* path: where the text is. */
static struct nw_tool *with_config(const char *text, char path[NW_TOOL_CONFIG])
{
	nw_tool_config(text, path);
	return nw_tool_start(NULL, "trace --config %s --cgroup %s", path,
			     nw_place_dir(NW_PLACE_SEEN));
}

static void test_configuration(void **state)
{
	char path[NW_TOOL_CONFIG], line[160];
	struct nw_tool *t;

	(void)state;
	t = with_config("flow_interval: 5s\ntrusted_netwroks:\n  - 10.0.0.0/8\n", path);
	snprintf(line, sizeof(line), "%s:2", path);
	check(t, NW_EXIT_INPUT, WORDS(line, "trusted_netwroks", "trusted_networks"));
	t = with_config("heads: true\nlimits:\n  flows: many\n", path);
	snprintf(line, sizeof(line), "%s:3", path);
	check(t, NW_EXIT_INPUT, WORDS(line, "flows"));
	t = with_config("site: [\n", path);
	check(t, NW_EXIT_INPUT, WORDS(path));
	t = with_config("trusted_networks:\n  - 10.0.0.0/33\n", path);
	check(t, NW_EXIT_INPUT, WORDS(path, "10.0.0.0/33"));
	check(nw_tool_start(NULL, "trace --config /nonexistent.yaml --cgroup %s",
			    nw_place_dir(NW_PLACE_SEEN)),
	      NW_EXIT_INPUT, WORDS("/nonexistent.yaml", "No such file"));
}

static int hide_btf(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		return -1;
	}
	return mount("none", "/sys/kernel/btf", "tmpfs", 0, NULL);
}

static void test_no_btf(void **state)
{
	static const struct nw_tool_options opt = { .prepare = hide_btf };

	(void)state;
	check(nw_tool_start(&opt, "trace --cgroup %s", nw_place_dir(NW_PLACE_SEEN)), NW_EXIT_DENIED,
	      WORDS("BTF", "--btf"));
	check(nw_tool_start(NULL, "trace --btf /nonexistent --cgroup %s",
			    nw_place_dir(NW_PLACE_SEEN)),
	      NW_EXIT_DENIED, WORDS("/nonexistent"));
	check(nw_tool_start(NULL, "trace --btf /etc/passwd --cgroup %s",
			    nw_place_dir(NW_PLACE_SEEN)),
	      NW_EXIT_DENIED, WORDS("/etc/passwd"));
}

/* As in a locked-down kernel, or in a container without the right: bpf() is refused. */
static int refuse_bpf(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int r;

	if (!ctx) {
		return -1;
	}
	r = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(bpf), 0);
	r = r < 0 ? r : seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}

static void test_bpf_refused(void **state)
{
	static const struct nw_tool_options opt = { .prepare = refuse_bpf };

	(void)state;
	check(nw_tool_start(&opt, "trace --cgroup %s", nw_place_dir(NW_PLACE_SEEN)), NW_EXIT_DENIED,
	      WORDS("bpf"));
}

NW_TESTS(e2e_bad_input, NW_ROOT_TEST(test_command_line), NW_ROOT_TEST(test_not_root),
	 NW_ROOT_TEST(test_cgroup), NW_ROOT_TEST(test_configuration), NW_ROOT_TEST(test_no_btf),
	 NW_ROOT_TEST(test_bpf_refused));
