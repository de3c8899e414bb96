/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.db on a real file system: what was kept is read again; files that are no state.db, damaged,
 * newer or somebody else's; a full queue, a full database, and a thread that is killed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "harness.h"
#include "store.h"

struct place {
	char dir[64], state[96], file[128];
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)strcpy(p->dir, "/tmp/nw-store-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	(void)snprintf(p->state, sizeof(p->state), "%s/state", p->dir);
	(void)snprintf(p->file, sizeof(p->file), "%s/" NW_STORE_FILE, p->state);
	*state = p;
	return 0;
}

static unsigned empty_folder(const char *path, bool is_counted)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	for (struct dirent *e; d && (e = readdir(d));) {
		char file[512];

		if (e->d_name[0] == '.') {
			continue;
		}
		n += strstr(e->d_name, "unreadable") && !strstr(e->d_name, "-wal");
		(void)snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		if (!is_counted) {
			(void)unlink(file);
		}
	}
	if (d) {
		(void)closedir(d);
	}
	return n;
}

static int end_place(void **state)
{
	struct place *p = *state;

	(void)chmod(p->state, 0700);
	(void)empty_folder(p->state, false);
	(void)unlink(p->state);
	(void)rmdir(p->state);
	(void)rmdir(p->dir);
	free(p);
	return 0;
}

static unsigned aside(const struct place *p)
{
	return empty_folder(p->state, true);
}

/* ---- rows ---- */

struct found {
	unsigned rows;
	char last[NW_KEPT_VALUE];
	char keys[512];
};

static void on_row(void *ctx, const char *kind, const char *key, const char *value)
{
	struct found *f = ctx;

	(void)kind;
	f->rows++;
	(void)snprintf(f->last, sizeof(f->last), "%s", value);
	if (strlen(f->keys) + strlen(key) + 2 < sizeof(f->keys)) {
		(void)strcat(strcat(f->keys, key), " ");
	}
}

static bool keep(struct nw_store *s, const char *kind, const char *key, int64_t n)
{
	struct nw_kept row = nw_kept_row(kind, key);

	nw_kept_add(&row, n);
	return nw_store_keep(s, &row);
}

static struct nw_store *open_with(const struct place *p, const struct nw_store_limits *limits)
{
	struct nw_store *s = NULL;

	assert_int_equal(nw_store_open(p->state, limits, &s), 0);
	return s;
}

static struct found read_all(const struct place *p, uint64_t *ret_lost)
{
	struct nw_store *s = open_with(p, NULL);
	struct found f = { .rows = 0 };

	nw_store_read(s, on_row, &f);
	if (ret_lost) {
		*ret_lost = nw_store_lost(s);
	}
	nw_store_close(s);
	return f;
}

static void keep_three(const struct place *p)
{
	struct nw_store *s = open_with(p, NULL);

	assert_int_equal(nw_store_start(s), 0);
	assert_true(keep(s, "a", "one", 1));
	assert_true(keep(s, "a", "two", 2));
	assert_true(keep(s, "b", "one", 3));
	assert_true(keep(s, "b", "one", 4)); /* in its place */
	nw_store_close(s);
}

static void test_rows_come_back(void **state)
{
	struct place *p = *state;
	struct nw_kept gone = nw_kept_row("a", "two");
	struct nw_store *s;
	struct found f;
	struct stat st;

	keep_three(p);
	f = read_all(p, NULL);
	assert_int_equal(f.rows, 3);
	assert_string_equal(f.last, "4\t");
	assert_int_equal(stat(p->state, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	s = open_with(p, NULL);
	assert_int_equal(nw_store_start(s), 0);
	assert_true(nw_store_keep(s, &gone)); /* no numbers: forget it */
	nw_store_close(s);
	assert_int_equal(read_all(p, NULL).rows, 2);
	assert_int_equal(aside(p), 0);
}

/* ---- files that are none of ours ---- */

static void write_bytes(const char *path, off_t at, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

static void sql(const struct place *p, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_no_database(void **state)
{
	struct place *p = *state;
	char junk[5000];

	memset(junk, 'x', sizeof(junk));
	assert_int_equal(mkdir(p->state, 0755), 0);
	write_bytes(p->file, 0, junk, sizeof(junk));
	assert_int_equal(read_all(p, NULL).rows, 0);
	assert_int_equal(aside(p), 1);
	keep_three(p); /* and the new one is good */
	assert_int_equal(read_all(p, NULL).rows, 3);
}

static void test_damaged(void **state)
{
	struct place *p = *state;
	char junk[4096];

	keep_three(p);
	sql(p, "VACUUM"); /* into the file */
	memset(junk, 0xa5, sizeof(junk));
	write_bytes(p->file, 4096, junk, sizeof(junk));
	assert_int_equal(read_all(p, NULL).rows, 0);
	assert_int_equal(aside(p), 1);
}

static void test_cut(void **state)
{
	struct place *p = *state;

	keep_three(p);
	sql(p, "VACUUM");
	assert_int_equal(truncate(p->file, 5000), 0);
	assert_int_equal(read_all(p, NULL).rows, 0);
	assert_int_equal(aside(p), 1);
}

static void test_foreign(void **state)
{
	static const char *const foreign[] = {
		"CREATE TABLE t(x)",
		/* with our marks, and more than our table */
		"PRAGMA application_id = 1314281299; PRAGMA user_version = 1; CREATE TABLE kept(x)",
		"CREATE TRIGGER t AFTER INSERT ON kept BEGIN DELETE FROM kept; END",
		"CREATE VIEW v AS SELECT 1",
		"PRAGMA application_id = 1",
	};
	struct place *p = *state;

	for (unsigned i = 0; i < NW_ARRAY_SIZE(foreign); i++) {
		if (i >= 2) {
			keep_three(p);
		} else {
			(void)mkdir(p->state, 0700);
			(void)unlink(p->file);
		}
		sql(p, foreign[i]);
		assert_int_equal(read_all(p, NULL).rows, 0);
		assert_int_equal(aside(p), i + 1);
	}
}

static void test_newer_is_left_alone(void **state)
{
	struct place *p = *state;
	struct nw_store *s = NULL;

	keep_three(p);
	sql(p, "PRAGMA user_version = 2");
	assert_int_equal(nw_store_open(p->state, NULL, &s), -EPROTONOSUPPORT);
	assert_int_equal(aside(p), 0);
	sql(p, "PRAGMA user_version = 1");
	assert_int_equal(read_all(p, NULL).rows, 3);
}

static void test_in_use(void **state)
{
	struct place *p = *state;
	struct nw_store *s = open_with(p, NULL);
	pid_t pid = fork(); /* locks are between processes */
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct nw_store *other = NULL;

		_exit(nw_store_open(p->state, NULL, &other) == -EBUSY ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	nw_store_close(s);
	assert_int_equal(aside(p), 0);
}

static void test_folder(void **state)
{
	struct place *p = *state;
	struct nw_store *s = NULL;

	assert_int_equal(symlink("/tmp", p->state), 0);
	assert_int_equal(nw_store_open(p->state, NULL, &s), -ENOTDIR);
	assert_int_equal(unlink(p->state), 0);
	assert_int_equal(mkdir(p->state, 0700), 0);
	assert_int_equal(symlink("/etc/hostname", p->file), 0);
	assert_int_equal(nw_store_open(p->state, NULL, &s), -ELOOP);
	assert_int_equal(unlink(p->file), 0);
	assert_int_equal(mkfifo(p->file, 0600), 0);
	assert_int_equal(nw_store_open(p->state, NULL, &s), -EINVAL);
	assert_int_equal(unlink(p->file), 0);
	assert_int_equal(nw_store_open("/proc/none/state", NULL, &s), -ENOENT);
	assert_int_equal(nw_store_open("/dev/null", NULL, &s), -ENOTDIR);
}

static void test_rows_that_are_none(void **state)
{
	struct place *p = *state;
	uint64_t lost;
	struct found f;

	keep_three(p);
	sql(p, "INSERT INTO kept VALUES('a', 'nul', CAST(x'310041' AS TEXT), 1);"
	       "INSERT INTO kept VALUES('a', printf('%.300c', 'k'), '1', 1);"
	       "INSERT INTO kept VALUES(printf('%.300c', 'k'), 'x', '1', 1);"
	       "INSERT INTO kept VALUES('a', 'long', printf('%.5000c', '1'), 1);");
	f = read_all(p, &lost);
	assert_int_equal(f.rows, 3);
	assert_int_equal(lost, 4);
}

/* ---- no room ---- */

static void test_full_queue(void **state)
{
	struct place *p = *state;
	struct nw_store *s =
		open_with(p, &(struct nw_store_limits){ .queue = 4, .rows = 100, .pages = 1000 });
	char key[16];

	for (unsigned i = 0; i < 10; i++) { /* the thread does not run yet */
		snprintf(key, sizeof(key), "%u", i);
		assert_int_equal(keep(s, "a", key, i), i < 4);
	}
	assert_true(keep(s, "a", "2", 99)); /* what waits takes no room again */
	assert_int_equal(nw_store_lost(s), 6);
	assert_int_equal(nw_store_start(s), 0);
	nw_store_close(s);
	assert_int_equal(read_all(p, NULL).rows, 4);
}

/* No more and no less; a batch is written once a second. */
static void await_lost(struct nw_store *s, uint64_t lost)
{
	for (unsigned i = 0; i < 1000 && nw_store_lost(s) < lost; i++) {
		usleep(10000);
	}
	assert_int_equal(nw_store_lost(s), lost);
}

static void test_oldest_rows_go(void **state)
{
	struct place *p = *state;
	const struct nw_store_limits limits = { .queue = 64, .rows = 5, .pages = 1000 };
	struct nw_store *s = open_with(p, &limits);
	struct found f;
	char key[16];

	for (unsigned i = 0; i < 12; i++) {
		snprintf(key, sizeof(key), "%02u", i);
		assert_true(keep(s, "a", key, i));
	}
	assert_true(keep(s, "b", "other", 1));
	assert_int_equal(nw_store_start(s), 0);
	await_lost(s, 7);
	nw_store_close(s);
	f = read_all(p, NULL);
	assert_int_equal(f.rows, 6);
	assert_string_equal(f.keys, "07 08 09 10 11 other ");
	s = open_with(p, &limits);
	nw_store_close(s);
}

/* What is said at the end. */
static void close_saying(struct nw_store *s, const char *word)
{
	int fd = memfd_create("said", MFD_CLOEXEC);
	int before = dup(STDERR_FILENO);
	char text[1024] = "";

	assert_true(fd >= 0 && before >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	nw_store_close(s);
	assert_true(dup2(before, STDERR_FILENO) >= 0);
	close(before);
	assert_true(pread(fd, text, sizeof(text) - 1, 0) >= 0);
	close(fd);
	assert_non_null(strstr(text, word));
}

/* As on a full disk: SQLite refuses the same way. What was there stays, what waits is counted when no
 * more can wait. */
static void test_full_database(void **state)
{
	struct place *p = *state;
	struct nw_store *s;
	char key[128];
	unsigned refused = 0;

	keep_three(p);
	s = open_with(p, &(struct nw_store_limits){ .queue = 64, .rows = 100000, .pages = 5 });
	assert_int_equal(nw_store_start(s), 0);
	for (unsigned i = 0; i < 256; i++) {
		snprintf(key, sizeof(key), "%0100u", i);
		refused += !keep(s, "a", key, i);
		usleep(i % 64 == 63 ? 1200000 : 0);
	}
	assert_true(refused > 0);
	assert_int_equal(nw_store_lost(s), refused);
	close_saying(s, "64 rows that waited are not in state.db");
	assert_true(read_all(p, NULL).rows >= 3);
	assert_int_equal(aside(p), 0);
}

/* Good when it is opened, and then somebody writes into it: more pages than SQLite remembers. */
static struct nw_store *open_and_damage(const struct place *p)
{
	static char junk[1 << 20];
	struct nw_store *s;
	struct stat st;

	keep_three(p);
	sql(p, "INSERT INTO kept SELECT 'a', printf('%06d', n), printf('%.900c', '1'), 1 FROM "
	       "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 10000) "
	       "SELECT n FROM r)");
	s = open_with(p, NULL);
	assert_int_equal(stat(p->file, &st), 0);
	memset(junk, 0xa5, sizeof(junk));
	for (off_t at = 3 << 12; at < st.st_size; at += (off_t)sizeof(junk)) {
		write_bytes(p->file, at, junk, NW_MIN(sizeof(junk), (size_t)(st.st_size - at)));
	}
	return s;
}

static void test_unreadable_behind_its_beginning(void **state)
{
	struct place *p = *state;
	struct nw_store *s = open_and_damage(p);
	struct found f = { .rows = 0 };

	nw_store_read(s, on_row, &f);
	assert_true(f.rows < 10003);
	assert_int_equal(nw_store_lost(s), 1); /* how many are behind it nobody can say */
	nw_store_close(s);
}

/* Rows that could not be written are lost, and so is each that comes later: who has one does not wait
 * with it for a database that will not take it. */
static void test_damaged_in_use(void **state)
{
	struct place *p = *state;
	struct nw_store *s = open_and_damage(p);
	char key[16];

	for (unsigned i = 0; i < 9; i++) {
		snprintf(key, sizeof(key), "%06u", i * 1000 + 500);
		assert_true(keep(s, "a", key, i));
	}
	assert_int_equal(nw_store_start(s), 0);
	await_lost(s, 9);
	assert_true(keep(s, "a", "later", 1));
	assert_int_equal(nw_store_lost(s), 10);
	nw_store_close(s);
	assert_int_equal(read_all(p, NULL).rows, 0);
	assert_int_equal(aside(p), 1);
}

static void test_killed(void **state)
{
	struct place *p = *state;
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct nw_store *s = NULL;

		if (nw_store_open(p->state, NULL, &s) < 0 || nw_store_start(s) < 0 ||
		    !keep(s, "a", "before", 1)) {
			_exit(1);
		}
		usleep(2500000);
		(void)keep(s, "a", "just now", 1);
		(void)kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_non_null(strstr(read_all(p, NULL).keys, "before "));
	assert_int_equal(aside(p), 0);
}

#define PLACE_TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)

NW_TESTS(user_store, PLACE_TEST(test_rows_come_back), PLACE_TEST(test_no_database),
	 PLACE_TEST(test_damaged), PLACE_TEST(test_cut), PLACE_TEST(test_foreign),
	 PLACE_TEST(test_newer_is_left_alone), PLACE_TEST(test_in_use), PLACE_TEST(test_folder),
	 PLACE_TEST(test_rows_that_are_none), PLACE_TEST(test_full_queue),
	 PLACE_TEST(test_oldest_rows_go), PLACE_TEST(test_full_database),
	 PLACE_TEST(test_unreadable_behind_its_beginning), PLACE_TEST(test_damaged_in_use),
	 PLACE_TEST(test_killed));
