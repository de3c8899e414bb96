/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the subject of a finding runs is read: a program without any name, one that was deleted, in a
 * mount namespace of its own; by a helper that may do that alone. A replay says the same.
 */
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "root/support.h"

#define NAME "nvrwatch-exe"

/* What a process runs, by our own reading. */
struct program {
	char sha256[65];
	uint64_t size, ino;
};

static struct program program_of(pid_t pid)
{
	static unsigned char text[8 << 20];
	unsigned char hash[32];
	struct program p = { .size = 0 };
	char path[64];
	struct stat st;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	n = read(fd, text, sizeof(text));
	assert_true(n > 0 && n == st.st_size);
	assert_int_equal(EVP_Digest(text, (size_t)n, hash, NULL, EVP_sha256(), NULL), 1);
	for (size_t i = 0; i < sizeof(hash); i++) {
		snprintf(p.sha256 + 2 * i, 3, "%02x", hash[i]);
	}
	p.size = (uint64_t)st.st_size;
	p.ino = st.st_ino;
	close(fd);
	return p;
}

/* ret: in which block of its recording the finding is. */
static uint64_t check(struct nw_tool *t, const char *mode)
{
	struct nw_actor *a = nw_actor_start(NW_PLACE_SEEN, "exec %s", mode);
	struct json_object *finding;
	struct program p;

	nw_actor_truth(a);
	p = program_of(a->pid);
	finding = nw_tool_await(t,
				"event.dataset=nvrwatch.finding rule.id=download-execute "
				"process.pid=%d nvrwatch.exe_inode=%ju",
				a->pid, (uintmax_t)p.ino);
	nw_tool_await(t,
		      "event.dataset=nvrwatch.process event.action=identified process.pid=%d "
		      "process.hash.sha256=%s nvrwatch.exe_size=%ju nvrwatch.exe_status=read "
		      "nvrwatch.exe_package= nvrwatch.exe_inode=%ju",
		      a->pid, p.sha256, (uintmax_t)p.size, (uintmax_t)p.ino);
	nw_actor_say(a, "go");
	(void)nw_actor_end(a);
	return nw_rec_u64(finding, "nvrwatch.finding.recording.block");
}

static void check_block(const char *path, uint64_t block)
{
	char magic[4];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0 && block > 0);
	assert_int_equal(pread(fd, magic, sizeof(magic), (off_t)block), sizeof(magic));
	assert_memory_equal(magic, "NWB1", sizeof(magic));
	close(fd);
}

/* In a run of its own: a program of the same name that another test ran is the same finding, and told later. */
static void test_no_file(void **state)
{
	struct nw_tool *live, *again;
	char path[128], more[160];
	uint64_t block[2];

	(void)state;
	snprintf(path, sizeof(path), "%s/exe.nwr", nw_place_files());
	snprintf(more, sizeof(more), "--record %s", path);
	live = nw_tool_trace(more);
	block[0] = check(live, "memfd");
	block[1] = check(live, "deleted");
	nw_tool_stopped(live);
	check_block(path, block[0]);
	check_block(path, block[1]);
	again = nw_tool_start(NULL, "replay -o json %s", path);
	assert_int_equal(nw_tool_end(again), 0);
	assert_int_equal(nw_tool_count(again, "event.action=identified"),
			 nw_tool_count(live, "event.action=identified"));
	assert_int_equal(live->out.len, again->out.len);
	assert_memory_equal(live->out.text, again->out.text, live->out.len);
}

/* ---- the helper -------------------------------------------------------------------------------- */

/* The socket to us, and the folder of processes; while it reads one, that. */
static void check_files(pid_t pid)
{
	char path[64], what[256];
	ssize_t n;

	for (int fd = 0; fd < 2; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		n = readlink(path, what, sizeof(what) - 1);
		assert_true(n > 0);
		what[n] = '\0';
		if (fd == 0) {
			assert_memory_equal(what, "socket:", 7);
		} else {
			assert_string_equal(what, "/proc");
		}
	}
}

static void test_what_it_holds(void **state)
{
	pid_t pid = nw_child_of(nw_session()->tool->pid, NAME);

	(void)state;
	assert_true(pid > 0);
	nw_status_check(pid, "Uid", "65534 65534 65534 65534");
	nw_status_check(pid, "Gid", "65534 65534 65534 65534");
	nw_status_check(pid, "CapPrm",
			"0000000000080004"); /* CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE */
	nw_status_check(pid, "CapEff", "0000000000080004");
	nw_status_check(pid, "CapInh", "0000000000000000");
	nw_status_check(pid, "CapBnd", "0000000000000000");
	nw_status_check(pid, "CapAmb", "0000000000000000");
	nw_status_check(pid, "NoNewPrivs", "1");
	nw_status_check(pid, "Seccomp", "2");
	check_files(pid);
}

/* Killed by somebody, it is no reason to stop: what is asked then is told as unread. */
static void test_it_is_gone(void **state)
{
	struct nw_tool *t = nw_tool_trace("");
	struct nw_actor *a;
	pid_t pid = nw_child_of(t->pid, NAME);

	(void)state;
	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	a = nw_actor_start(NW_PLACE_SEEN, "exec memfd");
	nw_actor_truth(a);
	nw_tool_await(t,
		      "event.dataset=nvrwatch.process event.action=identified process.pid=%d "
		      "nvrwatch.exe_status=unreadable process.hash.sha256=",
		      a->pid);
	nw_actor_say(a, "go");
	(void)nw_actor_end(a);
	nw_tool_stopped(t);
}

NW_TESTS(e2e_exe_file, NW_ROOT_TEST(test_no_file), NW_ROOT_TEST(test_what_it_holds),
	 NW_ROOT_TEST(test_it_is_gone));
