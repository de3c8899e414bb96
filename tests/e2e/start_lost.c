/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the start cannot read is counted, one by one: a process's socket that the kernel does not
 * hand over or name, one that it gives no storage, a fact that has no room.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "root/support.h"

#define ARG(n) (offsetof(struct seccomp_data, args) + (n) * sizeof(uint64_t)) /* its low half */

static int refuse(struct sock_filter *code, size_t len)
{
	struct sock_fprog prog = { (unsigned short)len, code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/* As in a container whose profile does not allow it. */
static int refuse_pidfd_getfd(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_getfd, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return refuse(code, NW_ARRAY_SIZE(code));
}

static int refuse_cookies(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsockopt, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG(1)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SOL_SOCKET, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARG(2)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SO_COOKIE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	return refuse(code, NW_ARRAY_SIZE(code));
}

#define ALONE "alone" /* below the observed place, where other tests leave sockets */

static struct nw_actor *start_alone(const char *script)
{
	nw_place_add(NW_PLACE_SEEN, ALONE);
	return nw_actor_start_below(NW_PLACE_SEEN, ALONE, "%s", script);
}

static struct nw_tool *trace_alone(int (*prepare)(void))
{
	struct nw_tool_options opt = { .prepare = prepare };
	struct nw_tool *t = nw_tool_start(&opt, "trace -o json --cgroup %s/" ALONE,
					  nw_place_dir(NW_PLACE_SEEN));

	nw_tool_await(t, "event.dataset=nvrwatch.status event.action=start");
	return t;
}

/* Three sockets are open before the start, of which none or all are lost. */
static void check(const char *script, int (*prepare)(void), unsigned lost)
{
	struct nw_actor *a = start_alone(script);
	struct nw_tool *t;

	nw_actor_truth(a);
	t = trace_alone(prepare);
	nw_tool_await(t, "event.dataset=nvrwatch.process event.action=found process.pid=%d",
		      a->pid);
	assert_int_equal(nw_tool_lost(nw_tool_stopped(t), "host"), lost);
}

#define THREE "udp bind 127.0.0.1 3 wait"

static void test_nothing_lost(void **state)
{
	(void)state;
	check(THREE, NULL, 0);
}

static void test_not_handed_over(void **state)
{
	(void)state;
	check(THREE, refuse_pidfd_getfd, 3);
}

/* What of it is met later, by a packet, has no owner and no beginning: counted too, once each. */
static void test_met_later(void **state)
{
	struct nw_actor *far =
		nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept send 5 wait send 7 wait");
	struct json_object *said;
	struct nw_actor *a;
	struct nw_tool *t;
	char script[96];

	(void)state;
	snprintf(script, sizeof(script), "tcp connect 127.0.0.1 %u recv 5 truth recv 7 truth wait",
		 nw_actor_port(far));
	a = start_alone(script);
	nw_actor_truth(a);
	t = trace_alone(refuse_pidfd_getfd);
	nw_actor_say(far, "more");
	nw_actor_truth(a);
	nw_tool_await_loss(t, "owner");
	said = nw_tool_stopped(t);
	assert_int_equal(nw_tool_lost(said, "host"), 1);
	assert_int_equal(nw_tool_lost(said, "owner"), 1);
	assert_int_equal(nw_tool_lost(said, "head"), 1);
}

static void test_without_a_name(void **state)
{
	(void)state;
	check(THREE, refuse_cookies, 3);
}

static void test_without_storage(void **state)
{
	(void)state;
	check("udp crowd bind 127.0.0.1 3 wait", NULL, 3);
}

/* The site's labels are one fact, which has room for some. */
static void test_long_labels(void **state)
{
	char yaml[8192];
	size_t n = (size_t)snprintf(yaml, sizeof(yaml), "site:\n  labels:\n");

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		n += (size_t)snprintf(yaml + n, sizeof(yaml) - n, "    - label%u=%080u\n", i, i);
	}
	assert_int_equal(nw_tool_lost(nw_tool_stopped(nw_tool_trace_with(yaml, "")), "host"), 1);
}

NW_TESTS(e2e_start_lost, NW_ROOT_TEST(test_nothing_lost), NW_ROOT_TEST(test_not_handed_over),
	 NW_ROOT_TEST(test_met_later), NW_ROOT_TEST(test_without_a_name),
	 NW_ROOT_TEST(test_without_storage), NW_ROOT_TEST(test_long_labels));
