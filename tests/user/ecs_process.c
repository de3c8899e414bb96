/* SPDX-License-Identifier: Apache-2.0 */
/* The dataset of processes, and processes in other records. */
#include "ecs_lines.h"

static void test_process(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
	char entity[NW_PROC_ID_HEX], quoted[32];

	nw_proc_entity_id(r->state, &r->proc.id, entity);
	snprintf(quoted, sizeof(quoted), "\"%s\"", entity);
	NW_LINE_HAS(
		o, { "event.kind", "\"event\"" }, { "event.category", "[\"process\"]" },
		{ "event.type", "[\"start\"]" }, { "event.action", "\"exec\"" },
		{ "process.pid", "1234" }, { "process.entity_id", quoted },
		{ "process.name", "\"ffmpeg\"" }, { "process.executable", "\"/usr/bin/ffmpeg\"" },
		{ "process.command_line",
		  "\"ffmpeg -i rtsp://10.0.0.9/1 -f flv rtmp://example.org/x y\"" },
		{ "process.args",
		  "[\"ffmpeg\",\"-i\",\"rtsp://10.0.0.9/1\",\"-f\",\"flv\",\"rtmp://example.org/x y\"]" },
		{ "process.args_count", "6" }, { "process.user.id", "\"998\"" },
		{ "process.user.name", "\"recorder\"" }, { "process.group.id", "\"997\"" },
		{ "process.start", "\"2026-11-24T11:01:24.123458023Z\"" },
		{ "process.parent.pid", "1" }, { "process.parent.name", "\"systemd\"" },
		{ "process.parent.executable", "\"/usr/lib/systemd/systemd\"" },
		{ "process.exit_code", NULL }, { "process.end", NULL },
		{ "container.id", "\"0123456789ab\"" }, { "nvrwatch.unit", "\"recorder.service\"" },
		{ "nvrwatch.cgroup", "{\"id\":\"4711\",\"name\":\"recorder.service\"}" },
		{ "nvrwatch.exe_inode", "\"131\"" }, { "nvrwatch.exe_memfd", NULL },
		{ "nvrwatch.stdin", NULL });
	json_object_put(o);
}

static void test_process_flags(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->proc.flags = NW_PROC_DELETED | NW_PROC_ARGS_CUT |
			(NW_STDIO_SOCKET | NW_STDIO_FILE << 3 | NW_STDIO_PIPE << 6)
				<< NW_PROC_STDIO_SHIFT;
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
	NW_LINE_HAS(o, { "nvrwatch.exe_memfd", NULL }, { "nvrwatch.exe_deleted", "true" },
		    { "nvrwatch.exe_truncated", NULL }, { "nvrwatch.args_truncated", "true" },
		    { "process.args_count", NULL }, { "nvrwatch.stdin", "\"socket\"" },
		    { "nvrwatch.stdout", "\"file\"" }, { "nvrwatch.stderr", "\"pipe\"" });
	assert_non_null(strstr(json_object_get_string(nw_line_get(o, "process.command_line")),
			       "x y\xe2\x80\xa6"));
	json_object_put(o);
	r->proc.flags = NW_PROC_MEMFD | NW_PROC_EXE_CUT;
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
	NW_LINE_HAS(o, { "nvrwatch.exe_memfd", "true" }, { "nvrwatch.exe_deleted", NULL },
		    { "nvrwatch.exe_truncated", "true" });
	json_object_put(o);
}

static void test_process_exit(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->proc.end_ns = NW_RECORDS_BOOT_NS;
	r->proc.exit_code = 3 << 8;
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXIT, &r->proc);
	NW_LINE_HAS(o, { "event.type", "[\"end\"]" }, { "event.action", "\"exit\"" },
		    { "process.exit_code", "3" }, { "nvrwatch.exit_signal", NULL },
		    { "process.end", "\"2026-11-24T11:03:04.123456789Z\"" },
		    { "event.duration", "99999998766" });
	json_object_put(o);
	r->proc.exit_code = 0x80 | 11;
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXIT, &r->proc);
	NW_LINE_HAS(o, { "process.exit_code", "139" }, { "nvrwatch.exit_signal", "11" },
		    { "nvrwatch.core_dumped", "true" });
	json_object_put(o);
}

/* What was not seen is left out: uid 0 of a process that nobody introduced would be a lie. */
static void test_process_unknown(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_FOUND, &r->unknown);

	nw_line_assert(o, "process", "{\"pid\":4321}");
	json_object_put(o);
}

/* Both ways a process is told of, and as somebody's parent. */
static void assert_said(struct nw_records *r, const char *name, const char *start)
{
	struct json_object *o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);

	NW_LINE_HAS(o, { "process.name", name }, { "process.start", start },
		    { "process.group.id", "\"997\"" }, { "process.parent.name", "\"systemd\"" },
		    { "container.id", "\"0123456789ab\"" }, { "nvrwatch.exe_inode", "\"131\"" });
	json_object_put(o);
	o = nw_line(r, NW_DATASET_LISTENER, NW_ACTION_START, &r->listener);
	NW_LINE_HAS(o, { "process.name", name }, { "process.start", start },
		    { "process.group.id", NULL }, { "process.parent.pid", "1" },
		    { "process.parent.name", NULL }, { "container.id", "\"0123456789ab\"" },
		    { "nvrwatch.exe_inode", NULL });
	json_object_put(o);
}

/* What is copied says what was said, until the process or the clock is another. */
static void test_said_again(void **state)
{
	struct nw_records *r = *state;

	r->proc.version = 1000000;
	for (int i = 0; i < 3; i++) {
		assert_said(r, "\"ffmpeg\"", "\"2026-11-24T11:01:24.123458023Z\"");
	}
	memcpy(r->proc.name, "other", sizeof("other"));
	r->proc.version += NW_ECS_KEPT; /* the same slot */
	assert_said(r, "\"other\"", "\"2026-11-24T11:01:24.123458023Z\"");
	r->state->wall_offset_ns += NW_NSEC_PER_SEC;
	assert_said(r, "\"other\"", "\"2026-11-24T11:01:25.123458023Z\"");
}

/* Its end is no part of what is copied. */
static void test_exit_after_exec(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->proc.version = 2000000;
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
	nw_line_assert(o, "process.exit_code", NULL);
	json_object_put(o);
	r->proc.end_ns = NW_RECORDS_BOOT_NS;
	r->proc.exit_code = 11;
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXIT, &r->proc);
	NW_LINE_HAS(o, { "process.name", "\"ffmpeg\"" }, { "process.exit_code", "139" },
		    { "nvrwatch.exit_signal", "11" }, { "nvrwatch.netns", "\"4026531840\"" },
		    { "process.end", "\"2026-11-24T11:03:04.123456789Z\"" });
	json_object_put(o);
}

/* Too long to be kept. */
static void test_long_arguments(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->proc.version = 3000000;
	r->proc.args_len = sizeof(r->proc.args) - 1;
	memset(r->proc.args, '\t', r->proc.args_len);
	for (int i = 0; i < 2; i++) {
		o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
		assert_int_equal(json_object_get_string_len(nw_line_get(o, "process.command_line")),
				 sizeof(r->proc.args) - 1);
		nw_line_assert(o, "process.args_count", "1");
		json_object_put(o);
	}
}

NW_TESTS(user_ecs_process, NW_LINES_TEST(test_process), NW_LINES_TEST(test_process_flags),
	 NW_LINES_TEST(test_process_exit), NW_LINES_TEST(test_process_unknown),
	 NW_LINES_TEST(test_said_again), NW_LINES_TEST(test_exit_after_exec),
	 NW_LINES_TEST(test_long_arguments));
