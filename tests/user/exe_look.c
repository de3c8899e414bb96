/* SPDX-License-Identifier: Apache-2.0 */
/* A look at what a process runs, by the process or its path, and who asks for it: an answer that is
 * none ends it, and nothing of it is used. */
#include "exe_look.h"

#include <errno.h>
#include <openssl/evp.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

#include "procfs.h"
#include "user/exe_feed.h"

static struct exe_host host;
static int proc;

static uint32_t dev_of(const struct stat *st)
{
	return (uint32_t)(major(st->st_dev) << 20 | minor(st->st_dev));
}

static void begin(void)
{
	exe_host_start(&host);
	proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(proc >= 0);
}

static void end(void)
{
	close(proc);
	exe_host_end(&host);
}

/* A file of the host, of a process that is gone. */
static struct nw_exe_wanted wanted(const char *path)
{
	struct nw_exe_wanted w = { .id = { .tgid = 0x7fffffff, .start_ns = 1 } };
	struct stat st;

	assert_int_equal(lstat(exe_path(&host, path), &st), 0);
	w.ino = st.st_ino;
	w.dev = dev_of(&st);
	snprintf(w.path, sizeof(w.path), "%s", path);
	return w;
}

static struct nw_exe_file look(const struct nw_exe_wanted *w)
{
	struct nw_exe_file f;

	nw_exe_look(proc, host.root, w, &f);
	assert_true(nw_exe_is_valid(&f));
	assert_int_equal(f.ino, w->ino);
	assert_int_equal(f.dev, w->dev);
	return f;
}

static void check_hash(const struct nw_exe_file *f, const char *path)
{
	static unsigned char part[1 << 20];
	unsigned char want[NW_SHA256_BYTES];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t size = 0;
	ssize_t n;

	assert_int_equal(EVP_DigestInit_ex(md, EVP_sha256(), NULL), 1);
	while ((n = read(fd, part, sizeof(part))) > 0) {
		assert_int_equal(EVP_DigestUpdate(md, part, (size_t)n), 1);
		size += (uint64_t)n;
	}
	assert_true(n == 0 && size > 0);
	assert_int_equal(EVP_DigestFinal_ex(md, want, NULL), 1);
	EVP_MD_CTX_free(md);
	assert_int_equal(f->how, NW_EXE_READ);
	assert_int_equal(f->size, size);
	assert_memory_equal(f->sha256, want, sizeof(want));
	close(fd);
}

static struct nw_exe_wanted own(void)
{
	struct nw_exe_wanted w = { .id = { .tgid = (uint32_t)getpid() } };
	struct nw_procfs_stat s;
	char text[1024];
	struct stat st;
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text));

	close(fd);
	assert_true(n > 0 && nw_procfs_stat(text, (size_t)n, &s));
	w.id.start_ns = s.start_ticks * 10000000 + 1234567;
	assert_int_equal(stat("/proc/self/exe", &st), 0);
	w.ino = st.st_ino;
	w.dev = dev_of(&st);
	return w;
}

static void what_a_process_runs(void **state)
{
	struct nw_exe_wanted w = own();
	struct nw_exe_file f;

	(void)state;
	begin();
	f = look(&w);
	check_hash(&f, "/proc/self/exe");
	assert_int_equal(f.owner, NW_EXE_OWNER_ELSEWHERE);
	f = look(&w); /* the same again, not read again */
	check_hash(&f, "/proc/self/exe");
	w.dev++; /* as Btrfs has it: then the process must be the one */
	f = look(&w);
	check_hash(&f, "/proc/self/exe");
	w.id.start_ns += 10000000;
	assert_int_equal(look(&w).how, NW_EXE_GONE);
	w.dev--;
	assert_int_equal(look(&w).how, NW_EXE_READ);
	w.ino++;
	assert_int_equal(look(&w).how, NW_EXE_GONE);
	end();
}

static void what_its_path_leads_to(void **state)
{
	struct nw_exe_wanted w;
	struct nw_exe_file f;

	(void)state;
	begin();
	exe_write(&host, "/var/lib/dpkg/info/x.list", "/usr/bin/x\n", 0644);
	w = wanted("/usr/bin/x");
	f = look(&w);
	check_hash(&f, exe_path(&host, "/usr/bin/x"));
	assert_string_equal(f.package, "x");
	exe_write(&host, "/usr/bin/x", "it was written to", 0755);
	f = look(&w);
	check_hash(&f, exe_path(&host, "/usr/bin/x"));
	w.dev++;
	assert_int_equal(look(&w).how, NW_EXE_GONE);
	w.dev--;
	assert_int_equal(chmod(exe_path(&host, "/usr/bin/x"), 0644), 0); /* no program */
	f = look(&w);
	assert_int_equal(f.how, NW_EXE_GONE);
	assert_int_equal(f.size, 0);
	assert_int_equal(unlink(exe_path(&host, "/usr/bin/x")), 0);
	assert_int_equal(look(&w).how, NW_EXE_GONE);
	end();
}

/* A pipe would never end, and nobody opens it. */
static void what_is_no_program(void **state)
{
	struct nw_exe_wanted w;

	(void)state;
	begin();
	assert_int_equal(mkfifo(exe_path(&host, "/opt/pipe"), 0755), 0);
	w = wanted("/opt/pipe");
	assert_int_equal(look(&w).how, NW_EXE_GONE);
	w = wanted("/opt");
	assert_int_equal(look(&w).how, NW_EXE_GONE);
	w = wanted("/usr/bin/x");
	strcpy(w.path, "usr/bin/x");
	assert_int_equal(look(&w).how, NW_EXE_GONE);
	end();
}

static void what_is_too_large(void **state)
{
	struct nw_exe_wanted w;
	struct nw_exe_file f;

	(void)state;
	begin();
	assert_int_equal(truncate(exe_path(&host, "/usr/bin/x"), (off_t)NW_EXE_SIZE_MAX + 1), 0);
	w = wanted("/usr/bin/x");
	f = look(&w);
	assert_int_equal(f.how, NW_EXE_LARGE);
	assert_int_equal(f.size, NW_EXE_SIZE_MAX + 1);
	assert_true(f.mtime_ns > 0);
	assert_int_equal(f.owner, NW_EXE_OWNER_NOBODY);
	end();
}

/* ---- who asks ---------------------------------------------------------------------------------- */

static struct nw_exe_looker looker;

static int start_asking(void)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	looker = (struct nw_exe_looker){ .fd = fds[0] };
	return fds[1];
}

static void ask(uint32_t pid)
{
	const struct nw_exe_wanted w = { .id = { .tgid = pid, .start_ns = 5 }, .ino = 7, .dev = 8 };

	nw_exe_looker_ask(&looker, &w);
}

/* The pid that is asked for now, 0 = nobody's. */
static uint32_t asked(int fd)
{
	struct nw_exe_wanted w;

	return read(fd, &w, sizeof(w)) == sizeof(w) ? w.id.tgid : 0;
}

/* The pid that an answer was taken of, 0 = nobody's; its ends are what was asked. */
static uint32_t taken(enum nw_exe_how how)
{
	struct nw_exe_file f;
	struct nw_proc_id id;

	if (!nw_exe_looker_take(&looker, &id, &f)) {
		return 0;
	}
	assert_int_equal(f.how, how);
	assert_int_equal(f.ino, 7);
	assert_int_equal(f.dev, 8);
	return id.tgid;
}

static void one_is_asked_at_a_time(void **state)
{
	const struct nw_exe_file answer = { .how = NW_EXE_LARGE, .ino = 99 };
	int fd = start_asking();

	(void)state;
	ask(1);
	ask(2);
	ask(1);
	ask(2);
	assert_int_equal(asked(fd), 1);
	assert_int_equal(asked(fd), 0);
	assert_int_equal(taken(NW_EXE_LARGE), 0);
	assert_int_equal(write(fd, &answer, sizeof(answer)), sizeof(answer));
	assert_int_equal(taken(NW_EXE_LARGE), 1);
	assert_int_equal(asked(fd), 2);
	assert_int_equal(write(fd, &answer, sizeof(answer)), sizeof(answer));
	assert_int_equal(taken(NW_EXE_LARGE), 2);
	assert_int_equal(taken(NW_EXE_LARGE), 0);
	for (uint32_t i = 0; i < 2 * NW_EXE_QUEUE; i++) {
		ask(100 + i);
	}
	for (uint32_t i = 0; i < NW_EXE_QUEUE; i++) {
		assert_int_equal(asked(fd), 100 + i);
		assert_int_equal(write(fd, &answer, sizeof(answer)), sizeof(answer));
		assert_int_equal(taken(NW_EXE_LARGE), 100 + i);
	}
	assert_int_equal(asked(fd), 0);
	assert_int_equal(looker.len, 0);
	close(fd);
	nw_exe_looker_end(&looker);
}

static void what_is_no_answer_is_not_used(void **state)
{
	struct nw_exe_file t[] = { { .how = _NW_EXE_HOW_MAX },
				   { .owner = _NW_EXE_OWNER_MAX },
				   { .owner = NW_EXE_OWNER_PACKAGE },
				   { .package = "x" },
				   { .owner = NW_EXE_OWNER_PACKAGE, .package = "a b" } };

	(void)state;
	for (size_t i = 0; i <= NW_ARRAY_SIZE(t); i++) {
		size_t len = i < NW_ARRAY_SIZE(t) ? sizeof(t[i]) : 3; /* and one that is cut */
		int fd = start_asking();

		ask(1);
		ask(2);
		assert_int_equal(write(fd, &t[i % NW_ARRAY_SIZE(t)], len), len);
		assert_int_equal(taken(NW_EXE_UNREADABLE), 1);
		assert_int_equal(looker.fd, -1);
		assert_int_equal(taken(NW_EXE_UNREADABLE), 2);
		ask(3);
		assert_int_equal(taken(NW_EXE_UNREADABLE), 3);
		assert_int_equal(taken(NW_EXE_UNREADABLE), 0);
		close(fd);
	}
}

NW_TESTS(user_exe_look, cmocka_unit_test(what_a_process_runs),
	 cmocka_unit_test(what_its_path_leads_to), cmocka_unit_test(what_is_no_program),
	 cmocka_unit_test(what_is_too_large), cmocka_unit_test(one_is_asked_at_a_time),
	 cmocka_unit_test(what_is_no_answer_is_not_used));
