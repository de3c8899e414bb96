/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who uses the files below the recording roots. Owns two tables: what one process does with one
 * file, and the sums of each process. Whether an open file is read or written is known when it is
 * closed, or when a look at all open files meets it; a file that was opened for writing and did not
 * change was read. How much was read: at least as far as an open file's position was seen to go, at
 * most the file's size. Entries of a process that ended go after a minute, those of a file that is
 * closed after ten; when the table is full the oldest goes, and that is counted. Where the kernel counts
 * reads, what it says goes before both: it tells totals, and a count that began anew has another birth.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "recording_path.h"
#include "state/policy.h"
#include "util/text.h"

#define TELL_NS	   (10 * NW_NSEC_PER_SEC) /* between two records of a process */
#define ENDED_NS   (60 * NW_NSEC_PER_SEC)
#define CLOSED_NS  (600 * NW_NSEC_PER_SEC)
#define FRESH_NS   (2 * NW_NSEC_PER_SEC) /* what was changed this long before its end was written */
#define SWEEP_STEP 64			 /* entries looked at in a tick */

static uint32_t index_of(const struct nw_state *st, const struct nw_proc *p)
{
	return (uint32_t)(p - st->procs);
}

static uint32_t hash_of(const struct nw_state *st, const struct nw_ev_file *e, uint32_t proc)
{
	uint64_t h = nw_hash_mix(st->recs.lru.seed, e->inode);

	return (uint32_t)nw_hash_mix(h, (uint64_t)e->dev << 32 | proc);
}

int nw_recs_init(struct nw_state *st, uint32_t processes)
{
	struct nw_recs *t = &st->recs;
	uint32_t capacity = processes / 2 + 1;
	int r = nw_lru_init(&t->lru, capacity);

	if (r < 0) {
		return r;
	}
	t->rec = calloc(capacity, sizeof(*t->rec));
	t->link = calloc(capacity, sizeof(*t->link));
	t->use = calloc(processes, sizeof(*t->use));
	return t->rec && t->link && t->use ? 0 : -ENOMEM;
}

void nw_recs_free(struct nw_recs *t)
{
	nw_lru_free(&t->lru);
	free(t->rec);
	free(t->link);
	free(t->use);
}

/* ---- in and out ----------------------------------------------------------------------------- */

/* The sums of a process; a place in its table that was another's begins anew. */
static struct nw_rec_book *book_of(const struct nw_state *st, const struct nw_proc *p)
{
	struct nw_rec_book *b = &st->recs.use[index_of(st, p)];

	if (!nw_proc_id_is_same(&b->id, &p->id)) {
		*b = (struct nw_rec_book){ .id = p->id };
	}
	return b;
}

static void take_out(struct nw_state *st, uint32_t i)
{
	struct nw_recs *t = &st->recs;
	struct nw_proc *p = t->rec[i].proc;

	nw_list_remove(t->link, &book_of(st, p)->first, i);
	t->rec[i].proc = NULL;
	nw_lru_remove(&t->lru, i);
	nw_proc_unref(st, p);
}

static struct nw_rec *find(const struct nw_recs *t, uint32_t hash, const struct nw_ev_file *e,
			   const struct nw_proc *p)
{
	for (uint32_t i = nw_lru_first(&t->lru, hash); i != NW_LRU_NONE;
	     i = nw_lru_next(&t->lru, i)) {
		struct nw_rec *r = &t->rec[i];

		if (r->proc == p && r->inode == e->inode && r->dev == e->dev) {
			return r;
		}
	}
	return NULL;
}

static struct nw_rec *add(struct nw_state *st, const struct nw_ev_file *e, struct nw_proc *p)
{
	struct nw_recs *t = &st->recs;
	uint32_t hash = hash_of(st, e, index_of(st, p));
	struct nw_rec_book *b = book_of(st, p);
	uint32_t i = nw_lru_add(&t->lru, hash);

	if (i == NW_LRU_NONE) {
		nw_proc_ref(p); /* the entry that goes may be its last */
		nw_state_lose(st, NW_LOSS_FILE_EVICTED);
		take_out(st, t->lru.oldest);
		i = nw_lru_add(&t->lru, hash);
		p->refs--;
	}
	t->rec[i] = (struct nw_rec){
		.proc = nw_proc_ref(p),
		.inode = e->inode,
		.dev = e->dev,
		.root = e->root,
		.first_ns = st->now_ns,
	};
	nw_list_add(t->link, &b->first, i);
	return &t->rec[i];
}

/* Its counts in the kernel go on. */
static struct nw_rec *renew(struct nw_state *st, struct nw_rec *r, const struct nw_ev_file *e,
			    struct nw_proc *p)
{
	struct nw_rec was = *r;

	nw_proc_ref(p); /* this may be its last entry */
	take_out(st, (uint32_t)(r - st->recs.rec));
	r = add(st, e, p);
	nw_proc_unref(st, p);
	memcpy(r->born_ns, was.born_ns, sizeof(r->born_ns));
	memcpy(r->seen, was.seen, sizeof(r->seen));
	return r;
}

/* ---- what events say ------------------------------------------------------------------------- */

static bool is_fresh(const struct nw_state *st, const struct nw_ev_file *e)
{
	return e->mtime_ns + FRESH_NS >= nw_state_wall_ns(st, st->now_ns);
}

/* It was opened for writing and is closed: was it written? What the file was at its opening is known
 * as of the look at the notification: all may have been written by then, so what was fresh then was
 * written by who did not read it. */
static bool is_changed(const struct nw_state *st, const struct nw_rec *r,
		       const struct nw_ev_file *e)
{
	if (r->opened_mtime_ns && !(e->flags & NW_FILE_OPENED)) {
		return r->opened_mtime_ns != e->mtime_ns || r->opened_size != e->size ||
		       (r->is_opened_fresh && !r->is_read);
	}
	return is_fresh(st, e);
}

static void add_camera(struct nw_rec_use *u, const struct nw_rec *r)
{
	if (!u->camera[0]) {
		memcpy(u->camera, r->camera, sizeof(u->camera));
		u->is_camera_known = r->is_camera_known;
	} else if (r->camera[0] && strcmp(u->camera, r->camera) != 0) {
		u->has_more_cameras = true;
	}
}

/* The sums grow by what is new about this file, or shrink when a count knows better than its size. */
static void sum_read(struct nw_state *st, struct nw_rec *r)
{
	struct nw_rec_use *u = &book_of(st, r->proc)->use;
	uint64_t least = nw_rec_least(r);
	uint64_t most = nw_rec_most(r);
	uint64_t mapped = NW_MIN(r->mapped, r->size);

	r->added_file = !r->is_read;
	r->added_position = !r->has_position && (least || r->is_counted);
	r->added_most = (int64_t)(most - r->summed_most);
	r->added_least = (int64_t)(least - r->summed_least);
	r->added_mapped = mapped - NW_MIN(mapped, r->summed_mapped);
	if (r->added_file) {
		r->is_read = true;
		u->files++;
		u->first_ns = u->first_ns ? u->first_ns : st->now_ns;
		add_camera(u, r);
	}
	u->bytes_most += most - r->summed_most;
	r->summed_most = most;
	r->added_uncounted = (int64_t)(nw_rec_uncounted(r) - r->summed_uncounted);
	u->uncounted += (uint64_t)r->added_uncounted;
	r->summed_uncounted += (uint64_t)r->added_uncounted;
	u->bytes_least += least - r->summed_least;
	u->positions += r->added_position;
	r->has_position = r->has_position || r->added_position;
	r->summed_least = least;
	u->bytes_mapped += r->added_mapped;
	r->summed_mapped += r->added_mapped;
	if (r->mtime_ns && (!u->file_first_ns || r->mtime_ns < u->file_first_ns)) {
		u->file_first_ns = r->mtime_ns;
	}
	u->file_last_ns = NW_MAX(u->file_last_ns, r->mtime_ns);
	u->last_ns = st->now_ns;
}

static void sum_written(struct nw_state *st, struct nw_rec *r)
{
	struct nw_rec_use *u = &book_of(st, r->proc)->use;

	u->written += !r->is_written;
	u->written_ns = st->now_ns;
	r->is_written = true;
}

static void on_used(struct nw_state *st, struct nw_rec *r, const struct nw_ev_file *e)
{
	bool is_reading = e->flags & NW_FILE_CLOSED_READ;

	r->mtime_ns = e->mtime_ns;
	r->is_removed = e->flags & NW_FILE_REMOVED;
	if (e->flags & NW_FILE_CLOSED_WRITE) {
		if (is_changed(st, r, e)) {
			sum_written(st, r);
		} else {
			is_reading = true;
		}
	}
	if (e->flags & NW_FILE_OPENED) {
		r->opens++;
		r->opened_mtime_ns = e->mtime_ns;
		r->opened_size = e->size;
		r->is_opened_fresh = is_fresh(st, e);
		/* how far it gets can be seen while it is open */
		st->wants_scan = st->wants_scan || !book_of(st, r->proc)->use.written;
	}
	r->is_open = !(e->flags & (NW_FILE_CLOSED_READ | NW_FILE_CLOSED_WRITE));
	if (is_reading) {
		sum_read(st, r);
	}
}

static void on_position(struct nw_state *st, struct nw_rec *r, const struct nw_ev_file *e)
{
	bool can_write = e->flags & NW_FILE_CAN_WRITE;

	r->is_open = true;
	if (!(e->flags & NW_FILE_CAN_READ) || (can_write && e->size > r->opened_size)) {
		sum_written(st, r); /* it grows: its position is where it was written to */
		return;
	}
	r->position = NW_MAX(r->position, e->position);
	if (!can_write || r->position) {
		sum_read(st, r);
	}
}

/* A total of the kernel's: what is new of it. */
static void on_count(struct nw_state *st, struct nw_rec *r, const struct nw_ev_file *e)
{
	struct nw_rec_use *u = &book_of(st, r->proc)->use;
	unsigned i = e->ev.what == NW_FILE_MAPPED;
	uint64_t more;

	if (r->born_ns[i] != e->mtime_ns) {
		r->born_ns[i] = e->mtime_ns;
		r->seen[i] = 0;
	}
	more = e->position - NW_MIN(e->position, r->seen[i]);
	r->seen[i] += more;
	if (!r->is_counted) {
		r->is_counted = true;
		r->added_count = true;
		u->counts++;
		r->is_in_part = nw_rec_root_is_in_part(st, r);
		u->in_part += r->is_in_part;
	}
	if (i) {
		r->mapped += NW_MIN(more, UINT64_MAX - r->mapped);
	} else {
		r->bytes += NW_MIN(more, UINT64_MAX - r->bytes);
		r->added_bytes = more;
		u->bytes += more;
	}
	sum_read(st, r);
}

/* Another one when any of them is another. */
static uint64_t sum_of(const struct nw_rec_use *u)
{
	return u->bytes_least + u->bytes_most + u->bytes + u->bytes_mapped + u->counts;
}

/* Told at its first file, and then at most every TELL_NS while there is more; what is over at once. */
static void tell(struct nw_state *st, struct nw_rec *r)
{
	struct nw_rec_book *b = book_of(st, r->proc);

	if (!r->is_read || nw_rec_is_recorder(st, r->proc) ||
	    (b->told_ns && !r->proc->end_ns && st->now_ns < b->told_ns + TELL_NS) ||
	    (b->told_ns && b->told_files == b->use.files && b->told_bytes == sum_of(&b->use))) {
		return;
	}
	nw_state_tell(st,
		      (struct nw_output){ .dataset = NW_DATASET_FILE,
					  .action = b->told_ns ? NW_ACTION_UPDATE : NW_ACTION_START,
					  .rec = r });
	b->told_ns = st->now_ns;
	b->told_files = b->use.files;
	b->told_bytes = sum_of(&b->use);
}

static struct nw_proc *known(const struct nw_state *st, const struct nw_ev_file *e)
{
	return e->self.start_ns ? nw_proc_find(st, &e->self) : nw_proc_of_tgid(st, e->self.tgid);
}

static struct nw_proc *who(struct nw_state *st, const struct nw_ev_file *e)
{
	struct nw_proc *p = known(st, e);

	/* what is out of scope is on the same file system, and nobody introduced it */
	return p || st->is_narrow ? p : nw_proc_get(st, &e->self);
}

void nw_recs_on_event(struct nw_state *st, const struct nw_ev_file *e)
{
	struct nw_proc *p = who(st, e);
	char path[NW_FILE_PATH_MAX + 1];
	struct nw_rec *r;

	if (!p) {
		return;
	}
	nw_rec_path_of(e, path);
	r = find(&st->recs, hash_of(st, e, index_of(st, p)), e, p);
	if (!r) {
		r = add(st, e, p);
	} else if (nw_rec_is_another(r, e, path)) {
		r = renew(st, r, e, p);
	} else {
		nw_lru_touch(&st->recs.lru, (uint32_t)(r - st->recs.rec));
	}
	nw_rec_put_path(st, r, e, path);
	r->added_file = r->added_position = r->added_count = false;
	r->added_least = r->added_most = r->added_uncounted = 0;
	r->added_bytes = r->added_mapped = 0;
	r->size = NW_MAX(r->size, e->size);
	r->last_ns = st->now_ns;
	if (e->ev.what == NW_FILE_POSITION) {
		on_position(st, r, e);
	} else if (e->ev.what == NW_FILE_READ || e->ev.what == NW_FILE_MAPPED) {
		on_count(st, r, e);
	} else {
		on_used(st, r, e);
	}
	tell(st, r);
}

void nw_recs_on_tick(struct nw_state *st)
{
	struct nw_recs *t = &st->recs;

	for (unsigned n = 0; n < SWEEP_STEP && t->lru.fresh; n++) {
		uint32_t i = t->sweep++ % t->lru.fresh;
		struct nw_rec *r = &t->rec[i];

		if (r->proc) {
			tell(st, r); /* what came since it was told last */
		}
		if (r->proc && ((r->proc->end_ns && st->now_ns > r->proc->end_ns + ENDED_NS) ||
				(!r->is_open && st->now_ns > r->last_ns + CLOSED_NS))) {
			take_out(st, i);
		}
	}
}

/* ---- reading -------------------------------------------------------------------------------- */

const struct nw_rec_use *nw_rec_use_of(const struct nw_state *st, const struct nw_proc *p)
{
	return &book_of(st, p)->use;
}

const struct nw_rec *nw_rec_of(const struct nw_state *st, const struct nw_ev_file *e)
{
	const struct nw_proc *p = known(st, e);

	return p ? find(&st->recs, hash_of(st, e, index_of(st, p)), e, p) : NULL;
}

const struct nw_rec *nw_rec_next(const struct nw_state *st, const struct nw_proc *p,
				 const struct nw_rec *after)
{
	const struct nw_recs *t = &st->recs;
	uint32_t i;

	if (p) {
		i = after ? t->link[after - t->rec].next : book_of(st, p)->first;
		return i ? &t->rec[i - 1] : NULL;
	}
	for (i = after ? (uint32_t)(after - t->rec) + 1 : 0; i < t->lru.fresh; i++) {
		if (t->rec[i].proc) {
			return &t->rec[i];
		}
	}
	return NULL;
}

bool nw_rec_is_recorder(const struct nw_state *st, const struct nw_proc *p)
{
	return book_of(st, p)->use.written || nw_policy_recorder(st, p);
}
