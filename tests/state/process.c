/* SPDX-License-Identifier: Apache-2.0 */
/* Processes: what exec, fork and exit make of one, how it is named, and who goes when it is full. */
#include "feed.h"
#include "state/internal.h"

#define SECOND	NW_FEED_SEC
#define TICK_NS 10000000ULL /* of a start time in /proc */

static struct nw_feed *start(void)
{
	return nw_feed_new("", 10 * SECOND);
}

static const struct nw_proc *only_proc(const struct nw_feed *f)
{
	return &nw_feed_only(f, NW_DATASET_PROCESS)->proc;
}

static struct nw_proc *find(const struct nw_feed *f, uint32_t pid)
{
	struct nw_proc_id id = nw_feed_pid(pid);

	return nw_proc_find(f->state, &id);
}

static void exec_parts(struct nw_feed *f, const char *parts, size_t len, uint32_t flags)
{
	nw_feed_forget(f);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 1,
					       .exe = parts,
					       .exe_len = len,
					       .flags = flags | NW_PROC_EXE_PARTS });
}

/* ---- exec, fork, exit ------------------------------------------------------------------------- */

static void an_exec_is_told_with_all_it_says(void **state)
{
	static const char args[] = "ffmpeg\0-i\0x";
	struct nw_feed *f = start();
	const struct nw_proc *p;

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7,
					       .parent = 3,
					       .comm = "ffmpeg",
					       .exe = "/usr/bin/ffmpeg",
					       .args = args,
					       .args_len = sizeof(args) - 1,
					       .cgroup = "user.slice" });
	assert_int_equal(nw_feed_only(f, NW_DATASET_PROCESS)->action, NW_ACTION_EXEC);
	p = only_proc(f);
	assert_int_equal(p->id.tgid, 7);
	assert_int_equal(p->parent_id.tgid, 3);
	assert_string_equal(p->name, "ffmpeg");
	assert_string_equal(p->exe, "/usr/bin/ffmpeg");
	assert_int_equal(p->args_len, sizeof(args) - 1);
	assert_memory_equal(p->args, args, sizeof(args));
	assert_string_equal(p->cgroup, "user.slice");
	assert_int_equal(p->exec_ns, f->now_ns);
	assert_int_equal(p->uid, 998);
	assert_int_equal(p->gid, 997);
	assert_false(p->is_found || p->is_unknown);
	nw_feed_free(f);
}

static void a_second_exec_replaces_the_first(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7, .exe = "/bin/sh", .cgroup = "a.service" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7, .exe = "/bin/ls", .args = "ls" });
	assert_int_equal(nw_feed_count(f, NW_DATASET_PROCESS), 2);
	assert_string_equal(find(f, 7)->exe, "/bin/ls");
	assert_string_equal(find(f, 7)->unit, "");
	nw_feed_free(f);
}

static void what_ran_before_the_start_is_found(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND, .pid = 7, .exe = "/bin/sh" });
	assert_int_equal(nw_feed_only(f, NW_DATASET_PROCESS)->action, NW_ACTION_FOUND);
	assert_true(only_proc(f)->is_found);
	assert_int_equal(only_proc(f)->exec_ns, 0);
	nw_feed_forget(f);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 7 });
	assert_int_equal(nw_feed_only(f, NW_DATASET_PROCESS)->action, NW_ACTION_EXIT);
	nw_feed_free(f);
}

static void a_child_has_what_its_parent_has(void **state)
{
	struct nw_feed *f = start();
	const struct nw_proc *p;

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7,
					       .exe = "/bin/sh",
					       .args = "sh",
					       .cgroup = "recorder.service",
					       .session = 7 });
	nw_feed_forget(f);
	nw_feed_proc(f, (struct nw_feed_exec){
				.what = NW_PROC_FORK, .pid = 8, .parent = 7, .comm = "worker" });
	assert_int_equal(nw_feed_count(f, NW_DATASET_PROCESS), 0); /* most forks say nothing */
	p = find(f, 8);
	assert_non_null(p);
	assert_int_equal(p->id.tgid, 8);
	assert_int_equal(p->parent_id.tgid, 7);
	assert_string_equal(p->name, "worker");
	assert_string_equal(p->exe, "/bin/sh");
	assert_string_equal(p->args, "sh");
	assert_string_equal(p->unit, "recorder.service");
	assert_int_equal(p->session, 7);
	assert_int_equal(p->exec_ns, 0);
	assert_int_equal(p->refs, 0);
	assert_false(p->is_unknown);
	nw_feed_proc(f, (struct nw_feed_exec){
				.what = NW_PROC_FORK, .pid = 9, .parent = 8, .session = 8 });
	assert_int_equal(find(f, 9)->session, 8); /* its parent has begun one, and told nobody */
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 8 });
	assert_int_equal(nw_feed_count(f, NW_DATASET_PROCESS), 0); /* and so their ends */
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FORK, .pid = 10, .parent = 1234 });
	assert_true(find(f, 10)->is_unknown);
	nw_feed_free(f);
}

static void a_process_ends_once(void **state)
{
	struct nw_feed *f = start();
	uint64_t ended_ns;

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7, .exe = "/bin/sh" });
	nw_feed_forget(f);
	nw_feed_proc(f,
		     (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 7, .exit_code = 3 << 8 });
	ended_ns = f->now_ns;
	nw_feed_tick(f, SECOND);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 7, .exit_code = 9 });
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 99 });
	assert_int_equal(nw_feed_only(f, NW_DATASET_PROCESS)->action, NW_ACTION_EXIT);
	assert_int_equal(only_proc(f)->exit_code, 3 << 8);
	assert_int_equal(only_proc(f)->end_ns, ended_ns);
	nw_feed_tick(f, 8 * SECOND); /* a socket's last word may come later */
	assert_non_null(find(f, 7));
	nw_feed_tick(f, SECOND);
	assert_null(find(f, 7));
	nw_feed_free(f);
}

/* What was made of a process is good while its version stays, and its end changes none. */
static void every_change_is_a_new_version(void **state)
{
	struct nw_feed *f = start();
	struct nw_feed *g = start();
	uint64_t named, run, child;

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7, .exe = "/bin/sh" });
	named = find(f, 7)->version;
	assert_int_not_equal(named, 0);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7, .exe = "/bin/ls" });
	run = find(f, 7)->version;
	assert_int_not_equal(run, named);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FORK, .pid = 8, .parent = 7 });
	child = find(f, 8)->version;
	assert_int_not_equal(child, run);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 7 });
	assert_int_equal(find(f, 7)->version, run);
	nw_feed_proc(g, (struct nw_feed_exec){ .pid = 7, .exe = "/bin/sh" });
	assert_true(find(g, 7)->version > child); /* of another state, and yet never used twice */
	nw_feed_free(g);
	nw_feed_free(f);
}

/* ---- names ------------------------------------------------------------------------------------ */

static void a_path_is_joined_from_its_parts(void **state)
{
	static const char parts[] = "ffmpeg\0bin\0usr";
	struct nw_feed *f = start();

	(void)state;
	exec_parts(f, parts, sizeof(parts), 0);
	assert_string_equal(only_proc(f)->exe, "/usr/bin/ffmpeg");
	assert_false(only_proc(f)->flags & (NW_PROC_EXE_PARTS | NW_PROC_EXE_CUT));
	exec_parts(f, "init", sizeof("init"), 0);
	assert_string_equal(only_proc(f)->exe, "/init");
	exec_parts(f, parts, sizeof(parts) - 1, 0); /* the last one's end is missing */
	assert_string_equal(only_proc(f)->exe, "/usr/bin/ffmpeg");
	exec_parts(f, NULL, 0, 0);
	assert_string_equal(only_proc(f)->exe, "");
	nw_feed_free(f);
}

static void a_memfd_is_in_no_directory(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	exec_parts(f, "memfd:payload", sizeof("memfd:payload"), NW_PROC_MEMFD);
	assert_string_equal(only_proc(f)->exe, "memfd:payload");
	assert_true(only_proc(f)->flags & NW_PROC_MEMFD);
	nw_feed_free(f);
}

/* The end says which program it is; where it begins is what an attacker pads. */
static void too_long_a_path_keeps_its_end(void **state)
{
	struct nw_feed *f = start();
	char parts[NW_EXE_MAX];
	size_t at = 0;
	const struct nw_proc *p;

	(void)state;
	memcpy(parts, "program\0", 8);
	at = 8;
	while (at + 10 <= sizeof(parts)) {
		memcpy(parts + at, "directory\0", 10);
		at += 10;
	}
	exec_parts(f, parts, at, 0);
	p = only_proc(f);
	assert_int_equal(strlen(p->exe), sizeof(p->exe) - 1);
	assert_memory_equal(p->exe, "...", 3);
	assert_string_equal(p->exe + sizeof(p->exe) - 1 - strlen("/directory/program"),
			    "/directory/program");
	assert_true(p->flags & NW_PROC_EXE_CUT);
	memset(parts, 'x', sizeof(parts)); /* one part, and no end to it */
	exec_parts(f, parts, sizeof(parts), 0);
	assert_int_equal(strlen(only_proc(f)->exe), sizeof(p->exe) - 1);
	memset(parts, 0, sizeof(parts)); /* nothing but ends */
	exec_parts(f, parts, sizeof(parts), 0);
	assert_int_equal(strlen(only_proc(f)->exe), sizeof(p->exe) - 1);
	nw_feed_free(f);
}

/* The same when it comes from /proc, as a path. */
static void too_long_a_path_of_proc_keeps_its_end(void **state)
{
	struct nw_feed *f = start();
	char path[NW_EXE_MAX];
	const struct nw_proc *p;

	(void)state;
	memset(path, 'x', sizeof(path));
	memcpy(path + sizeof(path) - 8, "/program", 8);
	nw_feed_proc(
		f, (struct nw_feed_exec){
			   .what = NW_PROC_FOUND, .pid = 1, .exe = path, .exe_len = sizeof(path) });
	p = only_proc(f);
	assert_int_equal(strlen(p->exe), sizeof(p->exe) - 1);
	assert_memory_equal(p->exe, "...x", 4);
	assert_string_equal(p->exe + sizeof(p->exe) - 1 - 8, "/program");
	assert_true(p->flags & NW_PROC_EXE_CUT);
	nw_feed_free(f);
}

/* The longest path that fits is not cut. */
static void a_path_that_fits_is_whole(void **state)
{
	struct nw_feed *f = start();
	char part[256];

	(void)state;
	memset(part, 'x', sizeof(part));
	part[254] = '\0';
	exec_parts(f, part, 255, 0);
	assert_int_equal(strlen(only_proc(f)->exe), 255);
	assert_false(only_proc(f)->flags & NW_PROC_EXE_CUT);
	assert_int_equal(only_proc(f)->exe[0], '/');
	part[254] = 'x';
	part[255] = '\0';
	exec_parts(f, part, 256, 0);
	assert_true(only_proc(f)->flags & NW_PROC_EXE_CUT);
	nw_feed_free(f);
}

static void too_many_arguments_are_cut_and_marked(void **state)
{
	struct nw_feed *f = start();
	char args[NW_ARGS_MAX];

	(void)state;
	memset(args, 'a', sizeof(args));
	nw_feed_proc(f, (struct nw_feed_exec){
				.pid = 1, .exe = "/x", .args = args, .args_len = sizeof(args) });
	assert_int_equal(only_proc(f)->args_len, sizeof(only_proc(f)->args) - 1);
	assert_true(only_proc(f)->flags & NW_PROC_ARGS_CUT);
	nw_feed_free(f);
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void a_cgroup_names_a_unit_or_a_container(void **state)
{
	static const struct {
		const char *leaf, *unit, *container;
	} cases[] = {
		{ "recorder.service", "recorder.service", "" },
		{ "session-3.scope", "session-3.scope", "" },
		{ "user.slice", "", "" },
		{ ".service", "", "" },
		{ ".scope", "", "" },
		{ "", "", "" },
		{ HEX64, "", "0123456789ab" },
		{ "docker-" HEX64 ".scope", "", "0123456789ab" },
		{ "cri-containerd-" HEX64 ".scope", "", "0123456789ab" },
		{ "libpod-0123456789abcdef.scope", "libpod-0123456789abcdef.scope", "" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(cases); i++) {
		struct nw_feed *f = start();

		nw_feed_proc(
			f, (struct nw_feed_exec){ .pid = 1, .exe = "/x", .cgroup = cases[i].leaf });
		assert_string_equal(only_proc(f)->cgroup, cases[i].leaf);
		assert_string_equal(only_proc(f)->unit, cases[i].unit);
		assert_string_equal(only_proc(f)->container, cases[i].container);
		nw_feed_free(f);
	}
}

/* ---- the table -------------------------------------------------------------------------------- */

/* /proc tells a start time in clock ticks, the kernel in nanoseconds: the same process. */
static void start_times_match_within_a_clock_tick(void **state)
{
	struct nw_feed *f = start();
	struct nw_proc_id id = { .tgid = 7, .start_ns = 500 * TICK_NS };
	char one[NW_PROC_ID_HEX], other[NW_PROC_ID_HEX];

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND, .id = id, .exe = "/x" });
	nw_proc_entity_id(f->state, &id, one);
	id.start_ns = 501 * TICK_NS - 1;
	assert_non_null(nw_proc_find(f->state, &id));
	nw_proc_entity_id(f->state, &id, other);
	assert_string_equal(one, other);
	id.start_ns = 501 * TICK_NS; /* the same pid, given again */
	assert_null(nw_proc_find(f->state, &id));
	nw_proc_entity_id(f->state, &id, other);
	assert_string_not_equal(one, other);
	id.start_ns = 500 * TICK_NS - 1;
	assert_null(nw_proc_find(f->state, &id));
	nw_feed_free(f);
}

static void one_that_nobody_refers_to_goes_first(void **state)
{
	struct nw_feed *f = nw_feed_new("limits: { processes: 64 }\n", 10 * SECOND);
	struct nw_ev_sock e;

	(void)state;
	for (uint32_t pid = 1; pid <= 64; pid++) {
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = pid, .exe = "/x" });
		if (pid <= 2) { /* the oldest two have a flow each */
			e = nw_feed_sock(f, NW_SOCK_BIN, pid, pid);
			nw_feed_event(f, &e.ev);
		}
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_PROC_EVICTED), 0);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 65, .exe = "/x" });
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_PROC_EVICTED), 1);
	assert_non_null(find(f, 1));
	assert_non_null(find(f, 2));
	assert_null(find(f, 3));
	assert_non_null(find(f, 4));
	assert_non_null(find(f, 65));
	nw_feed_free(f);
}

static void forgetting_who_ended_is_no_loss(void **state)
{
	struct nw_feed *f = nw_feed_new("limits: { processes: 64 }\n", 10 * SECOND);

	(void)state;
	for (uint32_t pid = 1; pid <= 300; pid++) {
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = pid, .exe = "/x" });
		nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = pid });
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_PROC_EVICTED), 0);
	nw_feed_tick(f, 11 * SECOND);
	for (uint32_t pid = 1; pid <= 300; pid++) {
		assert_null(find(f, pid));
	}
	nw_feed_free(f);
}

/* Short processes, many of them: the last of them linger, and who lives loses nothing. */
static void a_flood_takes_no_place_from_the_living(void **state)
{
	const uint32_t first = 10, last = 3 * NW_EXITS_MAX;
	struct nw_feed *f = nw_feed_new("limits: { processes: 2048 }\n", 10 * SECOND);
	struct nw_ev_sock e;

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 1, .exe = "/sbin/init" });
	for (uint32_t pid = first; pid <= last; pid++) {
		nw_feed_proc(f, (struct nw_feed_exec){ .pid = pid, .exe = "/x" });
		if (pid == first) { /* it ended, and its flow did not */
			e = nw_feed_sock(f, NW_SOCK_BIN, 77, pid);
			nw_feed_event(f, &e.ev);
		}
		nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = pid });
		assert_true(f->state->proc_lru.used <= NW_EXITS_MAX + 2);
		nw_feed_forget(f);
	}
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_PROC_EVICTED), 0);
	assert_non_null(find(f, 1));
	assert_non_null(find(f, first));
	assert_null(find(f, first + 1));
	assert_null(find(f, last - NW_EXITS_MAX));
	assert_non_null(find(f, last - NW_EXITS_MAX + 1));
	e = nw_feed_sock(f, NW_SOCK_CLOSE, 77, first);
	nw_feed_event(f, &e.ev);
	assert_null(find(f, first)); /* its time to linger was over */
	nw_feed_tick(f, 11 * SECOND);
	assert_int_equal(f->state->proc_lru.used, 1);
	nw_feed_free(f);
}

/* Its flow ends while it lingers: the rest of its time is still its own. */
static void one_that_lingers_is_kept_without_a_flow(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 77, 7);

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7, .exe = "/x" });
	nw_feed_event(f, &e.ev);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 7 });
	e = nw_feed_sock(f, NW_SOCK_CLOSE, 77, 7);
	nw_feed_event(f, &e.ev);
	assert_non_null(find(f, 7));
	nw_feed_tick(f, 11 * SECOND);
	assert_null(find(f, 7));
	nw_feed_free(f);
}

/* A socket names a process that nobody introduced; when somebody does, it is that one. */
static void who_is_only_named_is_unknown(void **state)
{
	struct nw_feed *f = start();
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 5, 7);

	(void)state;
	nw_feed_event(f, &e.ev);
	assert_non_null(find(f, 7));
	assert_true(find(f, 7)->is_unknown);
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 7, .exe = "/x" });
	assert_false(find(f, 7)->is_unknown);
	assert_int_equal(find(f, 7)->refs, 1);
	nw_feed_free(f);
}

static void a_namespace_is_empty_when_its_last_process_ended(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	assert_false(nw_netns_has_process(f->state, NW_FEED_NETNS));
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 1, .exe = "/a" });
	nw_feed_proc(f, (struct nw_feed_exec){ .pid = 2, .exe = "/b" });
	assert_true(nw_netns_has_process(f->state, NW_FEED_NETNS));
	assert_false(nw_netns_has_process(f->state, NW_FEED_NETNS + 1));
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 2 });
	assert_true(nw_netns_has_process(f->state, NW_FEED_NETNS));
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 1 });
	assert_false(nw_netns_has_process(f->state, NW_FEED_NETNS));
	nw_feed_free(f);
}

NW_TESTS(state_process, cmocka_unit_test(an_exec_is_told_with_all_it_says),
	 cmocka_unit_test(a_second_exec_replaces_the_first),
	 cmocka_unit_test(what_ran_before_the_start_is_found),
	 cmocka_unit_test(a_child_has_what_its_parent_has), cmocka_unit_test(a_process_ends_once),
	 cmocka_unit_test(every_change_is_a_new_version),
	 cmocka_unit_test(a_path_is_joined_from_its_parts),
	 cmocka_unit_test(a_memfd_is_in_no_directory),
	 cmocka_unit_test(too_long_a_path_keeps_its_end),
	 cmocka_unit_test(too_long_a_path_of_proc_keeps_its_end),
	 cmocka_unit_test(a_path_that_fits_is_whole),
	 cmocka_unit_test(too_many_arguments_are_cut_and_marked),
	 cmocka_unit_test(a_cgroup_names_a_unit_or_a_container),
	 cmocka_unit_test(start_times_match_within_a_clock_tick),
	 cmocka_unit_test(one_that_nobody_refers_to_goes_first),
	 cmocka_unit_test(forgetting_who_ended_is_no_loss),
	 cmocka_unit_test(a_flood_takes_no_place_from_the_living),
	 cmocka_unit_test(one_that_lingers_is_kept_without_a_flow),
	 cmocka_unit_test(who_is_only_named_is_unknown),
	 cmocka_unit_test(a_namespace_is_empty_when_its_last_process_ended));
