/* SPDX-License-Identifier: Apache-2.0 */
/* For whom a process speaks: what the kernel side says, through fork and exec; before ABI 12 facts said
 * it. What is not well formed is counted. */
#include "feed.h"
#include "state/maker.h"

static void speaks(struct nw_feed *f, uint32_t pid, const char *value)
{
	struct nw_proc_id id = nw_feed_pid(pid);
	char key[64];

	(void)snprintf(key, sizeof(key), "speaks.%u.%llu", pid, (unsigned long long)id.start_ns);
	nw_feed_fact(f, key, value);
}

static void maps(struct nw_feed *f, uint32_t pid, const char *text)
{
	nw_feed_library(f, pid, f->now_ns, text);
}

static struct nw_feed *start(void)
{
	struct nw_feed *f = nw_feed_new("", NW_FEED_SEC);

	nw_feed_fact(f, "maker.1", "axis\tcameras\tAxis");
	nw_feed_fact(f, "maker.2", "dahua\tcameras\tDahua");
	return f;
}

/* "axis dahua libx.so" */
static const char *said(struct nw_feed *f, uint32_t pid)
{
	static char text[256];
	struct nw_proc_id id = nw_feed_pid(pid);
	const struct nw_proc *p = nw_proc_find(f->state, &id);
	const struct nw_maker *m;
	unsigned at = 0;
	int n = 0;

	text[0] = '\0';
	while ((m = nw_maker_of_set(f->state, p->speaks_for, &at))) {
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s ", m->id);
	}
	(void)snprintf(text + n, sizeof(text) - (size_t)n, "%s", p->library);
	return text;
}

static void it_stays_until_another_program_runs(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	maps(f, 100, "dahua\tlibdhnetsdk.so"); /* before the process is told */
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND, .pid = 100, .exe = "/vms" });
	assert_string_equal(said(f, 100), "dahua libdhnetsdk.so");
	maps(f, 100, "axis\tlibaxis.so");
	assert_string_equal(said(f, 100), "axis dahua libdhnetsdk.so");
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FORK, .pid = 101, .parent = 100 });
	assert_string_equal(said(f, 101), "axis dahua libdhnetsdk.so");
	nw_feed_proc(f,
		     (struct nw_feed_exec){ .what = NW_PROC_EXEC, .pid = 101, .exe = "/bin/sh" });
	assert_string_equal(said(f, 101), "");
	assert_string_equal(said(f, 100), "axis dahua libdhnetsdk.so");
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 0);
	nw_feed_free(f);
}

/* Looked at before it ran another program: that one has not what was seen. */
static void a_look_is_older_than_its_event(void **state)
{
	struct nw_feed *f = start();
	uint64_t look_ns = f->now_ns;

	(void)state;
	nw_feed_tick(f, 1000000);
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC, .pid = 100, .exe = "/vms" });
	nw_feed_library(f, 100, look_ns, "dahua\tlibdhnetsdk.so");
	assert_string_equal(said(f, 100), "");
	nw_feed_library(f, 100, f->now_ns, "axis\tlibaxis.so");
	assert_string_equal(said(f, 100), "axis libaxis.so");
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), 0);
	nw_feed_free(f);
}

/* Told at each look: a process that has nothing new is the same as before. */
static void what_is_known_changes_nothing(void **state)
{
	struct nw_feed *f = start();
	struct nw_proc_id id = nw_feed_pid(100);
	uint64_t version;

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXEC, .pid = 100, .exe = "/vms" });
	maps(f, 100, "axis\tlibaxis.so");
	version = nw_proc_find(f->state, &id)->version;
	maps(f, 100, "axis\tlibaxis.so");
	assert_int_equal(nw_proc_find(f->state, &id)->version, version);
	maps(f, 100, "dahua\tlibdhnetsdk.so");
	assert_int_not_equal(nw_proc_find(f->state, &id)->version, version);
	nw_feed_free(f);
}

static void a_recording_of_before(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	speaks(f, 100, "dahua\tlibdhnetsdk.so");
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND, .pid = 100, .exe = "/vms" });
	assert_string_equal(said(f, 100), "dahua libdhnetsdk.so");
	nw_feed_free(f);
}

/* The pid is another's by now: who had it then is meant, and nobody else. */
static void a_pid_is_not_a_process(void **state)
{
	struct nw_feed *f = start();

	(void)state;
	nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_FOUND, .pid = 100, .exe = "/vms" });
	nw_feed_fact(f, "speaks.100.77", "dahua\tlibdhnetsdk.so");
	assert_string_equal(said(f, 100), "");
	nw_feed_free(f);
}

/* Longer than any pid and start, longer than any maker and library, and with an end in between. */
static void what_has_no_room_is_counted(void **state)
{
	struct nw_feed *f = start();
	char key[sizeof("speaks.") + 64], value[128];
	union {
		struct nw_ev_fact e;
		uint8_t bytes[sizeof(struct nw_ev_fact) + 64];
	} cut = { .bytes = { 0 } };

	(void)state;
	snprintf(key, sizeof(key), "speaks.%064u", 1U);
	nw_feed_fact(f, key, "dahua\tlibx.so");
	snprintf(value, sizeof(value), "dahua\tlib%0100u.so", 1U);
	nw_feed_fact(f, "speaks.1.5", value);
	cut.e.key_len = sizeof("speaks.1.5") - 1;
	cut.e.value_len = sizeof("dahua\t\0x.so") - 1;
	memcpy(cut.e.tail, "speaks.1.5dahua\t\0x.so", (size_t)cut.e.key_len + cut.e.value_len);
	cut.e.ev =
		nw_feed_head(f, sizeof(cut.e) + cut.e.key_len + cut.e.value_len, NW_SHAPE_FACT, 0);
	nw_feed_event(f, &cut.e.ev);
	nw_feed_tick(f, 2 * NW_FEED_SEC);
	assert_int_equal(nw_feed_only(f, NW_DATASET_LOSS)->loss.total[NW_LOSS_HOST], 3);
	nw_feed_free(f);
}

static void what_is_not_well_formed_is_counted(void **state)
{
	static const char *const bad[][2] = {
		{ "speaks.", "dahua\tlibx.so" },
		{ "speaks.1", "dahua\tlibx.so" },
		{ "speaks.1.", "dahua\tlibx.so" },
		{ "speaks.0.5", "dahua\tlibx.so" },
		{ "speaks.1.0", "dahua\tlibx.so" },
		{ "speaks.99999999999.5", "dahua\tlibx.so" },
		{ "speaks.1.5x", "dahua\tlibx.so" },
		{ "speaks.1.5", "dahua" },
		{ "speaks.1.5", "dahua\t" },
		{ "speaks.1.5", "nobody\tlibx.so" },
		{ "speaks.1.5", "dahua\tlib56789012345678901234567890123456789012345678.so" },
	};
	struct nw_feed *f = start();

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(bad); i++) {
		nw_feed_fact(f, bad[i][0], bad[i][1]);
		if (nw_state_loss(f->state, NW_LOSS_HOST) != i + 1) {
			fail_msg("%s = %s", bad[i][0], bad[i][1]);
		}
	}
	maps(f, 1, "nobody\tlibx.so");
	maps(f, 1, "dahua");
	assert_int_equal(nw_state_loss(f->state, NW_LOSS_HOST), NW_ARRAY_SIZE(bad) + 2);
	nw_feed_free(f);
}

NW_TESTS(state_speaks, cmocka_unit_test(it_stays_until_another_program_runs),
	 cmocka_unit_test(a_look_is_older_than_its_event),
	 cmocka_unit_test(what_is_known_changes_nothing), cmocka_unit_test(a_recording_of_before),
	 cmocka_unit_test(a_pid_is_not_a_process), cmocka_unit_test(what_has_no_room_is_counted),
	 cmocka_unit_test(what_is_not_well_formed_is_counted));
