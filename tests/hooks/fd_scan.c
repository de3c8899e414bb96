/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fd_scan: every file that joins processes is told, with what its own process and kernel know of
 * it, and nothing else is. No record says so much: the events are read out of a recording.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "nw_event.h"
#include "nw_hooks.h"
#include "root/support.h"

static const char *const whats[] = {
	[NW_FD_SOCKET] = "socket",   [NW_FD_PIPE] = "pipe", [NW_FD_PTY] = "pty",
	[NW_FD_MEMORY] = "memory",   [NW_FD_END] = "end",   [NW_FD_MOUNT] = "mount",
	[NW_FD_CONNECT] = "connect",
};

/* The next event of this hook at or behind *at, among bytes that may look nearly like one. */
static bool next_event(const struct nw_lines *bytes, size_t *at, struct nw_ev_fd *ret)
{
	for (; *at + sizeof(*ret) <= bytes->len; (*at)++) {
		memcpy(ret, bytes->text + *at, sizeof(*ret));
		if (ret->ev.size == sizeof(*ret) && ret->ev.hook == NW_HOOK_FD_SCAN &&
		    ret->ev.shape == NW_SHAPE_FD && ret->ev.what < _NW_FD_WHAT_MAX &&
		    ret->scan_ns > 0 && ret->scan_ns <= ret->ev.ts_ns && !ret->self.pad) {
			*at += sizeof(*ret);
			return true;
		}
	}
	return false;
}

/* The next file of the scan; false: it is over, and *ret says so. */
static bool next_file(const struct nw_lines *bytes, size_t *at, struct nw_ev_fd *ret)
{
	return next_event(bytes, at, ret) && ret->ev.what != NW_FD_END;
}

/* All that a short recorded run held; its ring has the smallest size there is. */
static struct nw_lines record(void)
{
	static unsigned runs;
	char more[300];
	char path[128];
	struct nw_tool *t;

	snprintf(path, sizeof(path), "%s/fds-%u.nwr", nw_place_files(), runs++);
	snprintf(more, sizeof(more), "--record %s", path);
	t = nw_tool_trace_with("limits: {ring_bytes: 65536}\n", more);
	assert_int_equal(nw_tool_stop(t, SIGINT), 0);
	return nw_lines_of_recording(path);
}

/* The event of the first whole scan about a process's file. */
static bool find(const struct nw_lines *bytes, uint32_t tgid, uint32_t fd, struct nw_ev_fd *ret)
{
	size_t at = 0;

	while (next_file(bytes, &at, ret)) {
		if (ret->self.tgid == tgid && ret->fd == fd) {
			return true;
		}
	}
	return false;
}

/* What the kernel was not asked for is absent in the truth. */
static uint64_t truth_of(struct json_object *truth, const char *member, uint64_t otherwise)
{
	return nw_rec_get(truth, member) ? nw_rec_u64(truth, member) : otherwise;
}

static void check_event(const struct nw_ev_fd *e, struct json_object *truth)
{
	assert_string_equal(whats[e->ev.what], nw_rec_str(truth, "what"));
	assert_int_equal(e->inode, nw_rec_u64(truth, "inode"));
	assert_int_equal(e->flags, nw_rec_u64(truth, "flags"));
	assert_int_equal(e->family, truth_of(truth, "family", 0));
	assert_int_equal(e->type, truth_of(truth, "type", 0));
	assert_int_equal(e->proto, truth_of(truth, "proto", 0));
	assert_int_equal(e->netns, truth_of(truth, "netns", 0));
	assert_int_equal(e->ifindex, truth_of(truth, "ifindex", 0));
	if (e->flags & NW_FD_LISTENING && e->family == AF_UNIX) {
		assert_true(e->peer_inode > UINT32_MAX); /* a hash */
	} else {
		assert_int_equal(e->peer_inode, truth_of(truth, "peer", 0));
	}
	assert_int_equal(e->cookie, truth_of(truth, "cookie", e->cookie));
	assert_true(e->self.start_ns > 0 && e->scan_ns > 0 && e->ev.ts_ns >= e->scan_ns);
}

/* Every file that the actor spoke of is told. */
static void check_told(const struct nw_lines *bytes, const struct nw_actor *a)
{
	struct nw_ev_fd e;

	for (int i = 0; i < a->truths; i++) {
		if (!find(bytes, (uint32_t)a->pid, (uint32_t)nw_rec_u64(a->truth[i], "fd"), &e)) {
			fail_msg("not told: %s", json_object_to_json_string(a->truth[i]));
		}
		check_event(&e, a->truth[i]);
	}
}

static void listen_to(struct nw_actor *a, int lines)
{
	while (a->truths < lines) {
		nw_actor_truth(a);
	}
}

/* Files of a process in the first scan, without stdin, stdout and stderr. */
static unsigned count(const struct nw_lines *bytes, uint32_t tgid)
{
	struct nw_ev_fd e;
	unsigned n = 0;
	size_t at = 0;

	while (next_file(bytes, &at, &e)) {
		n += e.self.tgid == tgid && e.fd > 2;
	}
	return n;
}

static void test_kinds(void **state)
{
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "fds pipe pair unix pty memory others packet "
					      "socket 2 1 0 socket 10 2 0 socket 2 3 255 wait");
	struct nw_lines bytes;

	(void)state;
	listen_to(a, 14);
	bytes = record();
	check_told(&bytes, a);
	assert_int_equal(count(&bytes, (uint32_t)a->pid), 14);
	nw_lines_free(&bytes);
}

/* What listens is told with its name, in short: another one is another. */
static void test_names(void **state)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "fds unix unix wait");
	uint64_t name[2] = { 0 };
	struct nw_lines bytes;
	struct nw_ev_fd e;
	unsigned n = 0;
	size_t at = 0;

	(void)state;
	listen_to(a, 6);
	bytes = record();
	check_told(&bytes, a);
	while (next_file(&bytes, &at, &e)) {
		if (e.self.tgid == (uint32_t)a->pid && e.flags & NW_FD_LISTENING && n < 2) {
			name[n++] = e.peer_inode;
		}
	}
	assert_int_equal(n, 2);
	assert_true(name[0] != name[1]);
	nw_lines_free(&bytes);
}

/* Who serves a file system, and who writes to a file of it; who only reads one is not told. */
static void test_mount(void **state)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "mount %s 2", nw_place_files());
	struct nw_lines bytes;
	struct nw_ev_fd e;
	unsigned n = 0;
	size_t at = 0;

	(void)state;
	listen_to(a, 3);
	bytes = record();
	while (next_file(&bytes, &at, &e)) {
		for (int i = 0; i < a->truths; i++) {
			if (e.self.tgid == nw_rec_u64(a->truth[i], "pid") &&
			    e.fd == nw_rec_u64(a->truth[i], "fd")) {
				check_event(&e, a->truth[i]);
				n++;
			}
		}
		assert_true(e.ev.what != NW_FD_MOUNT || (e.flags & NW_FD_WRITE));
	}
	assert_int_equal(n, 3);
	nw_lines_free(&bytes);
}

/* A process with its own network, mounts and process numbers has them under the host's names. */
static void test_container(void **state)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "fds container fork pair pipe packet "
							   "wait join");
	struct nw_lines bytes;
	struct nw_ev_fd e;
	size_t at = 0;
	unsigned n = 0;

	(void)state;
	listen_to(a, 5);
	bytes = record();
	while (next_file(&bytes, &at, &e)) {
		if (e.self.tgid != (uint32_t)a->pid && e.family == 17) {
			struct json_object *truth = a->truth[4];

			assert_int_equal(e.inode, nw_rec_u64(truth, "inode"));
			assert_int_equal(e.netns, nw_rec_u64(truth, "netns"));
			assert_int_equal(nw_rec_u64(truth, "pid"), 1);
			n++;
		}
	}
	assert_int_equal(n, 1);
	nw_lines_free(&bytes);
}

/* A scan says when it is over, and that nothing of it was lost, also through the smallest ring. */
static void test_whole(void **state)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "fds many 2000 wait");
	struct nw_lines bytes;
	struct nw_ev_fd e;
	uint64_t scan_ns = 0;
	uint64_t n = 0;
	size_t at = 0;

	(void)state;
	listen_to(a, 1);
	bytes = record();
	while (next_file(&bytes, &at, &e)) {
		assert_true(scan_ns == 0 || scan_ns == e.scan_ns);
		scan_ns = e.scan_ns;
		n += e.self.tgid == (uint32_t)a->pid && e.fd > 2;
	}
	assert_int_equal(n, nw_rec_u64(a->truth[0], "files"));
	assert_int_equal(e.ev.what, NW_FD_END);
	assert_int_equal(e.scan_ns, scan_ns);
	assert_int_equal(e.lost, 0);
	assert_true(e.files >= n);
	nw_lines_free(&bytes);
}

/* Who is not in the observed cgroup is not told. */
static void test_others_are_not_told(void **state)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_FAR, "fds pair wait");
	struct nw_lines bytes;

	(void)state;
	listen_to(a, 2);
	bytes = record();
	assert_int_equal(count(&bytes, (uint32_t)a->pid), 0);
	nw_lines_free(&bytes);
}

NW_TESTS(hooks_fd_scan, NW_ROOT_TEST(test_kinds), NW_ROOT_TEST(test_names),
	 NW_ROOT_TEST(test_mount), NW_ROOT_TEST(test_container), NW_ROOT_TEST(test_whole),
	 NW_ROOT_TEST(test_others_are_not_told));
