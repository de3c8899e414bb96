/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger held against the kernel's own counters. nvrwatch runs in a network namespace of the
 * test's own, where only what the test starts speaks; the far end is in another, over a veth pair.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "root/support.h"

#define STREAM_BYTES 520000000ULL /* 4 s at 1 Gbit/s */
#define STREAM_MBITS 1000
#define MISSED_BYTES (3000ULL * 1000)

static pid_t inside; /* lives in the network namespace that nvrwatch is to be in */

static int enter(void)
{
	char path[64];
	int fd;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)inside);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	r = fd < 0 || setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
	close(fd);
	return r < 0 ? r : nw_tool_root();
}

/* nvrwatch observes our end's namespace, from when both ends are linked. */
static struct nw_tool *begin(struct nw_end *far, struct nw_end *ours)
{
	static const struct nw_tool_options options = { .prepare = enter };
	struct nw_tool *t;

	nw_ends_start(far, ours);
	inside = ours->pid;
	t = nw_tool_start(&options, "trace -o json");
	nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	return t;
}

static struct json_object *end(struct nw_tool *t)
{
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	return nw_tool_await(t, "event.dataset=nvrwatch.status event.action=stop");
}

static void check_side(struct json_object *rec, const char *side, uint64_t at_least)
{
	char path[64];
	uint64_t kernel, explained, off;

	snprintf(path, sizeof(path), "nvrwatch.balance.%s.kernel_bytes", side);
	kernel = nw_rec_u64(rec, path);
	snprintf(path, sizeof(path), "nvrwatch.balance.%s.explained_bytes", side);
	explained = nw_rec_u64(rec, path);
	off = kernel > explained ? kernel - explained : explained - kernel;
	snprintf(path, sizeof(path), "nvrwatch.balance.%s.resent_bytes", side);
	print_message("%s: kernel %ju, explained %ju, of that again %ju, off by %ju\n", side,
		      (uintmax_t)kernel, (uintmax_t)explained, (uintmax_t)nw_rec_u64(rec, path),
		      (uintmax_t)off);
	assert_true(kernel >= at_least);
	if (off * 1000 > kernel && off > 4096) { /* neighbour discovery is no flow */
		fail_msg("%s: %ju octets of %ju are off", side, (uintmax_t)off, (uintmax_t)kernel);
	}
}

#define ETHERNET 14

/* What our end's interface counted, less the headers below IP. Neighbour discovery is more there. */
static uint64_t octets_of_interface(void)
{
	unsigned long long bytes = 0, packets = 0;
	char path[64];
	struct nw_lines l;
	const char *line;

	snprintf(path, sizeof(path), "/proc/%d/net/dev", (int)inside);
	l = nw_lines_of_file(path);
	line = strstr(l.text, "v0:");
	assert_non_null(line);
	assert_int_equal(sscanf(line, "v0: %llu %llu", &bytes, &packets), 2);
	nw_lines_free(&l);
	return bytes - ETHERNET * packets;
}

/* The interface counts on its own, and knows nothing of IP: what the ledger explains is what it carried. */
static void check_interface(struct json_object *rec)
{
	uint64_t explained = nw_rec_u64(rec, "nvrwatch.balance.in.explained_bytes");
	uint64_t carried = octets_of_interface();
	uint64_t off = carried > explained ? carried - explained : explained - carried;

	print_message("interface: in %ju, off by %ju\n", (uintmax_t)carried, (uintmax_t)off);
	if (off * 1000 > carried && off > 4096) {
		fail_msg("%ju octets of %ju are off", (uintmax_t)off, (uintmax_t)carried);
	}
}

/* A camera's gigabit, in. */
static void test_stream(void **state)
{
	uint64_t bytes = STREAM_BYTES / nw_deadline_slowness() / nw_deadline_slowness();
	struct nw_end far = { .place = NW_PLACE_FAR, .addr = "10.97.0.2" };
	struct nw_end ours = {
		.place = NW_PLACE_TOOL,
		.addr = "10.97.0.1",
		.script = "wait port 4711 listen 10.97.0.1 accept eof close ready wait"
	};
	struct json_object *rec;
	struct nw_tool *t;
	char script[128];

	(void)state;
	snprintf(script, sizeof(script),
		 "wait connect 10.97.0.1 4711 stream %ju %u close ready wait", (uintmax_t)bytes,
		 STREAM_MBITS);
	far.script = script;
	t = begin(&far, &ours);
	nw_actor_say(ours.actor, "listen");
	nw_actor_port(ours.actor);
	nw_actor_say(far.actor, "connect");
	nw_actor_truth(far.actor); /* both stay: with either the link goes, and its counters */
	nw_actor_truth(ours.actor);
	rec = end(t);
	nw_rec_check(rec, "nvrwatch.balance.comparable=true");
	check_side(rec, "in", bytes);
	check_side(rec, "out", 1);
	check_interface(rec);
	assert_int_equal(nw_tool_count(t, "rule.id=blind-spot nvrwatch.finding.key=balance"), 0);
}

#define PICTURES 300000ULL /* datagrams, as cameras fill them */
#define PICTURE	 1400

/* Media over UDP, as fast as a core makes it; what the program has no room for came to it all the same. */
static void test_datagrams(void **state)
{
	unsigned n = PICTURES / nw_deadline_slowness() / nw_deadline_slowness();
	struct nw_end far = { .place = NW_PLACE_FAR, .addr = "10.97.0.2", .script = "wait" };
	struct nw_end ours = { .place = NW_PLACE_TOOL, .addr = "10.97.0.1", .script = "wait" };
	struct nw_flow_key key = { .transport = "udp", .raddr = "10.97.0.2" };
	struct nw_actor *to, *from;
	struct json_object *rec;
	struct nw_flow_sum sum;
	struct nw_tool *t;

	(void)state;
	t = begin(&far, &ours);
	to = nw_actor_start(NW_PLACE_TOOL, "udp enter %d bind 10.97.0.1 1 wait drain close",
			    ours.pid);
	key.pid = to->pid;
	key.lport = nw_actor_port(to);
	from = nw_actor_start(NW_PLACE_FAR, "udp enter %d connect 10.97.0.1 %u send %u %d", far.pid,
			      key.lport, n, PICTURE);
	nw_actor_done(from);
	nw_actor_say(to, "drain");
	nw_actor_done(to);
	sum = nw_flow_ended(t, &key);
	rec = end(t);
	assert_int_equal(sum.received, (uint64_t)n * PICTURE);
	assert_int_equal(sum.received_packets, n);
	nw_rec_check(rec, "nvrwatch.balance.comparable=true");
	check_side(rec, "in", sum.received);
	check_interface(rec);
}

/* Datagrams to a port that nobody has: they pass IP, and reach no socket. */
static void test_missed(void **state)
{
	struct nw_end far = { .place = NW_PLACE_FAR, .addr = "10.97.0.2", .script = "wait" };
	struct nw_end ours = { .place = NW_PLACE_TOOL, .addr = "10.97.0.1", .script = "wait" };
	struct nw_actor *spray;
	struct json_object *rec;
	struct nw_tool *t;
	uint64_t missed;

	(void)state;
	t = begin(&far, &ours);
	spray = nw_actor_start(NW_PLACE_FAR, "udp enter %d socket 4 spray 10.97.0.1 3000 1000 9",
			       far.pid);
	nw_actor_done(spray);
	rec = end(t);
	nw_tool_await(t, "rule.id=blind-spot nvrwatch.finding.key=balance event.action=opened");
	missed = nw_rec_u64(rec, "nvrwatch.balance.in.bytes_missed");
	assert_in_range(missed, MISSED_BYTES, MISSED_BYTES + 3000 * 28 + 4096);
}

NW_TESTS(e2e_balance, NW_ROOT_TEST(test_stream), NW_ROOT_TEST(test_datagrams),
	 NW_ROOT_TEST(test_missed));
