/* SPDX-License-Identifier: Apache-2.0 */
/* flows: the table of who talked to whom, from a recording and from watching for a while. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "recording.h"

#include "root/support.h"

static void test_of_recording(void **state)
{
	const struct nw_tool *live;
	const char *path = nw_session_recording(&live);
	struct nw_tool *t = nw_tool_start(NULL, "flows --file %s", path);

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	/* most bytes first: the 54,321 to the name that was asked for */
	if (!nw_lines_has(&t->out, nw_place_address(NW_SESSION_SERVER)) ||
	    !nw_lines_has(&t->out, "54.3 kB") ||
	    !nw_lines_has(&t->out, "something.nvrwatch.test") ||
	    !nw_lines_has(&t->out, "dns_ask[")) {
		nw_tool_fail(t, "the table does not hold the flow");
	}
}

static void test_of_recording_json(void **state)
{
	const struct nw_tool *live;
	const char *path = nw_session_recording(&live);
	struct nw_tool *t = nw_tool_start(NULL, "flows -o json --file %s", path);
	uint64_t sent = 0;

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	nw_tool_count(t, "event.dataset=none");
	for (size_t i = 0; i < t->recs_len; i++) {
		const char *to = nw_rec_str(t->recs[i], "destination.ip");

		assert_true(nw_rec_matches(t->recs[i], "event.dataset=nvrwatch.flow"));
		if (to && strcmp(to, nw_place_address(NW_SESSION_SERVER)) == 0) {
			sent += nw_rec_u64(t->recs[i], "source.bytes");
		}
	}
	assert_int_equal(sent, 54321);
}

static void test_watching(void **state)
{
	struct nw_tool *t = nw_tool_start(NULL, "flows --duration 500ms --cgroup %s",
					  nw_place_dir(NW_PLACE_SEEN));

	(void)state;
	assert_int_equal(nw_tool_end(t), 0);
	if (!nw_lines_has(&t->out, "PROCESS")) {
		nw_tool_fail(t, "no table");
	}
}

#define ROOM  65536 /* SUMS_MAX */
#define MORE  7
#define PORTS 60000

/* A recording of this many connections to as many ends, of which each carried one byte. */
static void make_recording(const char *path, unsigned n)
{
	struct nw_ev_sock e = {
		.ev = { .size = sizeof(e),
			.hook = NW_HOOK_TCP_STATE,
			.shape = NW_SHAPE_SOCK,
			.what = NW_SOCK_CLOSE },
		.owner = { .tgid = 7, .start_ns = 1 },
		.laddr = { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1 },
		.raddr = { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 2 },
		.flags = NW_SOCK_CONNECTED,
		.proto = IPPROTO_TCP,
		.family = 4,
		.tx_bytes = 1,
		.tx_packets = 1,
	};
	struct nw_recorder_file *r = NULL;
	struct nw_config *c = NULL;

	assert_int_equal(nw_config_parse("test", "", 0, &c), 0);
	assert_int_equal(nw_recording_start(nw_recording_create(path), c, NW_NSEC_PER_SEC, &r), 0);
	for (unsigned i = 0; i < n; i++) {
		e.ev.ts_ns = e.birth_ns = NW_NSEC_PER_SEC + i;
		e.cookie = i + 1;
		e.raddr[14] = (uint8_t)(i / PORTS);
		e.rport_be = htons((uint16_t)(i % PORTS + 1));
		nw_recording_add(r, &e.ev);
		nw_recording_flush(r, e.ev.ts_ns, false);
	}
	assert_int_equal(nw_recording_end(r), 0);
	nw_config_free(c);
}

/* What finds no room in the table is said below it. Too much to be kept: it goes to a file. */
static void test_no_room(void **state)
{
	struct nw_tool_options opt = { .out_fd = -1 };
	char from[128], to[128];
	struct nw_lines out;
	unsigned lines = 0;

	(void)state;
	snprintf(from, sizeof(from), "%s/many.nwr", nw_place_files());
	snprintf(to, sizeof(to), "%s/many.txt", nw_place_files());
	make_recording(from, ROOM + MORE);
	opt.out_fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(opt.out_fd > 0);
	assert_int_equal(nw_tool_end(nw_tool_start(&opt, "flows --file %s", from)), 0);
	out = nw_lines_of_file(to);
	assert_true(nw_lines_has(&out, "and 7 records of flows that found no room"));
	for (size_t i = 0; i < out.len; i++) {
		lines += out.text[i] == '\n';
	}
	assert_int_equal(lines, 1 + ROOM + 1 + 1); /* and how long was observed */
	nw_lines_free(&out);
}

NW_TESTS_OF_ANY_KERNEL(e2e_flows, NW_ROOT_TEST(test_of_recording),
		       NW_ROOT_TEST(test_of_recording_json), NW_ROOT_TEST(test_watching),
		       NW_ROOT_TEST(test_no_room));
