/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all lines have. With NVRWATCH_ECS_LINES=FILE in the environment the lines that together have
 * every field are written there: scripts/check-events.py reads them.
 */
#include "ecs_lines.h"
#include "records_each.h"

static void write_line(void *ctx, const struct nw_output *out)
{
	struct json_object *o = nw_line_of(out);
	static char buf[NW_ECS_LINE_MAX];

	if (ctx) {
		assert_true(fwrite(buf, 1, nw_ecs_line(nw_lines_ecs(), out, buf, sizeof(buf)),
				   ctx) > 0);
	}
	json_object_put(o);
}

static void test_every_line(void **state)
{
	struct nw_records *r = *state;
	struct nw_output out;
	const char *path = getenv("NVRWATCH_ECS_LINES");
	FILE *f = path ? fopen(path, "we") : NULL;

	nw_records_hooks(r->state, "live");
	nw_records_each(*state, write_line, f);
	nw_lines_history(r);
	out = nw_records_output(r, NW_DATASET_STATUS, NW_ACTION_UPDATE, &r->status);
	write_line(f, &out);
	r->finding.first_ns = NW_RECORDS_BOOT_NS - 50 * NW_NSEC_PER_SEC;
	out = nw_records_output(r, NW_DATASET_FINDING, NW_ACTION_UPDATE, &r->finding);
	write_line(f, &out);
	if (f) {
		assert_int_equal(fclose(f), 0);
	}
}

static void test_common(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	r->sequence = 41;
	o = nw_line(r, NW_DATASET_LOSS, NW_ACTION_UPDATE, &r->loss);
	NW_LINE_HAS(
		o, { "@timestamp", "\"2026-11-24T11:03:04.123456789Z\"" },
		{ "ecs.version", "\"9.4.0\"" }, { "event.id", "\"5e55103-42\"" },
		{ "event.sequence", "42" }, { "event.module", "\"nvrwatch\"" },
		{ "event.dataset", "\"nvrwatch.loss\"" }, { "host.name", "\"nvr-1\"" },
		{ "host.id", "\"9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d\"" },
		{ "host.boot.id", "\"0b5e6a1c-6f64-4a5f-8a51-7c3f3f6a9d10\"" },
		{ "observer.vendor", "\"nvrwatch\"" }, { "observer.product", "\"nvrwatch\"" },
		{ "observer.version", "\"0.1.0\"" },
		{ "organization.name", "\"Example Transport\"" },
		{ "labels", "{\"site\":\"Depot North\",\"rack\":\"7\",\"net_zone\":\"cameras\"}" },
		{ "nvrwatch.loss.ring_full", "100" }, { "nvrwatch.loss_delta.storage", "1" });
	json_object_put(o);
}

static void test_without_facts(void **state)
{
	struct nw_records *r = *state;
	const struct nw_teller teller = { .tell = nw_records_ignore };
	struct nw_output out = nw_records_output(r, NW_DATASET_STATUS, NW_ACTION_START, &r->status);
	struct nw_state *bare;
	struct json_object *o;

	assert_int_equal(nw_state_new(r->config, 1, teller, &bare), 0);
	out.state = bare;
	o = nw_line_of(&out);
	NW_LINE_HAS(o, { "event.id", "\"-1\"" }, { "host", "{\"boot\":{}}" }, { "labels", NULL },
		    { "organization", NULL }, { "nvrwatch.hooks", "{}" },
		    { "observer.version", NULL });
	json_object_put(o);
	nw_state_free(bare);
}

/* One struct nw_ecs, two states in turn and a fact that changes: nothing stale. */
static void test_facts_change(void **state)
{
	struct nw_records *r = *state;
	struct nw_records other;
	struct json_object *o;

	nw_records_init(&other);
	nw_records_fact(other.state, "host.name", "nvr-2");
	nw_records_fact(other.state, "user.998", "somebody");
	for (int i = 0; i < 2; i++) {
		o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
		NW_LINE_HAS(o, { "host.name", "\"nvr-1\"" },
			    { "process.user.name", "\"recorder\"" });
		json_object_put(o);
		o = nw_line(&other, NW_DATASET_PROCESS, NW_ACTION_EXEC, &other.proc);
		NW_LINE_HAS(o, { "host.name", "\"nvr-2\"" },
			    { "process.user.name", "\"somebody\"" });
		json_object_put(o);
	}
	nw_records_fact(r->state, "user.998", "renamed");
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
	nw_line_assert(o, "process.user.name", "\"renamed\"");
	json_object_put(o);
	r->proc.uid = 998 + NW_ECS_NUMBERED; /* the same place of the cache */
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
	nw_line_assert(o, "process.user.name", NULL);
	json_object_put(o);
	nw_records_free(&other);
}

static void test_does_not_fit(void **state)
{
	struct nw_records *r = *state;
	struct nw_output out = nw_records_output(r, NW_DATASET_FLOW, NW_ACTION_START, &r->tcp);
	char whole[NW_ECS_LINE_MAX];
	size_t all = nw_ecs_line(nw_lines_ecs(), &out, whole, sizeof(whole));

	for (size_t size = 1; size < all + 8; size += 7) {
		char *buf = malloc(size);
		size_t n = nw_ecs_line(nw_lines_ecs(), &out, buf, size);

		assert_true(n == 0 || n == all);
		assert_true(n <= size);
		free(buf);
	}
}

/* What other processes say of themselves, with every byte there is, in every place for text. */
static void test_hostile(void **state)
{
	struct nw_records *r = *state;
	struct json_object *o;

	for (unsigned i = 0; i < sizeof(r->proc.args); i++) {
		r->proc.args[i] = (char)i;
	}
	r->proc.args_len = sizeof(r->proc.args);
	for (unsigned i = 0; i < sizeof(r->proc.exe) - 1; i++) {
		r->proc.exe[i] = (char)(255 - i);
		r->tcp.name[i] = (char)(255 - i);
	}
	strcpy(r->proc.name, "\x1b[2J\",\"x\":\"");
	strcpy(r->proc.unit, "\xff\xc2\x9b\\");
	strcpy(r->proc.container, "\"}\n{\"");
	nw_records_fact(r->state, "host.name", "a\"},{\n\xff");
	nw_records_fact(r->state, "site.labels", "=x\nk\"\n=\n\"q\\=\"v\\\nsite=no");
	o = nw_line(r, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
	NW_LINE_HAS(o, { "process.name", "\"\\u001b[2J\\\",\\\"x\\\":\\\"\"" },
		    { "container.id", "\"\\\"}\\n{\\\"\"" },
		    { "labels", "{\"site\":\"Depot North\",\"_q_\":\"\\\"v\\\\\"}" });
	json_object_put(o);
	o = nw_line(r, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
	assert_int_equal(json_object_array_length(nw_line_get(o, "process.args")), 3);
	json_object_put(o);
}

NW_TESTS(user_ecs, NW_LINES_TEST(test_every_line), NW_LINES_TEST(test_common),
	 NW_LINES_TEST(test_without_facts), NW_LINES_TEST(test_facts_change),
	 NW_LINES_TEST(test_does_not_fit), NW_LINES_TEST(test_hostile));
