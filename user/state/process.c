/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes, named by pid and start time. Owns the table. A process that ended is kept while a flow
 * or listener refers to it, and lingers for LINGER_NS, since a socket's last word comes after its
 * process's; but only the last LINGER_MAX linger, so that a flood of short ones takes no place from
 * those that live, and no memory. When the table is full the one that was quiet longest and that
 * nobody refers to goes.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define LINGER_NS   (10 * NW_NSEC_PER_SEC)
#define LINGER_MAX  NW_EXITS_MAX
#define EVICT_TRIES 64
#define TGIDS	    65536 /* lists of processes, by the low bits of their pids */

static uint32_t hash_of(const struct nw_state *st, const struct nw_proc_id *id)
{
	return (uint32_t)nw_proc_id_hash(st->proc_lru.seed, id);
}

static uint32_t index_of(const struct nw_state *st, const struct nw_proc *p)
{
	return (uint32_t)(p - st->procs);
}

uint32_t nw_proc_place(const struct nw_state *st, const struct nw_proc *p)
{
	return index_of(st, p);
}

int nw_procs_init(struct nw_state *st, uint32_t capacity)
{
	int r = nw_lru_init(&st->proc_lru, capacity);

	if (r < 0) {
		return r;
	}
	st->procs = calloc(capacity, sizeof(*st->procs));
	st->proc_of_tgid = calloc(TGIDS, sizeof(*st->proc_of_tgid));
	st->proc_links = calloc(capacity, sizeof(*st->proc_links));
	return st->procs && st->proc_of_tgid && st->proc_links ? 0 : -1;
}

struct nw_proc *nw_proc_find(const struct nw_state *st, const struct nw_proc_id *id)
{
	uint32_t h = hash_of(st, id);

	for (uint32_t i = nw_lru_first(&st->proc_lru, h); i != NW_LRU_NONE;
	     i = nw_lru_next(&st->proc_lru, i)) {
		if (nw_proc_id_is_same(&st->procs[i].id, id)) {
			return &st->procs[i];
		}
	}
	return NULL;
}

struct nw_proc *nw_proc_of_tgid(const struct nw_state *st, uint32_t tgid)
{
	struct nw_proc *found = NULL;

	for (uint32_t i = st->proc_of_tgid[tgid % TGIDS]; i; i = st->proc_links[i - 1].next) {
		struct nw_proc *p = &st->procs[i - 1];

		if (tgid && p->id.tgid == tgid && (!found || p->id.start_ns > found->id.start_ns)) {
			found = p;
		}
	}
	return found;
}

/* Its place is another's from now on. */
static void forget(struct nw_state *st, struct nw_proc *p)
{
	uint32_t i = index_of(st, p);

	nw_holds_forget(st, p);
	nw_list_remove(st->proc_links, &st->proc_of_tgid[p->id.tgid % TGIDS], i);
	p->id.tgid = 0; /* the ring of exits may still name this slot */
	nw_lru_remove(&st->proc_lru, i);
}

/* Make room: the longest quiet one that nobody refers to. */
static bool evict(struct nw_state *st)
{
	uint32_t i = st->proc_lru.oldest;

	for (unsigned tries = 0; i != NW_LRU_NONE && tries < EVICT_TRIES; tries++) {
		if (st->procs[i].refs == 0) {
			if (!st->procs[i].end_ns) {
				nw_state_lose(st, NW_LOSS_PROC_EVICTED);
			}
			forget(st, &st->procs[i]);
			return true;
		}
		i = st->proc_lru.link[i].newer;
	}
	return false;
}

static uint64_t next_version(void)
{
	static uint64_t version; /* of the whole program, so that no two states share one */

	return ++version;
}

static struct nw_proc *add(struct nw_state *st, const struct nw_proc_id *id)
{
	uint32_t i = nw_lru_add(&st->proc_lru, hash_of(st, id));
	struct nw_proc *p;

	if (i == NW_LRU_NONE && evict(st)) {
		i = nw_lru_add(&st->proc_lru, hash_of(st, id));
	}
	if (i == NW_LRU_NONE) {
		nw_state_lose(st, NW_LOSS_PROC_EVICTED);
		return NULL;
	}
	p = &st->procs[i];
	nw_list_add(st->proc_links, &st->proc_of_tgid[id->tgid % TGIDS], i);
	*p = (struct nw_proc){ .id = *id, .version = next_version() };
	return p;
}

struct nw_proc *nw_proc_get(struct nw_state *st, const struct nw_proc_id *id)
{
	struct nw_proc *p;

	if (!id->tgid) {
		return NULL;
	}
	p = nw_proc_find(st, id);
	if (p) {
		nw_lru_touch(&st->proc_lru, index_of(st, p));
		return p;
	}
	p = add(st, id);
	if (p) {
		p->is_unknown = true;
	}
	return p;
}

struct nw_proc *nw_proc_ref(struct nw_proc *p)
{
	if (p) {
		p->refs++;
	}
	return p;
}

void nw_proc_unref(struct nw_state *st, struct nw_proc *p)
{
	if (!p) {
		return;
	}
	p->refs--;
	if (p->refs == 0 && p->end_ns && !p->is_lingering) {
		forget(st, p);
	}
}

/* ---- what an event says --------------------------------------------------------------------- */

static void copy_text(char *to, size_t room, const char *from, size_t len)
{
	len = NW_MIN(len, room - 1);
	memcpy(to, from, len);
	to[len] = '\0';
}

/* Too long: the end of it, behind "...". */
static void put_path(struct nw_proc *p, const char *path, size_t len)
{
	size_t room = sizeof(p->exe) - 4;

	if (len < sizeof(p->exe)) {
		copy_text(p->exe, sizeof(p->exe), path, len);
		return;
	}
	memcpy(p->exe, "...", 3);
	memcpy(p->exe + 3, path + len - room, room);
	p->exe[sizeof(p->exe) - 1] = '\0';
	p->flags |= NW_PROC_EXE_CUT;
}

/* Components, last first, each ended by NUL -> a path. */
static void join_path(struct nw_proc *p, const char *parts, size_t len)
{
	char path[NW_EXE_MAX + 2];
	char *at = path + sizeof(path) - 1;
	const char *end = parts + len;

	*at = '\0';
	while (parts < end) {
		size_t n = strnlen(parts, (size_t)(end - parts));

		if ((size_t)(at - path) < n + 1) {
			break;
		}
		at -= n;
		memcpy(at, parts, n);
		if (!(p->flags & NW_PROC_MEMFD)) { /* that one is in no directory */
			*--at = '/';
		}
		parts += n + 1;
	}
	put_path(p, at, strlen(at));
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool nw_proc_speaks(struct nw_state *st, const struct nw_proc_id *id, unsigned maker,
		    const char *library)
{
	struct nw_proc *p = nw_proc_get(st, id);

	if (!p) {
		return false;
	}
	if (p->speaks_for & 1ULL << maker) {
		return true;
	}
	if (!p->speaks_for) {
		copy_text(p->library, sizeof(p->library), library, strlen(library));
	}
	p->speaks_for |= 1ULL << maker;
	p->version = next_version();
	if (!p->is_unknown) { /* else it is still to be told */
		nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_PROCESS,
						      .action = NW_ACTION_SPEAKS,
						      .proc = p });
	}
	return true;
}

const struct nw_proc *nw_proc_next(const struct nw_state *st, const struct nw_proc *after)
{
	uint32_t i = after ? st->proc_lru.link[after - st->procs].older : st->proc_lru.newest;

	return i == NW_LRU_NONE ? NULL : &st->procs[i];
}

/* A container runtime names the leaf by the container's 64 hex digits, alone or inside a scope. */
static void read_cgroup(struct nw_proc *p)
{
	const char *leaf = p->cgroup;
	size_t len = strlen(leaf);
	size_t run = 0;

	p->container[0] = '\0';
	p->unit[0] = '\0';
	for (size_t i = 0; i < len; i++) {
		run = is_hex(leaf[i]) ? run + 1 : 0;
		if (run == 64) {
			copy_text(p->container, sizeof(p->container), leaf + i - 63, 12);
			return;
		}
	}
	if ((len > 8 && strcmp(leaf + len - 8, ".service") == 0) ||
	    (len > 6 && strcmp(leaf + len - 6, ".scope") == 0)) {
		copy_text(p->unit, sizeof(p->unit), leaf, len);
	}
}

static void take_exec(const struct nw_state *st, struct nw_proc *p, const struct nw_ev_proc *e)
{
	const char *tail = e->tail;

	p->version = next_version();
	p->flags = e->flags & ~(uint32_t)NW_PROC_EXE_PARTS;
	p->cgroup_id = e->cgroup_id;
	p->exe_ino = e->exe_ino;
	p->exe_dev = e->exe_dev;
	p->exe_file = 0;
	p->uid = e->uid;
	p->gid = e->gid;
	p->netns = e->netns;
	p->session = e->session;
	p->parent_id = e->parent;
	p->is_unknown = false;
	memcpy(p->stdio_id, e->stdio_ino, sizeof(p->stdio_id));
	memcpy(p->stdio_dev, e->stdio_dev, sizeof(p->stdio_dev));
	copy_text(p->name, sizeof(p->name), e->comm, strnlen(e->comm, sizeof(e->comm)));
	if (e->flags & NW_PROC_EXE_PARTS) {
		join_path(p, tail, e->exe_len);
	} else {
		put_path(p, tail, strnlen(tail, e->exe_len));
	}
	p->program = nw_program_of(st, p);
	tail += e->exe_len;
	p->args_len = (uint16_t)NW_MIN(e->args_len, sizeof(p->args) - 1);
	if (p->args_len < e->args_len) {
		p->flags |= NW_PROC_ARGS_CUT;
	}
	memcpy(p->args, tail, p->args_len);
	p->args[p->args_len] = '\0';
	tail += e->args_len;
	copy_text(p->cgroup, sizeof(p->cgroup), tail, e->cgroup_len);
	read_cgroup(p);
}

/* Somebody is behind it: who, the open files say. A new terminal's first program, whatever it is, and
 * a shell that is spoken to by a program. */
static bool is_worth_a_scan(const struct nw_proc *p)
{
	enum nw_stdio in = nw_proc_stdio(p, 0);
	enum nw_stdio out = nw_proc_stdio(p, 1);

	if (in == NW_STDIO_PTY) {
		return p->session == p->id.tgid;
	}
	return (in == NW_STDIO_PIPE || in == NW_STDIO_SOCKET) &&
	       (out == NW_STDIO_PIPE || out == NW_STDIO_SOCKET) && (p->program & NW_PROGRAM_SHELL);
}

static void on_exec(struct nw_state *st, const struct nw_ev_proc *e, bool is_found)
{
	struct nw_proc *p = nw_proc_get(st, &e->self);

	if (!p) {
		return;
	}
	take_exec(st, p, e);
	p->is_found = is_found;
	if (!is_found) {
		p->speaks_for = 0; /* of the program before this one */
		p->library[0] = '\0';
		p->exec_ns = e->ev.ts_ns;
		nw_holds_on_exec(st, e, p);
		st->wants_scan = st->wants_scan || is_worth_a_scan(p);
	}
	nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_PROCESS,
					      .action = is_found ? NW_ACTION_FOUND : NW_ACTION_EXEC,
					      .proc = p });
}

/* What the child has, it has from its parent, until it runs another program. */
static void on_fork(struct nw_state *st, const struct nw_ev_proc *e)
{
	struct nw_proc *p = nw_proc_get(st, &e->self);
	const struct nw_proc *parent = nw_proc_find(st, &e->parent);
	struct nw_proc_id id = e->self;
	uint32_t refs;

	st->births++;
	if (!p) {
		return;
	}
	refs = p->refs;
	if (parent) {
		*p = *parent;
	}
	p->id = id;
	p->refs = refs;
	p->version = next_version();
	p->parent_id = e->parent;
	p->uid = e->uid;
	p->gid = e->gid;
	p->netns = e->netns;
	p->session = e->session ? e->session : p->session; /* 0: an older recording */
	p->exec_ns = 0;
	p->end_ns = 0;
	p->is_lingering = false;
	p->is_found = false;
	p->is_unknown = !parent;
	copy_text(p->name, sizeof(p->name), e->comm, strnlen(e->comm, sizeof(e->comm)));
}

/* The one that ended first lingers no longer. */
static void end_linger(struct nw_state *st)
{
	struct nw_proc *p = &st->procs[st->exits[st->exit_head++ % LINGER_MAX]];

	/* a slot that was given to another process is that one's affair */
	if (p->id.tgid && p->is_lingering) {
		p->is_lingering = false;
		if (p->refs == 0) {
			forget(st, p);
		}
	}
}

static void on_end(struct nw_state *st, const struct nw_ev_proc *e)
{
	struct nw_proc *p = nw_proc_find(st, &e->self);

	if (!p || p->end_ns) {
		return;
	}
	p->end_ns = e->ev.ts_ns;
	p->exit_code = e->exit_code;
	if (p->exec_ns || p->is_found) {
		nw_state_tell(st, (struct nw_output){ .dataset = NW_DATASET_PROCESS,
						      .action = NW_ACTION_EXIT,
						      .proc = p });
	}
	if (st->exit_tail - st->exit_head == LINGER_MAX) {
		end_linger(st);
	}
	st->exits[st->exit_tail++ % LINGER_MAX] = index_of(st, p);
	p->is_lingering = true;
}

void nw_procs_on_event(struct nw_state *st, const struct nw_ev_proc *e)
{
	switch (e->ev.what) {
	case NW_PROC_EXEC:
		on_exec(st, e, false);
		break;
	case NW_PROC_FOUND:
		on_exec(st, e, true);
		break;
	case NW_PROC_FORK:
		on_fork(st, e);
		break;
	default:
		on_end(st, e);
		break;
	}
}

void nw_procs_on_tick(struct nw_state *st)
{
	while (st->exit_head != st->exit_tail) {
		const struct nw_proc *p = &st->procs[st->exits[st->exit_head % LINGER_MAX]];

		if (p->id.tgid && p->is_lingering && st->now_ns < p->end_ns + LINGER_NS) {
			return;
		}
		end_linger(st);
	}
}

bool nw_netns_has_process(const struct nw_state *st, uint32_t netns)
{
	uint32_t i = st->proc_lru.newest;

	while (i != NW_LRU_NONE && (st->procs[i].netns != netns || st->procs[i].end_ns)) {
		i = st->proc_lru.link[i].older;
	}
	return i != NW_LRU_NONE;
}

void nw_proc_entity_id(const struct nw_state *st, const struct nw_proc_id *id,
		       char ret[NW_PROC_ID_HEX])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t h = nw_proc_id_hash(st->id_seed, id);

	h = nw_hash_mix(h, 0);
	for (int i = 15; i >= 0; i--) {
		ret[i] = digits[h & 0xf];
		h >>= 4;
	}
	ret[NW_PROC_ID_HEX - 1] = '\0';
}
