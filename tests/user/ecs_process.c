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

NW_TESTS(user_ecs_process, NW_LINES_TEST(test_process), NW_LINES_TEST(test_process_flags),
	 NW_LINES_TEST(test_process_exit), NW_LINES_TEST(test_process_unknown));
