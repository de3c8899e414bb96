/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_exec: what runs, with which arguments, from where, in which cgroup; also when that is hard
 * to tell. The program itself says what it is.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root/support.h"

/* Runs exec MODE to its end; its record. ret_truth: what it said of itself. */
static struct json_object *run(const char *mode, struct json_object **ret_truth)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "exec %s", mode);
	struct json_object *rec = NULL;
	unsigned execs;

	*ret_truth = nw_actor_truth(a);
	assert_int_equal(nw_rec_u64(*ret_truth, "pid"), a->pid);
	nw_actor_say(a, "go");
	assert_int_equal(WEXITSTATUS(nw_actor_end(a)), 7);
	nw_tool_await(s->tool, "event.dataset=nvrwatch.process event.action=exit process.pid=%d",
		      a->pid);
	/* the test's own exec of the truth program, then the one in question */
	execs = nw_tool_count(
		s->tool, "event.dataset=nvrwatch.process event.action=exec process.pid=%d", a->pid);
	assert_int_equal(execs, 2);
	for (size_t i = 0; i < s->tool->recs_len; i++) {
		if (nw_rec_matches(s->tool->recs[i],
				   "event.dataset=nvrwatch.process event.action=exec") &&
		    nw_rec_u64(s->tool->recs[i], "process.pid") == (uint64_t)a->pid) {
			rec = s->tool->recs[i];
		}
	}
	return rec;
}

static struct json_object *arg_at(struct json_object *rec, const char *path, size_t i)
{
	return json_object_array_get_idx(nw_rec_get(rec, path), i);
}

/* Every argument, as the program itself has it. */
static void check_args(struct json_object *rec, struct json_object *truth)
{
	size_t n = json_object_array_length(nw_rec_get(truth, "args"));
	char text[256];

	assert_int_equal(json_object_array_length(nw_rec_get(rec, "process.args")), n);
	for (size_t i = 0; i < n; i++) {
		nw_rec_unhex(json_object_get_string(arg_at(truth, "args", i)), text, sizeof(text));
		assert_string_equal(json_object_get_string(arg_at(rec, "process.args", i)), text);
	}
}

static void check_exe(struct json_object *rec, struct json_object *truth)
{
	char text[8192];

	nw_rec_unhex(nw_rec_str(truth, "exe"), text, sizeof(text));
	assert_string_equal(nw_rec_str(rec, "process.executable"), text);
}

/* A program where it was built; the path is the file's, whatever name was asked for. */
static void test_plain(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "tcp listen 127.0.0.1 deafen wait");
	char path[64];
	char file[4096];
	struct json_object *rec;
	ssize_t n;

	(void)state;
	nw_actor_truth(a);
	rec = nw_tool_await(
		s->tool, "event.dataset=nvrwatch.process event.action=exec process.pid=%d", a->pid);
	snprintf(path, sizeof(path), "/proc/%d/exe", a->pid);
	n = readlink(path, file, sizeof(file) - 1);
	assert_true(n > 0);
	file[n] = 0;
	assert_string_equal(nw_rec_str(rec, "process.executable"), file);
	assert_string_equal(nw_rec_str(rec, "process.name"), "tcp");
	assert_int_equal(nw_rec_u64(rec, "process.parent.pid"), getpid());
	assert_int_equal(nw_rec_session(rec), getsid(a->pid));
	assert_int_equal(json_object_array_length(nw_rec_get(rec, "process.args")), 5);
	assert_string_equal(json_object_get_string(arg_at(rec, "process.args", 1)), "listen");
	assert_string_equal(nw_rec_str(rec, "process.user.id"), "0");
}

/* No byte of it may reach a terminal as it is; json-c took the line as UTF-8 already. */
static void test_hostile_names(void **state)
{
	struct json_object *truth;
	struct json_object *rec = run("names", &truth);
	struct json_object *args = nw_rec_get(rec, "process.args");

	(void)state;
	assert_int_equal(json_object_array_length(args), 8);
	assert_non_null(strstr(nw_rec_str(rec, "process.executable"), "[31mred"));
	assert_non_null(strstr(nw_rec_str(rec, "process.executable"), ".bin"));
	assert_string_equal(json_object_get_string(json_object_array_get_idx(args, 3)),
			    "two\nlines\r\ttab\177");
	assert_string_equal(json_object_get_string(json_object_array_get_idx(args, 4)),
			    "quote\"back\\slash");
	assert_string_equal(json_object_get_string(json_object_array_get_idx(args, 6)), "");
	assert_string_equal(json_object_get_string(json_object_array_get_idx(args, 7)), "last");
}

/* A line that is sent to a terminal as it is must not move its cursor. */
static void test_no_control_bytes(void **state)
{
	struct nw_session *s = nw_session();
	struct json_object *truth;

	(void)state;
	run("names", &truth);
	for (size_t i = 0; i < s->tool->out.len; i++) {
		unsigned char c = (unsigned char)s->tool->out.text[i];

		if ((c < 0x20 && c != '\n') || c == 0x7f) {
			fail_msg("byte %#x in the output", c);
		}
	}
}

static void test_huge_argument(void **state)
{
	struct json_object *truth;
	struct json_object *rec = run("huge", &truth);

	(void)state;
	assert_string_equal(json_object_get_string(arg_at(rec, "process.args", 0)), "huge");
	assert_int_equal(
		strncmp(json_object_get_string(arg_at(rec, "process.args", 1)), "AAAAAAAA", 8), 0);
	nw_rec_check(rec, "nvrwatch.args_truncated=true");
}

static void test_many_arguments(void **state)
{
	struct json_object *truth;
	struct json_object *rec = run("many", &truth);

	(void)state;
	assert_int_equal(nw_rec_u64(truth, "argc"), 40000);
	assert_string_equal(json_object_get_string(arg_at(rec, "process.args", 0)), "many");
	assert_string_equal(json_object_get_string(arg_at(rec, "process.args", 1)), "a");
	nw_rec_check(rec, "nvrwatch.args_truncated=true");
}

/* The path's end is kept, which names the program, and says that it is not all. */
static void check_cut_path(const char *mode)
{
	struct json_object *truth;
	struct json_object *rec = run(mode, &truth);
	const char *exe = nw_rec_str(rec, "process.executable");

	assert_true(strlen(exe) > 64);
	assert_string_equal(exe + strlen(exe) - 6, "dd/end");
	nw_rec_check(rec, "nvrwatch.exe_truncated=true");
}

static void test_long_path(void **state)
{
	(void)state;
	check_cut_path("long");
}

static void test_deep_path(void **state)
{
	(void)state;
	check_cut_path("deep");
}

static void test_memfd(void **state)
{
	struct json_object *truth;
	struct json_object *rec = run("memfd", &truth);

	(void)state;
	check_args(rec, truth);
	nw_rec_check(rec, "nvrwatch.exe_memfd=true process.executable=memfd:nw-memory");
}

static void test_deleted(void **state)
{
	struct json_object *truth;
	struct json_object *rec = run("deleted", &truth);

	(void)state;
	check_args(rec, truth);
	nw_rec_check(rec, "nvrwatch.exe_deleted=true process.executable=/tmp/was-here");
}

/* What runs is the interpreter; the script stands in its arguments. */
static void test_script(void **state)
{
	struct json_object *truth;
	struct json_object *rec = run("script", &truth);

	(void)state;
	check_args(rec, truth);
	check_exe(rec, truth);
	assert_string_equal(json_object_get_string(arg_at(rec, "process.args", 2)), "/tmp/script");
}

/* exec by a thread that is not the first: the process keeps its pid. */
static void test_thread(void **state)
{
	struct json_object *truth;
	struct json_object *rec = run("thread", &truth);

	(void)state;
	check_args(rec, truth);
	check_exe(rec, truth);
}

/* What the first three descriptors are, as fstat() has it. */
static void check_stdio(const char *mode)
{
	struct json_object *truth;
	struct json_object *rec = run(mode, &truth);
	static const char *const path[] = { "nvrwatch.stdin", "nvrwatch.stdout",
					    "nvrwatch.stderr" };

	for (size_t i = 0; i < NW_ARRAY_SIZE(path); i++) {
		assert_string_equal(nw_rec_str(rec, path[i]),
				    json_object_get_string(arg_at(truth, "stdio", i)));
	}
}

static void test_stdio(void **state)
{
	(void)state;
	check_stdio("stdio");
}

/* The kernel keeps a descriptor table of more than 64 elsewhere. */
static void test_stdio_of_a_grown_table(void **state)
{
	(void)state;
	check_stdio("grown");
}

/* A systemd unit, and a container by its id, from the name of the cgroup. */
static void test_cgroup_names(void **state)
{
	static const char container[] =
		"docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope";
	struct nw_session *s = nw_session();
	struct nw_actor *a;

	(void)state;
	nw_place_add(NW_PLACE_SEEN, "recorder.service");
	nw_place_add(NW_PLACE_SEEN, container);
	a = nw_actor_start_below(NW_PLACE_SEEN, "recorder.service", "proc");
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.process event.action=exec process.pid=%d "
		      "nvrwatch.unit=recorder.service",
		      a->pid);
	a = nw_actor_start_below(NW_PLACE_SEEN, container, "proc");
	nw_tool_await(s->tool,
		      "event.dataset=nvrwatch.process event.action=exec process.pid=%d "
		      "container.id=0123456789ab",
		      a->pid);
}

/* Who is not in the observed cgroup is not told. */
static void test_others_are_not_told(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *a = nw_actor_start(NW_PLACE_FAR, "proc");

	(void)state;
	nw_actor_end(a);
	nw_tool_settle(s->tool);
	assert_int_equal(
		nw_tool_count(s->tool, "event.dataset=nvrwatch.process process.pid=%d", a->pid), 0);
}

NW_TESTS(hooks_process_exec, NW_ROOT_TEST(test_plain), NW_ROOT_TEST(test_hostile_names),
	 NW_ROOT_TEST(test_no_control_bytes), NW_ROOT_TEST(test_huge_argument),
	 NW_ROOT_TEST(test_many_arguments), NW_ROOT_TEST(test_long_path),
	 NW_ROOT_TEST(test_deep_path), NW_ROOT_TEST(test_memfd), NW_ROOT_TEST(test_deleted),
	 NW_ROOT_TEST(test_script), NW_ROOT_TEST(test_thread), NW_ROOT_TEST(test_stdio),
	 NW_ROOT_TEST(test_stdio_of_a_grown_table), NW_ROOT_TEST(test_cgroup_names),
	 NW_ROOT_TEST(test_others_are_not_told));
