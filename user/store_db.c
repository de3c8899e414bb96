/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database file. A file is somebody else's until it was looked at: its form, its whole schema and
 * its pages are checked before a row of it is used, and SQL in it is never run. WAL with exclusive
 * locking needs no shared memory and no file that is made later. Owns the connection.
 */
#include "store_db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "log.h"

#define APPLICATION 0x4e565753 /* "NVWS" */
#define VERSION	    1
#define PATH_MAX_DB 1024
#define ASIDE_MAX   8 /* files put aside, per reason and second */
#define EVICT_EVERY 16
#define LENGTH_MAX  65536 /* of one value, statement or row */

static const char schema_sql[] =
	"CREATE TABLE kept(kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, "
	"seen INTEGER NOT NULL, PRIMARY KEY(kind, key)) WITHOUT ROWID";
static const char put_sql[] =
	"INSERT INTO kept(kind, key, value, seen) VALUES(?1, ?2, ?3, ?4) "
	"ON CONFLICT(kind, key) DO UPDATE SET value = excluded.value, seen = excluded.seen";
static const char forget_sql[] = "DELETE FROM kept WHERE kind = ?1 AND key = ?2";
static const char full_sql[] = "SELECT kind, count(*) FROM kept GROUP BY kind HAVING count(*) > ?1";
static const char evict_sql[] =
	"DELETE FROM kept WHERE kind = ?1 AND key IN "
	"(SELECT key FROM kept WHERE kind = ?1 ORDER BY seen, key LIMIT ?2)";
static const char read_sql[] = "SELECT kind, key, value FROM kept ORDER BY kind, seen, key";

struct nw_store_db {
	sqlite3 *sql;
	sqlite3_stmt *put, *forget, *full, *evict;
	uint32_t rows;
	unsigned writes;
	char error[128];
};

const char *nw_store_db_error(const struct nw_store_db *db)
{
	return db->error;
}

static void keep_error(struct nw_store_db *db)
{
	(void)snprintf(db->error, sizeof(db->error), "%s", sqlite3_errmsg(db->sql));
}

static int errno_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
		return -EBADMSG;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EACCES;
	default:
		return -EIO;
	}
}

static int run(struct nw_store_db *db, const char *sql)
{
	return errno_of(sqlite3_exec(db->sql, sql, NULL, NULL, NULL));
}

/* One number; 0 when there is none. */
static int ask(struct nw_store_db *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db->sql, sql, -1, &s, NULL);

	*ret = 0;
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(s);
	}
	if (rc == SQLITE_ROW) {
		*ret = sqlite3_column_int64(s, 0);
	}
	(void)sqlite3_finalize(s);
	return errno_of(rc);
}

/* ---- opening -------------------------------------------------------------------------------- */

static int connect_to(struct nw_store_db *db, const char *path, int flags)
{
	int rc = sqlite3_open_v2(path, &db->sql, flags | SQLITE_OPEN_NOMUTEX, NULL);

	if (rc != SQLITE_OK) {
		return errno_of(rc);
	}
	/* what a file says is never run, and no row of it is large */
	(void)sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)sqlite3_db_config(db->sql, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	(void)sqlite3_db_config(db->sql, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	(void)sqlite3_limit(db->sql, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	(void)sqlite3_limit(db->sql, SQLITE_LIMIT_ATTACHED, 0);
	return run(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; "
		       "PRAGMA temp_store = MEMORY; PRAGMA locking_mode = EXCLUSIVE;");
}

/* Is it a state.db? -EBADMSG: no, or it is damaged; -EPROTONOSUPPORT: a newer one; 1: it is empty. */
static int check(struct nw_store_db *db)
{
	sqlite3_stmt *s = NULL;
	int64_t application, version, things;
	int r = ask(db, "PRAGMA application_id", &application);
	int rc;

	r = r < 0 ? r : ask(db, "PRAGMA user_version", &version);
	r = r < 0 ? r : ask(db, "SELECT count(*) FROM sqlite_schema", &things);
	if (r < 0) {
		return r;
	}
	if (!application && !version && !things) {
		return 1;
	}
	if (application != APPLICATION || version < VERSION) {
		return -EBADMSG;
	}
	if (version > VERSION) {
		return -EPROTONOSUPPORT;
	}
	rc = sqlite3_prepare_v2(db->sql, "SELECT sql FROM sqlite_schema", -1, &s, NULL);
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(s);
	}
	if (things != 1 || rc != SQLITE_ROW || !sqlite3_column_text(s, 0) ||
	    strcmp((const char *)sqlite3_column_text(s, 0), schema_sql) != 0) {
		r = -EBADMSG;
	}
	(void)sqlite3_finalize(s);
	if (r < 0) {
		return r;
	}
	rc = sqlite3_prepare_v2(db->sql, "PRAGMA quick_check(1)", -1, &s, NULL);
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(s);
	}
	r = errno_of(rc);
	if (r == 0 && (rc != SQLITE_ROW || !sqlite3_column_text(s, 0) ||
		       strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0)) {
		r = -EBADMSG;
	}
	(void)sqlite3_finalize(s);
	return r;
}

static int prepare(struct nw_store_db *db)
{
	const struct {
		const char *sql;
		sqlite3_stmt **to;
	} all[] = {
		{ put_sql, &db->put },
		{ forget_sql, &db->forget },
		{ full_sql, &db->full },
		{ evict_sql, &db->evict },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < NW_ARRAY_SIZE(all); i++) {
		rc = sqlite3_prepare_v3(db->sql, all[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
					all[i].to, NULL);
	}
	return errno_of(rc);
}

/* From here on the log is open, and stays: what a connection that ends would take away is left, since
 * then nobody may. */
static int make(struct nw_store_db *db, const struct nw_store_limits *limits, bool is_empty)
{
	int one = 1;
	char sql[256];
	int r;

	(void)snprintf(sql, sizeof(sql),
		       "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
		       "PRAGMA journal_size_limit = 4194304; PRAGMA max_page_count = %u;",
		       limits->pages);
	r = run(db, sql);
	(void)sqlite3_file_control(db->sql, "main", SQLITE_FCNTL_PERSIST_WAL, &one);
	if (r == 0 && is_empty) {
		(void)snprintf(sql, sizeof(sql),
			       "BEGIN IMMEDIATE; PRAGMA application_id = %d; "
			       "PRAGMA user_version = %d; %s; COMMIT",
			       APPLICATION, VERSION, schema_sql);
		r = run(db, sql);
	}
	r = r < 0 ? r : prepare(db);
	/* a write while there is somebody who may: what can't be written is said at the start */
	r = r < 0 ? r : run(db, "BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT");
	return r;
}

static void disconnect(struct nw_store_db *db)
{
	sqlite3_stmt **all[] = { &db->put, &db->forget, &db->full, &db->evict };

	for (size_t i = 0; i < NW_ARRAY_SIZE(all); i++) {
		(void)sqlite3_finalize(*all[i]);
		*all[i] = NULL;
	}
	/* by hand: at its own end SQLite asks for the file by its name, which nobody may then */
	(void)sqlite3_wal_checkpoint_v2(db->sql, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_close(db->sql);
	db->sql = NULL;
}

/* It keeps its bytes, under a name that says when. */
static int put_aside(const char *path)
{
	char to[PATH_MAX_DB + 64];
	char from_wal[PATH_MAX_DB + 8], to_wal[PATH_MAX_DB + 72];
	struct stat st;

	for (unsigned i = 0; i < ASIDE_MAX; i++) {
		(void)snprintf(to, sizeof(to), "%s.unreadable-%lld-%u", path, (long long)time(NULL),
			       i);
		if (lstat(to, &st) == 0) {
			continue;
		}
		(void)snprintf(from_wal, sizeof(from_wal), "%s-wal", path);
		(void)snprintf(to_wal, sizeof(to_wal), "%s-wal", to);
		if (rename(path, to) < 0) {
			return nw_err_r(-errno, "cannot put %s aside", path);
		}
		(void)rename(from_wal, to_wal);
		nw_warn("%s can't be read as a state.db of nvrwatch: it was put aside as %s; what was "
			"learnt before is not known now",
			path, to);
		return 0;
	}
	return nw_err_r(-EEXIST, "cannot put %s aside", path);
}

static int say(int r, const char *path)
{
	switch (r) {
	case -EPROTONOSUPPORT:
		return nw_err_r(r, "%s is of a newer nvrwatch and left alone", path);
	case -EBUSY:
		return nw_err_r(r, "%s is used by another nvrwatch", path);
	default:
		return nw_err_r(r, "cannot use %s", path);
	}
}

/* A folder and a file of our own; a symbolic link could be anybody's. */
static int own_folder(const char *dir)
{
	struct stat st;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST) {
		return nw_err_r(-errno, "cannot make the folder %s", dir);
	}
	if (lstat(dir, &st) < 0 || !S_ISDIR(st.st_mode)) {
		return nw_err_r(-ENOTDIR, "cannot keep anything in %s", dir);
	}
	if (st.st_uid != geteuid()) {
		return nw_err_r(-EPERM, "%s is somebody else's (user %u)", dir, st.st_uid);
	}
	if ((st.st_mode & 0777) != 0700 && chmod(dir, 0700) < 0) {
		return nw_err_r(-errno, "cannot close %s to others", dir);
	}
	return 0;
}

static int own_file(const char *path)
{
	NW_CLEANUP_CLOSE int fd =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		return nw_err_r(-errno, "cannot open %s", path);
	}
	if (!S_ISREG(st.st_mode)) {
		return nw_err_r(-EINVAL, "%s is no file", path);
	}
	return fchmod(fd, 0600) < 0 ? nw_err_r(-errno, "cannot close %s to others", path) : 0;
}

static int open_once(struct nw_store_db *db, const char *path, const struct nw_store_limits *limits)
{
	int r = own_file(path);
	bool is_empty;

	if (r < 0) {
		return r == -EBADMSG ? -EIO : r;
	}
	r = connect_to(db, path, SQLITE_OPEN_READWRITE);
	r = r < 0 ? r : check(db);
	is_empty = r == 1;
	r = r < 0 ? r : make(db, limits, is_empty);
	if (r < 0) {
		disconnect(db);
		r = r == -EBADMSG ? r : say(r, path);
	}
	return r;
}

int nw_store_db_open(const char *dir, const struct nw_store_limits *limits,
		     struct nw_store_db **ret)
{
	struct nw_store_db *db;
	char path[PATH_MAX_DB];
	mode_t mask;
	int r = own_folder(dir);

	if (r < 0) {
		return r;
	}
	if ((size_t)snprintf(path, sizeof(path), "%s/" NW_STORE_FILE, dir) >= sizeof(path)) {
		return nw_err_r(-ENAMETOOLONG, "cannot keep anything in %s", dir);
	}
	db = calloc(1, sizeof(*db));
	if (!db) {
		return -ENOMEM;
	}
	db->rows = limits->rows;
	mask = umask(0077);
	r = open_once(db, path, limits);
	if (r == -EBADMSG) {
		r = put_aside(path);
		r = r < 0 ? r : open_once(db, path, limits);
		r = r == -EBADMSG ? say(r, path) : r;
	}
	(void)umask(mask);
	if (r < 0) {
		free(db);
		return r;
	}
	*ret = db;
	return 0;
}

void nw_store_db_close(struct nw_store_db *db)
{
	if (db) {
		disconnect(db);
		free(db);
	}
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Text of exactly its length, or NULL. */
static const char *text_at(sqlite3_stmt *s, int column, size_t size)
{
	const char *text = (const char *)sqlite3_column_text(s, column);
	size_t len = (size_t)sqlite3_column_bytes(s, column);

	return text && len < size && strlen(text) == len ? text : NULL;
}

int nw_store_db_read(struct nw_store_db *db, nw_store_row_fn row, void *ctx, uint64_t *ret_bad)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db->sql, read_sql, -1, &s, NULL);

	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		const char *kind, *key, *value;

		rc = sqlite3_step(s);
		if (rc != SQLITE_ROW) {
			break;
		}
		kind = text_at(s, 0, NW_KEPT_KIND);
		key = text_at(s, 1, NW_KEPT_KEY);
		value = text_at(s, 2, NW_KEPT_VALUE);
		if (kind && key && value) {
			row(ctx, kind, key, value);
		} else {
			(*ret_bad)++;
		}
	}
	if (errno_of(rc) < 0) {
		keep_error(db);
	}
	(void)sqlite3_finalize(s);
	return errno_of(rc);
}

static int step(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	(void)sqlite3_reset(s);
	return errno_of(rc);
}

static int write_row(struct nw_store_db *db, const struct nw_store_row *r, int64_t now)
{
	sqlite3_stmt *s = r->value[0] ? db->put : db->forget;

	(void)sqlite3_bind_text(s, 1, r->kind, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(s, 2, r->key, -1, SQLITE_STATIC);
	if (r->value[0]) {
		(void)sqlite3_bind_text(s, 3, r->value, -1, SQLITE_STATIC);
		(void)sqlite3_bind_int64(s, 4, now);
	}
	return step(s);
}

/* One kind at a time: rows above the limit go, the oldest first. */
static int evict(struct nw_store_db *db, uint64_t *ret_evicted)
{
	char kind[NW_KEPT_KIND];
	int64_t count = 0;
	int rc;
	int r;

	(void)sqlite3_bind_int64(db->full, 1, db->rows);
	rc = sqlite3_step(db->full);
	if (rc == SQLITE_ROW) {
		(void)snprintf(kind, sizeof(kind), "%s",
			       (const char *)sqlite3_column_text(db->full, 0));
		count = sqlite3_column_int64(db->full, 1) - db->rows;
	}
	(void)sqlite3_reset(db->full);
	if (rc != SQLITE_ROW) {
		return errno_of(rc);
	}
	(void)sqlite3_bind_text(db->evict, 1, kind, -1, SQLITE_TRANSIENT);
	(void)sqlite3_bind_int64(db->evict, 2, count);
	r = step(db->evict);
	*ret_evicted += r == 0 ? (uint64_t)count : 0;
	return r;
}

int nw_store_db_write(struct nw_store_db *db, const struct nw_store_row *rows, unsigned count,
		      uint64_t *ret_evicted)
{
	int64_t now = time(NULL);
	uint64_t evicted = 0;
	int r = run(db, "BEGIN IMMEDIATE");

	for (unsigned i = 0; r == 0 && i < count; i++) {
		r = write_row(db, &rows[i], now);
	}
	if (r == 0 && db->writes++ % EVICT_EVERY == 0) {
		r = evict(db, &evicted);
	}
	r = r < 0 ? r : run(db, "COMMIT");
	if (r < 0) {
		keep_error(db);
		(void)run(db, "ROLLBACK");
		return r;
	}
	*ret_evicted += evicted;
	return 0;
}
