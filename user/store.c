/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The storage thread. Once a second it takes what waits and writes it in one transaction, so a kill
 * takes at most that second. Where the disk is full rows wait in the queue and it tries again; what
 * finds no room there is refused and counted. A database that turns out to be damaged is not touched
 * any more: the next start puts it aside. Owns the database, the queue and the thread.
 */
#include "store.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "util/lru.h"

#define BATCH	2048
#define EVERY_S 1
#define AGAIN_S 5 /* after a failure */

static const struct nw_store_limits defaults = { .queue = 8192, .rows = 32768, .pages = 16384 };

struct nw_store {
	struct nw_store_db *db;
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;
	struct nw_lru lru;
	struct nw_store_row *row;
	uint64_t lost;
	bool is_started, is_ending, is_broken;
	/* the thread's own */
	struct nw_store_row batch[BATCH];
	bool is_failing;
};

/* ---- the queue ------------------------------------------------------------------------------ */

static uint32_t hash_of(const struct nw_store *s, const struct nw_store_row *r)
{
	return nw_hash_text(nw_hash_text(s->lru.seed, r->kind), r->key);
}

static uint32_t find(const struct nw_store *s, const struct nw_store_row *r)
{
	uint32_t i = nw_lru_first(&s->lru, hash_of(s, r));

	while (i != NW_LRU_NONE &&
	       (strcmp(s->row[i].kind, r->kind) != 0 || strcmp(s->row[i].key, r->key) != 0)) {
		i = nw_lru_next(&s->lru, i);
	}
	return i;
}

/* False: no room. With the lock. */
static bool put(struct nw_store *s, const struct nw_store_row *r, bool is_newer)
{
	uint32_t i = find(s, r);

	if (i != NW_LRU_NONE && !is_newer) {
		return true;
	}
	if (i == NW_LRU_NONE) {
		i = nw_lru_add(&s->lru, hash_of(s, r));
	}
	if (i == NW_LRU_NONE) {
		s->lost++;
		return false;
	}
	memcpy(s->row[i].kind, r->kind, sizeof(r->kind));
	memcpy(s->row[i].key, r->key, sizeof(r->key));
	memcpy(s->row[i].value, r->value,
	       strlen(r->value) + 1); /* as long as it is: the rest is not touched */
	return true;
}

bool nw_store_keep(void *store, const struct nw_kept *row)
{
	struct nw_store *s = store;
	struct nw_store_row r;
	bool is_kept;

	memcpy(r.kind, row->kind, sizeof(r.kind));
	memcpy(r.key, row->key, sizeof(r.key));
	r.value[0] = '\0';
	if (row->len) {
		(void)nw_kept_value(row, r.value);
	}
	(void)pthread_mutex_lock(&s->lock);
	s->lost += s->is_broken;
	is_kept = s->is_broken || put(s, &r, true);
	(void)pthread_mutex_unlock(&s->lock);
	return is_kept;
}

uint64_t nw_store_lost(struct nw_store *s)
{
	uint64_t lost;

	if (!s) {
		return 0;
	}
	(void)pthread_mutex_lock(&s->lock);
	lost = s->lost;
	(void)pthread_mutex_unlock(&s->lock);
	return lost;
}

/* The oldest ones, out of the queue. With the lock. */
static unsigned take_batch(struct nw_store *s)
{
	unsigned n = 0;

	while (n < BATCH && s->lru.used) {
		s->batch[n++] = s->row[s->lru.oldest];
		nw_lru_remove(&s->lru, s->lru.oldest);
	}
	return n;
}

/* ---- the thread ----------------------------------------------------------------------------- */

/* With the lock, which is given away while it writes. False when it failed. */
static bool write_batch(struct nw_store *s)
{
	unsigned n = take_batch(s);
	uint64_t evicted = 0;
	int r;

	(void)pthread_mutex_unlock(&s->lock);
	r = n ? nw_store_db_write(s->db, s->batch, n, &evicted) : 0;
	if (r < 0 && !s->is_failing) {
		nw_warn("cannot write " NW_STORE_FILE ": %s; %s", nw_store_db_error(s->db),
			r == -EBADMSG ? "nothing more is kept, the next start puts it aside"
				      : "it is tried again");
	}
	if (r == 0 && n && s->is_failing) {
		nw_warn(NW_STORE_FILE " can be written again");
	}
	(void)pthread_mutex_lock(&s->lock);
	s->is_failing = r < 0;
	s->lost += evicted;
	if (r == -EBADMSG) {
		s->is_broken = true;
		s->lost += n + s->lru.used;
		while (s->lru.used) {
			nw_lru_remove(&s->lru, s->lru.oldest);
		}
		return false;
	}
	for (unsigned i = 0; r < 0 && i < n; i++) {
		(void)put(s, &s->batch[i], false);
	}
	return r == 0;
}

static void wait_for_work(struct nw_store *s)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += s->is_failing ? AGAIN_S : EVERY_S;
	while (!s->is_ending && pthread_cond_timedwait(&s->wake, &s->lock, &until) == 0) {
	}
}

static void *work(void *arg)
{
	const struct sched_param usual = { .sched_priority = 0 };
	struct nw_store *s = arg;

	(void)sched_setscheduler(0, SCHED_OTHER, &usual); /* the disk can wait, others not */
	(void)pthread_mutex_lock(&s->lock);
	while (!s->is_ending) {
		wait_for_work(s);
		(void)write_batch(s);
	}
	while (s->lru.used && write_batch(s)) {
	}
	(void)pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- life ----------------------------------------------------------------------------------- */

int nw_store_open(const char *dir, const struct nw_store_limits *limits, struct nw_store **ret)
{
	struct nw_store *s = calloc(1, sizeof(*s));
	pthread_condattr_t attr;
	int r;

	limits = limits ? limits : &defaults;
	if (!s) {
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&s->wake, &attr);
	(void)pthread_condattr_destroy(&attr);
	s->row = calloc(limits->queue, sizeof(*s->row));
	r = s->row ? nw_lru_init(&s->lru, limits->queue) : -ENOMEM;
	r = r < 0 ? r : nw_store_db_open(dir, limits, &s->db);
	if (r < 0) {
		nw_store_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

void nw_store_read(struct nw_store *s, nw_store_row_fn row, void *ctx)
{
	int r = s ? nw_store_db_read(s->db, row, ctx, &s->lost) : 0;

	if (r < 0) {
		s->lost++;
		nw_warn("cannot read all of " NW_STORE_FILE ": %s", nw_store_db_error(s->db));
	}
}

int nw_store_start(struct nw_store *s)
{
	sigset_t all, before;
	int r;

	if (!s) {
		return 0;
	}
	(void)sigfillset(&all); /* signals are the loop's */
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&s->thread, NULL, work, s);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	s->is_started = r == 0;
	return r;
}

void nw_store_close(struct nw_store *s)
{
	if (!s) {
		return;
	}
	(void)pthread_mutex_lock(&s->lock);
	s->is_ending = true;
	(void)pthread_cond_signal(&s->wake);
	(void)pthread_mutex_unlock(&s->lock);
	if (s->is_started) {
		(void)pthread_join(s->thread, NULL);
		if (s->lru.used) {
			nw_warn("%u rows that waited are not in " NW_STORE_FILE, s->lru.used);
		}
	}
	nw_store_db_close(s->db);
	nw_lru_free(&s->lru);
	free(s->row);
	(void)pthread_cond_destroy(&s->wake);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}
