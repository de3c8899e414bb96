/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people: every kind of record, hostile text, days, colour, and the descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "golden.h"
#include "records_each.h"
#include "sinks/sink.h"
#include "util/text.h"

static const struct nw_sink *sink;

struct fixture {
	struct nw_records r;
	void *self;
	int fd;
	char *zone; /* TZ before the test */
};

static void set_zone(const char *zone)
{
	if (zone) {
		setenv("TZ", zone, 1);
	} else {
		unsetenv("TZ");
	}
	tzset();
}

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	f->zone = getenv("TZ") ? strdup(getenv("TZ")) : NULL;
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	(void)signal(SIGPIPE, SIG_IGN);
	nw_records_init(&f->r);
	sink = nw_sink_find("text");
	assert_non_null(sink);
	f->fd = -1;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	set_zone(f->zone);
	free(f->zone);
	nw_records_free(&f->r);
	if (f->fd >= 0) {
		close(f->fd);
	}
	test_free(f);
	return 0;
}

static void open_sink(struct fixture *f, bool has_colour, bool is_quiet)
{
	struct nw_sink_options options = { .is_terminal = has_colour, .is_quiet = is_quiet };

	options.fd = f->fd = memfd_create("text", 0);
	assert_true(f->fd >= 0);
	assert_int_equal(sink->open(&options, &f->self), 0);
}

/* All that was written; the sink is closed. */
static size_t close_sink(struct fixture *f, char *got, size_t size)
{
	ssize_t n;

	assert_int_equal(sink->flush(f->self), 0);
	sink->close(f->self);
	n = pread(f->fd, got, size - 1, 0);
	assert_true(n >= 0);
	got[n] = '\0';
	return (size_t)n;
}

static void tell(void *ctx, const struct nw_output *out)
{
	struct fixture *f = ctx;

	assert_int_equal(sink->write(f->self, out), 0);
}

static void say(struct fixture *f, enum nw_dataset dataset, enum nw_action action, const void *what)
{
	struct nw_output out = nw_records_output(&f->r, dataset, action, what);

	tell(f, &out);
}

static void say_processes(struct fixture *f)
{
	static const uint32_t code[] = { 0, 3 << 8, 9, 0x80 | 11, 64 };

	f->r.proc.container[0] = '\0';
	f->r.proc.flags = NW_PROC_DELETED;
	say(f, NW_DATASET_PROCESS, NW_ACTION_EXEC, &f->r.proc);
	f->r.proc.flags = 0;
	f->r.proc.end_ns = f->r.proc.id.start_ns + 3723000000000ULL;
	for (size_t i = 0; i < NW_ARRAY_SIZE(code); i++) {
		f->r.proc.exit_code = code[i];
		say(f, NW_DATASET_PROCESS, NW_ACTION_EXIT, &f->r.proc);
	}
}

static void say_flows(struct fixture *f)
{
	static const uint8_t state[] = { 2, 2, 5, 1, 0 };
	struct nw_flow *tcp = &f->r.tcp;

	tcp->is_outbound = false;
	tcp->is_inside = true;
	say(f, NW_DATASET_FLOW, NW_ACTION_START, tcp);
	tcp->initiator = NW_INITIATOR_ASSUMED;
	tcp->owner = NULL;
	tcp->sender = NULL;
	say(f, NW_DATASET_FLOW, NW_ACTION_UPDATE, tcp);
	tcp->flags = NW_SOCK_NO_OWNER;
	say(f, NW_DATASET_FLOW, NW_ACTION_UPDATE, tcp);
	tcp->owner = &f->r.proc;
	tcp->told_count = 0;
	tcp->unacked = tcp->unsent = 0;
	for (size_t i = 0; i < NW_ARRAY_SIZE(state); i++) {
		tcp->rx_packets = i == 0 ? 0 : 5;
		tcp->end_ns = tcp->first_ns + 250000000ULL * (i + 1) * (i + 1) * (i + 1) * (i + 1);
		tcp->end_state = state[i];
		say(f, NW_DATASET_FLOW, NW_ACTION_END, tcp);
	}
	say(f, NW_DATASET_FLOW, NW_ACTION_UPDATE, &f->r.udp);
	f->r.udp.end_ns = f->r.udp.first_ns + 999999;
	say(f, NW_DATASET_FLOW, NW_ACTION_END, &f->r.udp);
	f->r.udp.proto = 47;
	f->r.udp.rport = 0;
	say(f, NW_DATASET_FLOW, NW_ACTION_UPDATE, &f->r.udp);
}

static void say_dns(struct fixture *f)
{
	struct nw_dns_record *r = &f->r.asked;

	f->r.dns.answers_total = 9;
	say(f, NW_DATASET_DNS, NW_ACTION_UPDATE, r);
	f->r.dns.rcode = 3;
	r->asker = NULL;
	say(f, NW_DATASET_DNS, NW_ACTION_UPDATE, r);
	f->r.dns.rcode = 4000;
	f->r.dns.qtype = 65280;
	r->server_port = 5353;
	r->asker_id.tgid = 0;
	say(f, NW_DATASET_DNS, NW_ACTION_UPDATE, r);
	f->r.dns.rcode = f->r.dns.answers_len = 0;
	f->r.dns.answers_total = 1;
	say(f, NW_DATASET_DNS, NW_ACTION_UPDATE, r);
	f->r.dns.answers_total = 0;
	r->waiting = (struct nw_asker){ f->r.sender.id, 1, NW_ASKER_QUESTION };
	r->waiting_proc = &f->r.sender;
	say(f, NW_DATASET_DNS, NW_ACTION_UPDATE, r);
	r->waiting = (struct nw_asker){ f->r.sender.id, 3, NW_ASKER_CONNECTED };
	r->waiting_proc = NULL;
	r->is_answered = false;
	say(f, NW_DATASET_DNS, NW_ACTION_UPDATE, r);
}

static void say_findings(struct fixture *f)
{
	f->r.finding.score = 49;
	f->r.finding.outcome = NW_OUTCOME_CANNOT_TELL;
	f->r.finding.action = NW_FINDING_CLOSED;
	f->r.finding.flow = NULL;
	f->r.finding.proc = NULL;
	say(f, NW_DATASET_FINDING, NW_ACTION_END, &f->r.finding);
}

/* The file beside this one shows what people see. */
static void test_lines(void **state)
{
	struct fixture *f = *state;
	static char got[65536];

	open_sink(f, false, false);
	nw_records_each(&f->r, tell, f);
	say_processes(f);
	say_flows(f);
	say_dns(f);
	say_findings(f);
	NW_GOLDEN(got, close_sink(f, got, sizeof(got)));
}

/* The same lines with colour, once the colour is taken out. */
static void test_colour(void **state)
{
	struct fixture *f = *state;
	static char got[65536];
	size_t n, kept = 0, codes = 0;

	open_sink(f, true, false);
	nw_records_each(&f->r, tell, f);
	say_processes(f);
	say_flows(f);
	say_dns(f);
	say_findings(f);
	n = close_sink(f, got, sizeof(got));
	for (size_t i = 0; i < n; i++) {
		if (got[i] == '\033') {
			assert_int_equal(got[i + 1], '[');
			i += strcspn(got + i, "m");
			codes++;
		} else {
			got[kept++] = got[i];
		}
	}
	assert_true(codes > 50);
	NW_GOLDEN(got, kept);
}

static void fill(char *text, size_t size, unsigned from)
{
	for (size_t i = 0; i + 1 < size; i++) {
		unsigned c = (from + (unsigned)i) & 0xff;

		text[i] = (char)(c ? c : 1);
	}
	text[size - 1] = '\0';
}

/* Text of others with every byte there is: lines stay lines, and nothing reaches the terminal that
 * is not to be seen. */
static void test_hostile(void **state)
{
	struct fixture *f = *state;
	static char got[65536];
	struct nw_records *r = &f->r;
	unsigned lines = 0;
	size_t n;

	for (unsigned from = 0; from < 256; from += 8) {
		fill(r->proc.name, sizeof(r->proc.name), from);
		fill(r->proc.unit, sizeof(r->proc.unit), from);
		fill(r->proc.container, sizeof(r->proc.container), from);
		fill(r->proc.exe, sizeof(r->proc.exe), from);
		fill(r->proc.args, sizeof(r->proc.args), from);
		r->proc.args_len = sizeof(r->proc.args);
		r->proc.args[3] = '\0';
		fill(r->tcp.name, sizeof(r->tcp.name), from);
		fill(r->dns.text, 64, from);
		fill(r->sender.name, sizeof(r->sender.name), from);
		if (from == 0) {
			open_sink(f, false, false);
		}
		say(f, NW_DATASET_PROCESS, NW_ACTION_EXEC, &r->proc);
		say(f, NW_DATASET_FLOW, NW_ACTION_UPDATE, &r->tcp);
		say(f, NW_DATASET_DNS, NW_ACTION_UPDATE, &r->asked);
	}
	n = close_sink(f, got, sizeof(got));
	for (size_t i = 0; i < n;) {
		int32_t c;

		lines += got[i] == '\n';
		i += nw_utf8_next(got + i, n - i, &c);
		assert_true(c == '\n' || (c >= 0x20 && c != 0x7f && (c < 0x80 || c >= 0xa0)));
	}
	assert_int_equal(lines, 3 * 32);
}

/* Local time; a day that begins has a line of its own, also when its first record has none. */
static void test_days(void **state)
{
	static const uint64_t hour_ns = 3600 * NW_NSEC_PER_SEC;
	struct fixture *f = *state;
	char got[4096];
	struct nw_output out =
		nw_records_output(&f->r, NW_DATASET_LISTENER, NW_ACTION_START, &f->r.listener);
	struct nw_output fork =
		nw_records_output(&f->r, NW_DATASET_PROCESS, NW_ACTION_FORK, &f->r.proc);

	open_sink(f, false, false);
	tell(f, &out);
	out.ts_ns += 11 * hour_ns; /* 23:03 in Berlin, 22:03 in UTC */
	tell(f, &out);
	fork.ts_ns += 12 * hour_ns;
	tell(f, &fork);
	out.ts_ns += hour_ns + 1005 * NW_NSEC_PER_MSEC;
	tell(f, &out);
	tell(f, &out);
	close_sink(f, got, sizeof(got));
	assert_memory_equal(got, "12:03:04.123  ffmpeg[1234]", 26);
	assert_non_null(strstr(got, "\n23:03:04.123  "));
	assert_non_null(strstr(got, "tcp\n2026-11-25\n00:03:05.128  ffmpeg"));
	assert_null(strstr(strstr(got, "2026") + 4, "2026"));
}

static void test_hooks(void **state)
{
	struct fixture *f = *state;
	char got[1024], want[64];

	open_sink(f, false, false);
	nw_records_hooks(f->r.state, "off: not in this kernel");
	nw_records_fact(f->r.state, "hook.process_exec", "live");
	nw_records_fact(f->r.state, "hook.process_exit", "fallback");
	say(f, NW_DATASET_STATUS, NW_ACTION_START, &f->r.status);
	close_sink(f, got, sizeof(got));
	snprintf(want, sizeof(want), ": 1 hooks live, 1 fallback, %d off\n", _NW_HOOK_MAX - 3);
	assert_non_null(strstr(got, want));
}

static void test_quiet(void **state)
{
	struct fixture *f = *state;
	char got[1024];

	open_sink(f, false, true);
	say(f, NW_DATASET_STATUS, NW_ACTION_START, &f->r.status);
	say(f, NW_DATASET_STATUS, NW_ACTION_END, &f->r.status);
	assert_int_equal(close_sink(f, got, sizeof(got)), 0);
}

static void test_closed_reader(void **state)
{
	struct fixture *f = *state;
	struct nw_sink_options options = { 0 };
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	options.fd = fd[1];
	assert_int_equal(sink->open(&options, &f->self), 0);
	say(f, NW_DATASET_LOSS, NW_ACTION_UPDATE, &f->r.loss);
	close(fd[0]);
	assert_int_equal(sink->flush(f->self), -EPIPE);
	sink->close(f->self);
	close(fd[1]);
}

#define WITH(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

NW_TESTS(sinks_text, WITH(test_lines), WITH(test_colour), WITH(test_hostile), WITH(test_days),
	 WITH(test_hooks), WITH(test_quiet), WITH(test_closed_reader));
