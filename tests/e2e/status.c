/* SPDX-License-Identifier: Apache-2.0 */
/* status: what is seen and what is not, as the session's own record has it, and of a recording that has losses. */
#include <inttypes.h>
#include <string.h>
#include <sys/timex.h>

#include "config.h"
#include "event.h"
#include "recording.h"

#include "root/support.h"

#define HOOKS "nvrwatch.hooks"

static void check_line(struct nw_tool *t, const char *line)
{
	if (!nw_lines_has(&t->out, line)) {
		nw_tool_fail(t, "no line: %s", line);
	}
}

/* Every hook, with the word that the heartbeat had for it. */
static void check_hooks(struct nw_tool *t, struct json_object *said)
{
#define NW_ITEM(name, upper) #name,
	static const char *const hooks[] = { NW_HOOKS(NW_ITEM) };
#undef NW_ITEM
	char line[512];
	char key[64];

	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		(void)snprintf(key, sizeof(key), HOOKS ".%s", hooks[i]);
		(void)snprintf(line, sizeof(line), "hook      %-16s %s\n", hooks[i],
			       nw_rec_str(said, key));
		check_line(t, line);
	}
}

static void test_of_recording(void **state)
{
	const struct nw_tool *live;
	const char *path = nw_session_recording(&live);
	struct nw_tool *t = nw_tool_start(NULL, "status --file %s", path);
	struct nw_tool *again = nw_tool_start(NULL, "replay %s -o json", path);
	struct json_object *said;
	char line[128];

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	said = nw_tool_await(again, "event.dataset=nvrwatch.status event.action=stop");
	check_hooks(t, said);
	(void)snprintf(line, sizeof(line), "session   %s\n",
		       nw_rec_str(said, "nvrwatch.session.id"));
	check_line(t, line);
	(void)snprintf(line, sizeof(line), "events    %" PRIu64 " taken in",
		       nw_rec_u64(said, "nvrwatch.events"));
	check_line(t, line);
	check_line(t, "balance   not comparable: cgroup\n");
}

/* Asked again at the end, when privileges are gone: what the kernel tells us it tells the tool. */
static void test_clock(void **state)
{
	struct timex own = { .modes = 0 };
	struct nw_tool *t = nw_tool_trace("");
	struct json_object *said = nw_tool_stopped(t);
	bool is_synchronised;

	(void)state;
	assert_true(adjtimex(&own) >= 0);
	is_synchronised = !(own.status & STA_UNSYNC);
	nw_rec_check(said, is_synchronised ? "nvrwatch.clock.synchronised=true"
					   : "nvrwatch.clock.synchronised=false");
	assert_in_range(nw_rec_u64(said, "nvrwatch.clock.max_error_us"),
			is_synchronised ? 0 : (uint64_t)own.maxerror, (uint64_t)own.maxerror);
	assert_true(nw_rec_u64(said, "nvrwatch.clock.boot_ns") > 0);
}

static void test_watching(void **state)
{
	struct nw_tool *t = nw_tool_start(NULL, "status --duration 500ms --cgroup %s",
					  nw_place_dir(NW_PLACE_SEEN));

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	check_line(t, "watching this host for 0.5 s");
	check_line(t, "hook      process_exec     live\n");
	check_line(t, "lost      nothing\n");
}

/* ---- a recording with a hook that went off, a strange folder, and losses --------------------- */

static void add_fact(struct nw_recorder_file *r, const char *key, const char *value)
{
	uint64_t buf[32];

	assert_true(nw_event_make_fact(buf, sizeof(buf), NW_NSEC_PER_SEC, key, value) > 0);
	nw_recording_add(r, (const struct nw_event *)(const void *)buf);
}

static void add_tick(struct nw_recorder_file *r, uint64_t ts_ns)
{
	struct nw_ev_tick e = { .ev = { .ts_ns = ts_ns,
					.size = sizeof(e),
					.hook = NW_HOOK_HOST,
					.shape = NW_SHAPE_TICK },
				.wall_ns = ts_ns + 1000 * NW_NSEC_PER_SEC,
				.period_ns = NW_NSEC_PER_SEC,
				.mono_ns = ts_ns };

	nw_recording_add(r, &e.ev);
}

static void make_recording(const char *path)
{
	struct nw_ev_loss loss = {
		.ev = { .ts_ns = 3 * NW_NSEC_PER_SEC, .size = sizeof(loss), .shape = NW_SHAPE_LOSS }
	};
	struct nw_recorder_file *r = NULL;
	struct nw_config *c = NULL;

	assert_int_equal(nw_config_parse("test", "", 0, &c), 0);
	assert_int_equal(nw_recording_start(nw_recording_create(path), c, NW_NSEC_PER_SEC, &r), 0);
	add_fact(r, "hook.tcp_state", "off: \x1b[2J");
	add_fact(r, "files.0", "/srv/cam\x1b[1m\nopened, position");
	add_tick(r, 1 * NW_NSEC_PER_SEC);
	add_fact(r, "session", "start");
	add_tick(r, 2 * NW_NSEC_PER_SEC);
	loss.total[NW_LOSS_RING_FULL] = 7;
	nw_recording_add(r, &loss.ev);
	add_tick(r, 3 * NW_NSEC_PER_SEC);
	add_tick(r, 4 * NW_NSEC_PER_SEC);
	assert_int_equal(nw_recording_end(r), 0);
	nw_config_free(c);
}

static void test_losses(void **state)
{
	struct nw_tool *t;
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/status.nwr", nw_place_files());
	make_recording(path);
	t = nw_tool_start(NULL, "status --file %s", path);
	if (nw_tool_end(t) != 0) {
		nw_tool_fail(t, "the recording was not taken");
	}
	check_line(t, "lost      ring_full        7\n");
	check_line(t, "hook      tcp_state        off: \\x1b[2J\n");
	check_line(t, "files     /srv/cam\\x1b[1m: opened, position\n");
	check_line(t, "covered   3.0 s observed, all of it for 2.0 s (loss)\n");
	assert_null(memchr(t->out.text, '\x1b', t->out.len));
}

NW_TESTS_OF_ANY_KERNEL(e2e_status, NW_ROOT_TEST(test_of_recording), NW_ROOT_TEST(test_clock),
		       NW_ROOT_TEST(test_watching), NW_ROOT_TEST(test_losses));
