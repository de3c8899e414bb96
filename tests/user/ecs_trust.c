/* SPDX-License-Identifier: Apache-2.0 */
/* Status and findings. */
#include "ecs_lines.h"
#include "records_exe.h"

static void test_status(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;
	struct nw_ev_loss loss = { .ev = { .shape = NW_SHAPE_LOSS } };

	nw_records_hooks(r->state, "off: not here");
	loss.total[NW_LOSS_RING_FULL] = 12;
	nw_state_event(r->state, &loss.ev, NULL);
	o = nw_line(r, NW_DATASET_STATUS, NW_ACTION_START, &r->status);
	NW_LINE_HAS(
		o, { "event.action", "\"start\"" }, { "event.type", "[\"start\"]" },
		{ "nvrwatch.covered_seconds", "61" }, { "nvrwatch.events", "1234" },
		{ "nvrwatch.records", "56" }, { "nvrwatch.loss.ring_full", "12" },
		{ "nvrwatch.tables", "{\"flows\":7,\"processes\":8,\"listeners\":9,\"names\":10}" },
		{ "nvrwatch.session.id", "\"5e55103\"" },
		{ "nvrwatch.clock",
		  "{\"boot_ns\":1000000000000,\"synchronised\":true,\"max_error_us\":1234}" },
		{ "nvrwatch.coverage",
		  "{\"observed_seconds\":61,\"full_seconds\":0,\"asleep_seconds\":0,\"suspends\":0,"
		  "\"clock_jumps\":0,\"stalls\":1,\"why\":[\"stall\"]}" },
		{ "nvrwatch.balance.in.bytes_missed", "2000000" },
		{ "nvrwatch.balance.in.missed_ppm", "1000000" },
		{ "nvrwatch.balance.comparable", "true" }, { "nvrwatch.balance.why_not", NULL },
		{ "nvrwatch.config.hash", "\"00c0ffee00c0ffee\"" },
		{ "host.os.kernel", "\"6.1.0-28-amd64\"" }, { "host.architecture", "\"x86_64\"" });
	assert_int_equal(json_object_object_length(nw_line_get(o, "nvrwatch.hooks")),
			 _NW_HOOK_MAX - 1);
	json_object_put(o);
	nw_records_fact(r->state, "clock", "unknown");
	o = nw_line(r, NW_DATASET_STATUS, NW_ACTION_END, &r->status);
	NW_LINE_HAS(o, { "nvrwatch.clock", "{\"boot_ns\":1000000000000}" },
		    { "event.action", "\"stop\"" }, { "event.type", "[\"end\"]" });
	json_object_put(o);
}

static void test_history(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	nw_lines_history(r);
	o = nw_line(r, NW_DATASET_STATUS, NW_ACTION_UPDATE, &r->status);
	NW_LINE_HAS(o, { "nvrwatch.coverage.observed_seconds", "0" },
		    { "nvrwatch.coverage.history.since", "\"2026-11-24T11:02:04.123456789Z\"" },
		    { "nvrwatch.coverage.history.starts", "5" },
		    { "nvrwatch.coverage.history.window_seconds", "60" },
		    { "nvrwatch.coverage.history.observed_seconds", "50" },
		    { "nvrwatch.coverage.history.full_seconds", "50" },
		    { "nvrwatch.coverage.history.why", "[\"restart\"]" },
		    { "nvrwatch.coverage.off",
		      "[{\"hook\":\"dev_queue\",\"from\":\"2026-11-24T11:02:04.123456789Z\","
		      "\"to\":\"2026-11-24T11:02:34.123456789Z\"}]" });
	json_object_put(o);
}

/* Of a finding's own window: who reads it knows what could not be seen. */
static void test_hooks_off(void **state)
{
	struct nw_records *r = *state;
	struct nw_output out =
		nw_records_output(r, NW_DATASET_FINDING, NW_ACTION_START, &r->finding);
	struct json_object *o;

	nw_lines_history(r);
	r->finding.first_ns = NW_RECORDS_BOOT_NS - 31 * NW_NSEC_PER_SEC;
	r->finding.last_ns = NW_RECORDS_BOOT_NS - 20 * NW_NSEC_PER_SEC;
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "nvrwatch.finding.coverage.hooks_off", "[\"dev_queue\"]" });
	json_object_put(o);
	r->finding.first_ns = NW_RECORDS_BOOT_NS - 30 * NW_NSEC_PER_SEC;
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "nvrwatch.finding.coverage.hooks_off", NULL });
	json_object_put(o);
}

/* What was read of the subject's program, as far as it was. */
static void test_finding_identified(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;
	struct nw_output out =
		nw_records_output(r, NW_DATASET_FINDING, NW_ACTION_UPDATE, &r->finding);

	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "process.hash", NULL }, { "nvrwatch.exe_status", NULL });
	json_object_put(o);
	nw_records_identified(r->state, &r->proc, NW_RECORDS_EXE);
	o = nw_line_of(&out);
	NW_LINE_HAS(o,
		    { "process.hash.sha256", "\"000102030405060708090a0b0c0d0e0f"
					     "101112131415161718191a1b1c1dfeff\"" },
		    { "process.parent.pid", "1" }, { "nvrwatch.exe_status", "\"read\"" },
		    { "nvrwatch.exe_size", "1234567" },
		    { "nvrwatch.exe_mtime", "\"2023-11-14T22:13:20.123456789Z\"" },
		    { "nvrwatch.exe_owner", "\"package\"" },
		    { "nvrwatch.exe_package", "\"ffmpeg\"" });
	json_object_put(o);
	nw_records_identified(r->state, &r->proc, "large 8388609 131 300000000 5 - unowned -");
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "process.hash", NULL }, { "nvrwatch.exe_status", "\"large\"" },
		    { "nvrwatch.exe_size", "300000000" }, { "nvrwatch.exe_package", NULL },
		    { "nvrwatch.exe_owner", "\"unowned\"" });
	json_object_put(o);
	nw_records_identified(r->state, &r->proc, "gone 8388609 131 0 0 - - -");
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "process.hash", NULL }, { "nvrwatch.exe_status", "\"gone\"" },
		    { "nvrwatch.exe_size", NULL }, { "nvrwatch.exe_mtime", NULL },
		    { "nvrwatch.exe_owner", NULL });
	json_object_put(o);
}

/* A connection that is over by the time of the finding: where it went is still told. */
static void test_finding_behind_its_flow(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;
	struct nw_far_end far = nw_far_end_of(&r->tcp);
	struct nw_output out =
		nw_records_output(r, NW_DATASET_FINDING, NW_ACTION_START, &r->finding);

	r->finding.flow = NULL;
	r->finding.far = &far;
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "destination.ip", "\"203.0.113.7\"" }, { "destination.port", "443" },
		    { "source.ip", NULL }, { "network.direction", "\"egress\"" },
		    { "network.transport", "\"tcp\"" }, { "nvrwatch.flow.id", NULL });
	json_object_put(o);
	far.is_outbound = false;
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "source.ip", "\"203.0.113.7\"" }, { "destination.ip", NULL },
		    { "network.direction", "\"ingress\"" });
	json_object_put(o);
	far.slot = NW_SLOT_OTHER; /* whoever found no place of his own */
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "source.ip", NULL }, { "network.direction", NULL });
	json_object_put(o);
}

static void test_finding(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;
	struct nw_output out =
		nw_records_output(r, NW_DATASET_FINDING, NW_ACTION_START, &r->finding);

	out.sequence = 900;
	out.finding_sequence = 7;
	r->finding.score = 50; /* an alert from here on */
	o = nw_line_of(&out);
	NW_LINE_HAS(
		o, { "event.kind", "\"alert\"" }, { "event.id", "\"5e55103-900\"" },
		{ "event.sequence", "7" }, { "event.action", "\"opened\"" },
		{ "event.category", "[\"intrusion_detection\"]" }, { "event.severity", "3" },
		{ "event.risk_score", "50" },
		{ "message", "\"12 events found no room in the ring buffer\"" },
		{ "rule.id", "\"blind-spot\"" }, { "destination.ip", "\"203.0.113.7\"" },
		{ "destination.bytes", NULL }, { "network.direction", "\"egress\"" },
		{ "process.pid", "1234" }, { "nvrwatch.finding.key", "\"ring_full\"" },
		{ "nvrwatch.clock.synchronised", "true" }, { "nvrwatch.exe_inode", "\"131\"" },
		{ "nvrwatch.exe_device", "\"8388609\"" }, { "nvrwatch.exe_deleted", NULL },
		{ "threat.technique.id", "[\"T1125\",\"T1071.001\"]" },
		{ "nvrwatch.camera", "{\"id\":\"10.0.0.9\",\"address\":\"10.0.0.9\"}" },
		{ "nvrwatch.finding.outcome", "\"match\"" }, { "nvrwatch.finding.count", "2" },
		{ "nvrwatch.finding.first", "\"2026-11-24T11:03:01.123456789Z\"" },
		{ "nvrwatch.finding.coverage",
		  "{\"window_ms\":3000,\"observed_ms\":3000,\"full_ms\":0,"
		  "\"why\":[\"stall\"]}" },
		{ "nvrwatch.finding.evidence", "{\"cause\":\"ring_full\",\"lost\":12}" },
		{ "nvrwatch.finding.records", "[\"5e55103-2\",\"5e55103-18446744073709551615\"]" },
		{ "nvrwatch.total.source.bytes", "1200000" },
		{ "nvrwatch.config.hash", "\"00c0ffee00c0ffee\"" });
	json_object_put(o);
	r->finding.score = 49;
	r->finding.outcome = NW_OUTCOME_CANNOT_TELL;
	r->finding.action = NW_FINDING_CLOSED;
	r->finding.flow = NULL;
	r->finding.proc = NULL;
	r->finding.camera = NULL;
	r->finding.technique[0] = NULL;
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "event.kind", "\"event\"" }, { "event.action", "\"closed\"" },
		    { "nvrwatch.finding.outcome", "\"cannot_tell\"" }, { "destination", NULL },
		    { "process", NULL }, { "nvrwatch.exe_inode", NULL }, { "nvrwatch.flow", NULL },
		    { "threat", NULL }, { "nvrwatch.camera", NULL });
	json_object_put(o);
}

NW_TESTS(user_ecs_trust, NW_LINES_TEST(test_status), NW_LINES_TEST(test_history),
	 NW_LINES_TEST(test_hooks_off), NW_LINES_TEST(test_finding),
	 NW_LINES_TEST(test_finding_behind_its_flow), NW_LINES_TEST(test_finding_identified));
