/* SPDX-License-Identifier: Apache-2.0 */
/* tamper: what somebody does who may call bpf(), and wants to be out of the ledger. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "event.h"

#include "root/support.h"
#include "truth/overwrite.h"
#include "truth/unmap.h"

#define TAMPER	"event.dataset=nvrwatch.finding rule.id=tamper"
#define MEMORY	TAMPER " nvrwatch.finding.evidence.kind=memory"
#define LEDGER	TAMPER " nvrwatch.finding.evidence.kind=ledger"
#define DIR_MAX 160

/* What most tests here do to it is told of its own, and made good. */
static struct nw_tool *shared(void)
{
	static struct nw_tool *t;

	if (!t) {
		t = nw_tool_trace("");
		t->is_lasting = true;
	}
	return t;
}

/* UDP: its bytes are counted in the entry that is taken out. */
static void test_datagrams(void **state)
{
	struct nw_tool *t = shared();
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp bind 127.0.0.1 1 recv 10 recv 3 truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "udp connect 127.0.0.1 %u send 10 1000 truth wait "
					       "unmap nw_dgrams send 3 500 wait close",
					       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };
	struct json_object *peer;
	struct nw_flow_sum sum;

	(void)state;
	(void)nw_actor_truth(seen);
	(void)nw_flow_reached(t, &key, 10000, 0);
	nw_actor_say(seen, "go");
	peer = json_object_array_get_idx(nw_rec_get(nw_actor_truth(far), "sockets"), 0);
	nw_actor_say(seen, "go");
	sum = nw_flow_ended(t, &key);
	assert_int_equal(sum.sent, nw_rec_u64(peer, "received"));
	assert_int_equal(sum.sent_packets, nw_rec_u64(peer, "received_packets"));
	assert_int_equal(sum.sent, 11500);
	(void)nw_tool_await(t, LEDGER " process.pid=%d", seen->pid);
}

/* TCP: its bytes are the socket's own. */
static void test_stream(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "tcp listen 127.0.0.1 accept recv 10000 recv 1500 eof truth");
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen = nw_actor_start(NW_PLACE_SEEN,
					       "tcp connect 127.0.0.1 %u send 10000 wait "
					       "unmap nw_streams send 1500 wait close",
					       port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp", .rport = port };
	struct nw_flow_sum sum;

	(void)state;
	(void)nw_flow_reached(t, &key, 10000, 0);
	nw_actor_say(seen, "go");
	(void)nw_tool_await(t, LEDGER " process.pid=%d", seen->pid);
	nw_actor_say(seen, "go");
	sum = nw_flow_ended(t, &key);
	assert_int_equal(sum.sent, 11500);
}

/* A run that observes a new cgroup of the test's own: its folder, which the test removes, and its id. */
static struct nw_tool *trace_apart(const char *name, char dir[DIR_MAX], uint64_t *ret_cgroup)
{
	struct nw_tool *t;
	struct stat st;

	(void)snprintf(dir, DIR_MAX, "%s/%s", nw_place_dir(NW_PLACE_SEEN), name);
	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(stat(dir, &st), 0);
	t = nw_tool_start(NULL, "trace -o json --cgroup %s", dir);
	(void)nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	*ret_cgroup = st.st_ino;
	return t;
}

/* All links to a cgroup of this test's own: each hook is told to be off, and what follows is seen in part. */
static void test_links(void **state)
{
	static const char *const hooks[] = { "skb_egress",   "skb_ingress", "sock_bind",
					     "sock_connect", "sock_create", "sock_release" };
	struct json_object *said;
	struct nw_tool *t;
	bool has_connects; /* unix_connect has a second way, a program of the cgroup */
	char dir[DIR_MAX];
	uint64_t cgroup;

	(void)state;
	t = trace_apart("links", dir, &cgroup);
	said = nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	has_connects = strncmp(nw_rec_str(said, "nvrwatch.hooks.unix_connect"), "fallback", 8) == 0;
	assert_int_equal(truth_unlink(cgroup), 8 + has_connects);
	if (has_connects) {
		(void)nw_tool_await(t, TAMPER " nvrwatch.finding.evidence.hook=unix_connect");
	}
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		(void)nw_tool_await(t, TAMPER " nvrwatch.finding.evidence.hook=%s", hooks[i]);
	}
	said = nw_tool_stopped(t);
	assert_string_equal(nw_rec_str(said, "nvrwatch.hooks.skb_egress"), NW_HOOK_TAKEN_OFF);
	assert_int_not_equal(strncmp(nw_rec_str(said, "nvrwatch.hooks.tcp_state"), "off", 3), 0);
	assert_non_null(nw_rec_get(said, "nvrwatch.coverage.why"));
	assert_int_equal(rmdir(dir), 0);
}

/* A process that starts now is told, with its traffic. */
static void check_sees(struct nw_tool *t)
{
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "udp bind %s 1 recv 1 truth", nw_place_address(0));
	unsigned port = nw_actor_port(far);
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "udp connect %s %u send 1 1000 wait close",
			       nw_place_address(0), port);
	struct nw_flow_key key = { .pid = seen->pid, .transport = "udp", .rport = port };

	(void)nw_tool_await(t, "event.dataset=nvrwatch.process event.action=exec process.pid=%d",
			    seen->pid);
	(void)nw_flow_reached(t, &key, 1000, 0);
	nw_actor_say(seen, "go");
	assert_int_equal(nw_flow_ended(t, &key).sent, 1000);
}

static bool is_asked(const struct bpf_map_info *info)
{
	return strcmp(info->name, ".data.asked") == 0;
}

/* Whatever map it is: nobody writes to it, in no way. */
static void refuses(int map, const struct bpf_map_info *info, int file)
{
	assert_false(truth_overwrite(map, info, 0, file));
	assert_int_equal(errno, EPERM);
	assert_false(truth_take_out(map, file));
	assert_int_equal(errno, EPERM);
	assert_null(truth_map_page(map));
}

/* Counters, roots, the cgroup, sockets of the ledger: what can be written is what the next two tests try. */
static void test_maps(void **state)
{
	struct nw_tool *t = shared();
	int other = open(nw_place_dir(NW_PLACE_FAR), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned storages = 0, cgroups = 0, arrays = 0, left = 0;
	uint32_t id[TRUTH_MAPS_MAX];

	(void)state;
	check_sees(t);
	for (unsigned n = truth_maps_of(t->pid, id); n > 0; n--) {
		struct bpf_map_info info;
		int map = truth_map(id[n - 1], &info);

		assert_true(map >= 0);
		if (info.type == BPF_MAP_TYPE_RINGBUF || is_asked(&info)) {
			left++;
		} else {
			storages += info.type == BPF_MAP_TYPE_SK_STORAGE;
			cgroups += info.type == BPF_MAP_TYPE_CGROUP_ARRAY;
			arrays += info.type == BPF_MAP_TYPE_ARRAY;
			refuses(map, &info, info.type == BPF_MAP_TYPE_CGROUP_ARRAY ? other : sock);
		}
		(void)close(map);
	}
	assert_int_equal(left, 2);
	assert_int_equal(storages, 4);
	assert_int_equal(cgroups, 1);
	assert_true(arrays >= 2); /* constants, variables */
	check_sees(t);
	(void)close(other);
	(void)close(sock);
}

/* The tool's map that can be written: its ring, or the variables that it sets itself. */
static int left_map(const struct nw_tool *t, bool ring, struct bpf_map_info *ret)
{
	uint32_t id[TRUTH_MAPS_MAX];
	int found = -1;

	for (unsigned n = truth_maps_of(t->pid, id); n > 0 && found < 0; n--) {
		found = truth_map(id[n - 1], ret);
		if (ring ? ret->type != BPF_MAP_TYPE_RINGBUF : !is_asked(ret)) {
			(void)close(found);
			found = -1;
		}
	}
	assert_true(found >= 0);
	return found;
}

static void test_variables(void **state)
{
	struct nw_tool *t = shared();
	struct bpf_map_info info;
	int map = left_map(t, false, &info);

	(void)state;
	check_sees(t);
	assert_true(truth_overwrite(map, &info, 0x5a, -1));
	(void)close(map);
	(void)nw_tool_await(t, MEMORY " nvrwatch.finding.evidence.what=asked");
	check_sees(t);
}

/* So far ahead that the kernel would find no room any more: put back, and told. */
static void test_ring(void **state)
{
	struct nw_tool *t = shared();
	struct bpf_map_info info;
	int map = left_map(t, true, &info);
	uint64_t *taken = (void *)truth_map_page(map);

	(void)state;
	t->is_lasting = false; /* the last one */
	(void)close(map);
	assert_non_null(taken);
	check_sees(t);
	for (int i = 0; i < 3; i++) { /* one may come while it reads, and be overwritten */
		uint64_t far = __atomic_load_n(taken, __ATOMIC_SEQ_CST) + (1 << 30);
		uint64_t deadline = nw_deadline();

		__atomic_store_n(taken, far, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(taken, __ATOMIC_SEQ_CST) >= far) {
			assert_false(nw_deadline_is_over(deadline));
			(void)poll(NULL, 0, 1);
		}
	}
	(void)nw_tool_await(t, MEMORY " nvrwatch.finding.evidence.what=ring");
	check_sees(t);
	assert_int_equal(munmap(taken, (size_t)sysconf(_SC_PAGESIZE)), 0);
}

/* Another program in the place of one that counts, in a cgroup of this test's own. */
static void test_programs(void **state)
{
	struct nw_tool *t;
	char dir[DIR_MAX];
	uint64_t cgroup;

	(void)state;
	t = trace_apart("programs", dir, &cgroup);
	assert_int_equal(truth_relink(cgroup, BPF_CGROUP_INET_EGRESS), 1);
	(void)nw_tool_await(t, MEMORY " nvrwatch.finding.evidence.what=link");
	(void)nw_tool_stopped(t);
	assert_int_equal(rmdir(dir), 0);
}

NW_TESTS(e2e_tamper, NW_ROOT_TEST(test_datagrams), NW_ROOT_TEST(test_stream),
	 NW_ROOT_TEST(test_links), NW_ROOT_TEST(test_maps), NW_ROOT_TEST(test_variables),
	 NW_ROOT_TEST(test_ring), NW_ROOT_TEST(test_programs));
