/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who can write to and who can read from what joins processes of this host: a pipe, the receive
 * queue of a Unix socket, shared memory, FUSE mounts, one direction of a loopback flow. Owns the table of
 * (object, process); a process that is forgotten leaves it. What a whole scan of open files did
 * not meet any more is gone, and stays an edge for GONE_NS: data may be further on its way.
 * Memory that a process has mapped is told by another hook, when the process changes: it stays until
 * a look at that process does not meet it. When the table is full the oldest entry goes, and that is counted.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "hold.h"
#include "internal.h"

#define GONE_NS	  (60 * NW_NSEC_PER_SEC)
#define A_PROCESS 4 /* entries reserved for each process, on average */
#define PAIRS	  4096
#define MAPPED	  0x80 /* of a mode: an entry beside the one of what is open */

static uint32_t hash_of(const struct nw_state *st, const struct nw_object *o)
{
	uint64_t h = nw_hash_mix(st->hold_lru.seed, o->id);

	return (uint32_t)nw_hash_mix(h, (uint64_t)o->dev << 8 | o->via);
}

static bool is_same(const struct nw_object *a, const struct nw_object *b)
{
	return a->id == b->id && a->dev == b->dev && a->via == b->via;
}

static bool is_edge(const struct nw_state *st, const struct nw_hold *h)
{
	return !h->gone_ns || st->now_ns <= h->gone_ns + GONE_NS;
}

static uint32_t index_of(const struct nw_state *st, const struct nw_proc *p)
{
	return (uint32_t)(p - st->procs);
}

int nw_holds_init(struct nw_state *st, uint32_t processes)
{
	uint32_t capacity = processes * A_PROCESS;
	int r = nw_lru_init(&st->hold_lru, capacity);

	if (r < 0) {
		return r;
	}
	st->holds = calloc(capacity, sizeof(*st->holds));
	st->hold_links = calloc(capacity, sizeof(*st->hold_links));
	st->hold_first = calloc(processes, sizeof(*st->hold_first));
	st->hold_pairs = calloc(PAIRS, sizeof(*st->hold_pairs));
	return st->holds && st->hold_links && st->hold_first && st->hold_pairs ? 0 : -ENOMEM;
}

/* ---- in and out ----------------------------------------------------------------------------- */

static void take_out(struct nw_state *st, uint32_t i)
{
	nw_list_remove(st->hold_links, &st->hold_first[st->holds[i].proc], i);
	st->holds[i].mode = 0;
	nw_lru_remove(&st->hold_lru, i);
}

static struct nw_hold *find(const struct nw_state *st, const struct nw_object *o, uint32_t proc,
			    uint8_t mode)
{
	for (uint32_t i = nw_lru_first(&st->hold_lru, hash_of(st, o)); i != NW_LRU_NONE;
	     i = nw_lru_next(&st->hold_lru, i)) {
		struct nw_hold *h = &st->holds[i];

		if (h->proc == proc && is_same(&h->object, o) && !((h->mode ^ mode) & MAPPED)) {
			return h;
		}
	}
	return NULL;
}

/* mode: NW_FD_READ, NW_FD_WRITE, NW_FD_NAMED, MAPPED; seen_ns: when it was known to be open. */
static void put(struct nw_state *st, const struct nw_object *o, const struct nw_proc *p,
		uint8_t mode, uint64_t seen_ns)
{
	struct nw_hold *h = find(st, o, index_of(st, p), mode);
	uint32_t i;

	if (!mode) {
		return;
	}
	if (!h) {
		i = nw_lru_add(&st->hold_lru, hash_of(st, o));
		if (i == NW_LRU_NONE) {
			nw_state_lose(st, NW_LOSS_HOLD_EVICTED);
			take_out(st, st->hold_lru.oldest);
			i = nw_lru_add(&st->hold_lru, hash_of(st, o));
		}
		h = &st->holds[i];
		*h = (struct nw_hold){ .object = *o, .proc = index_of(st, p) };
		nw_list_add(st->hold_links, &st->hold_first[h->proc], i);
	} else {
		nw_lru_touch(&st->hold_lru, (uint32_t)(h - st->holds));
	}
	st->joins += (mode & ~h->mode) != 0;
	/* one scan may meet it at several descriptors; another one begins anew */
	h->mode = h->seen_ns == seen_ns ? h->mode | mode : mode;
	h->seen_ns = seen_ns;
	h->gone_ns = 0;
}

void nw_holds_forget(struct nw_state *st, const struct nw_proc *p)
{
	while (st->hold_first[index_of(st, p)]) {
		take_out(st, st->hold_first[index_of(st, p)] - 1);
	}
}

/* ---- what events say ------------------------------------------------------------------------ */

/* What is written to a socket lands in the queue of the one at its other end. */
static void put_unix(struct nw_state *st, const struct nw_ev_fd *e, const struct nw_proc *p)
{
	struct nw_object o = { .id = e->inode, .dev = e->dev, .via = NW_VIA_UNIX };

	if (e->flags & NW_FD_LISTENING) {
		put(st, &o, p, e->flags & NW_FD_NAMED, e->scan_ns);
		return;
	}
	put(st, &o, p, e->flags & (NW_FD_READ | NW_FD_NAMED), e->scan_ns);
	if (e->peer_inode) {
		o.id = e->peer_inode;
		put(st, &o, p, e->flags & NW_FD_WRITE, e->scan_ns);
	}
}

/* Two objects: what the terminal's end writes, and what programs write. */
static void put_pty(struct nw_state *st, const struct nw_ev_fd *e, const struct nw_proc *p)
{
	struct nw_object o = { .id = e->inode * 2, .dev = e->dev, .via = NW_VIA_PTY };
	bool is_master = e->flags & NW_FD_MASTER;

	put(st, &o, p, is_master ? NW_FD_WRITE : NW_FD_READ, e->scan_ns);
	o.id++;
	put(st, &o, p, is_master ? NW_FD_READ : NW_FD_WRITE, e->scan_ns);
}

/* Who serves a file system gets what others write to its files. */
static void put_mount(struct nw_state *st, const struct nw_ev_fd *e, const struct nw_proc *p)
{
	struct nw_object o = { .via = NW_VIA_MOUNT };

	put(st, &o, p, e->flags & NW_FD_MASTER ? NW_FD_READ : NW_FD_WRITE, e->scan_ns);
}

/* It was given another one since it ran its program. */
static void set_stdio(struct nw_proc *p, const struct nw_ev_fd *e)
{
	const uint32_t shift = NW_PROC_STDIO_SHIFT + e->fd * NW_PROC_STDIO_BITS;
	bool is_inet = e->family == AF_INET || e->family == AF_INET6;
	uint32_t kind;

	switch (e->ev.what) {
	case NW_FD_SOCKET:
		kind = is_inet ? NW_STDIO_INET : NW_STDIO_SOCKET;
		break;
	case NW_FD_PIPE:
		kind = NW_STDIO_PIPE;
		break;
	case NW_FD_PTY:
		kind = e->flags & NW_FD_MASTER ? NW_STDIO_OTHER : NW_STDIO_PTY;
		break;
	default:
		return;
	}
	p->flags &= ~(((1U << NW_PROC_STDIO_BITS) - 1) << shift);
	p->flags |= kind << shift;
	p->stdio_id[e->fd] = kind == NW_STDIO_INET ? e->cookie : e->inode;
	p->stdio_dev[e->fd] = kind == NW_STDIO_INET ? 0 : e->dev;
}

/* All that is open was told: the rest is not. What an ended process had it had to its end. */
static void end_scan(struct nw_state *st, const struct nw_ev_fd *e)
{
	for (uint32_t i = 0; i < st->hold_lru.fresh; i++) {
		struct nw_hold *h = &st->holds[i];

		if (!h->mode) {
			continue;
		}
		if (h->gone_ns && !is_edge(st, h)) {
			take_out(st, i);
		} else if (!h->gone_ns && !e->lost && h->object.via != NW_VIA_LOOPBACK &&
			   !(h->mode & MAPPED) && h->seen_ns < e->scan_ns &&
			   !st->procs[h->proc].end_ns) {
			h->gone_ns = st->now_ns;
		}
	}
}

/* What a process has mapped; behind the last of it what it has no more. */
static void put_mapped(struct nw_state *st, const struct nw_ev_fd *e, const struct nw_proc *p)
{
	struct nw_object o = { .id = e->inode, .dev = e->dev, .via = NW_VIA_SHM };

	if (e->inode) {
		put(st, &o, p, (e->flags & (NW_FD_READ | NW_FD_WRITE)) | MAPPED, e->scan_ns);
		return;
	}
	for (uint32_t i = st->hold_first[index_of(st, p)]; i; i = st->hold_links[i - 1].next) {
		struct nw_hold *h = &st->holds[i - 1];

		if ((h->mode & MAPPED) && !h->gone_ns && h->seen_ns < e->scan_ns) {
			h->gone_ns = st->now_ns;
		}
	}
}

void nw_holds_on_fd(struct nw_state *st, const struct nw_ev_fd *e)
{
	const uint8_t mode = e->flags & (NW_FD_READ | NW_FD_WRITE);
	struct nw_object o = { .id = e->inode, .dev = e->dev, .via = NW_VIA_PIPE };
	struct nw_proc *p;

	if (e->ev.what == NW_FD_END) {
		end_scan(st, e);
		nw_chains_on_scan(st);
		return;
	}
	p = nw_proc_get(st, &e->self);
	if (!p) {
		return;
	}
	if (e->ev.hook == NW_HOOK_LIB_SCAN) {
		put_mapped(st, e, p);
		return;
	}
	if (e->fd < 3) {
		set_stdio(p, e);
	}
	if (e->ev.what == NW_FD_SOCKET && e->family != AF_UNIX) {
		return;
	}
	if (e->ev.what == NW_FD_PTY) {
		put_pty(st, e, p);
		return;
	}
	if (e->ev.what == NW_FD_MOUNT) {
		put_mount(st, e, p);
		return;
	}
	if (e->ev.what == NW_FD_SOCKET) {
		put_unix(st, e, p);
		return;
	}
	if (e->ev.what == NW_FD_MEMORY) {
		o.via = NW_VIA_SHM;
	}
	put(st, &o, p, mode, e->scan_ns);
}

/* What is not inherited is closed; which pipes are stdin, stdout and stderr the event says. */
void nw_holds_on_exec(struct nw_state *st, const struct nw_ev_proc *e, const struct nw_proc *p)
{
	nw_holds_forget(st, p);
	for (unsigned i = 0; i < 3; i++) {
		struct nw_object o = { .id = e->stdio_ino[i],
				       .dev = e->stdio_dev[i],
				       .via = NW_VIA_PIPE };

		if (o.id && nw_proc_stdio(p, i) == NW_STDIO_PIPE) {
			put(st, &o, p, e->flags >> (NW_PROC_STDIO_MODE_SHIFT + i * 2) & 3,
			    e->ev.ts_ns);
		}
	}
}

/* Two objects: what the owner sends, and what it gets. */
void nw_holds_on_flow(struct nw_state *st, const struct nw_flow *f)
{
	struct nw_object o = { .id = f->cookie * 2, .via = NW_VIA_LOOPBACK };

	if (!f->owner || !f->peer || f->owner == f->peer) {
		return;
	}
	if (f->tx_bytes) {
		put(st, &o, f->sender ? f->sender : f->owner, NW_FD_WRITE, st->now_ns);
		put(st, &o, f->peer, NW_FD_READ, st->now_ns);
	}
	o.id++;
	if (f->rx_bytes) {
		put(st, &o, f->owner, NW_FD_READ, st->now_ns);
		put(st, &o, f->peer, NW_FD_WRITE, st->now_ns);
	}
}

/* From one process to one other, and nobody else: whom. */
static bool is_pair(const struct nw_state *st, const struct nw_object *o, struct nw_hold_pair *ret)
{
	unsigned n = 0;

	*ret = (struct nw_hold_pair){ .id = o->id };
	for (uint32_t i = nw_lru_first(&st->hold_lru, hash_of(st, o)); i != NW_LRU_NONE;
	     i = nw_lru_next(&st->hold_lru, i)) {
		const struct nw_hold *h = &st->holds[i];

		if (is_same(&h->object, o)) {
			n++;
			*(h->mode == NW_FD_WRITE ? &ret->writer : &ret->reader) = h->proc;
		}
	}
	return n == 2 && ret->writer != ret->reader;
}

static void take_out_object(struct nw_state *st, const struct nw_object *o)
{
	uint32_t i = nw_lru_first(&st->hold_lru, hash_of(st, o));

	while (i != NW_LRU_NONE) {
		uint32_t next = nw_lru_next(&st->hold_lru, i);

		if (is_same(&st->holds[i].object, o)) {
			take_out(st, i);
		}
		i = next;
	}
}

/* Two processes may have a thousand connections one after the other, and each stays an edge for a while:
 * the last that ended says what the one before said, and for longer. */
static void replace_last(struct nw_state *st, const struct nw_object *o)
{
	struct nw_hold_pair pair, before;
	struct nw_object last = *o;
	struct nw_hold_pair *kept;

	if (!is_pair(st, o, &pair)) {
		return;
	}
	kept = &st->hold_pairs[nw_hash_mix(st->hold_lru.seed,
					   (uint64_t)pair.writer << 32 | pair.reader) %
			       PAIRS];
	last.id = kept->id;
	if (kept->id && kept->id != o->id && is_pair(st, &last, &before) &&
	    before.writer == pair.writer && before.reader == pair.reader) {
		take_out_object(st, &last);
	}
	*kept = pair;
}

static void end_object(struct nw_state *st, const struct nw_object *o)
{
	replace_last(st, o);
	for (uint32_t i = nw_lru_first(&st->hold_lru, hash_of(st, o)); i != NW_LRU_NONE;
	     i = nw_lru_next(&st->hold_lru, i)) {
		if (is_same(&st->holds[i].object, o)) {
			st->holds[i].gone_ns = st->now_ns;
		}
	}
}

void nw_holds_on_flow_end(struct nw_state *st, const struct nw_flow *f)
{
	struct nw_object o = { .id = f->cookie * 2, .via = NW_VIA_LOOPBACK };

	if (f->peer) {
		end_object(st, &o);
		o.id++;
		end_object(st, &o);
	}
}

/* ---- reading -------------------------------------------------------------------------------- */

const struct nw_hold *nw_hold_of(const struct nw_state *st, const struct nw_proc *p,
				 const struct nw_hold *after)
{
	uint32_t i =
		after ? st->hold_links[after - st->holds].next : st->hold_first[index_of(st, p)];

	while (i && !is_edge(st, &st->holds[i - 1])) {
		i = st->hold_links[i - 1].next;
	}
	return i ? &st->holds[i - 1] : NULL;
}

const struct nw_hold *nw_hold_same(const struct nw_state *st, const struct nw_hold *of,
				   const struct nw_hold *after)
{
	uint32_t i = after ? nw_lru_next(&st->hold_lru, (uint32_t)(after - st->holds))
			   : nw_lru_first(&st->hold_lru, hash_of(st, &of->object));

	while (i != NW_LRU_NONE &&
	       (!is_same(&st->holds[i].object, &of->object) || !is_edge(st, &st->holds[i]))) {
		i = nw_lru_next(&st->hold_lru, i);
	}
	return i != NW_LRU_NONE ? &st->holds[i] : NULL;
}

bool nw_hold_is_server(const struct nw_state *st, const struct nw_proc *p)
{
	const struct nw_hold *h = NULL;

	while ((h = nw_hold_of(st, p, h))) {
		if (h->object.via == NW_VIA_MOUNT && (h->mode & NW_FD_READ)) {
			return true;
		}
	}
	return false;
}

/* The object whose other users are at the far end of a descriptor. */
static bool far_object(const struct nw_proc *p, unsigned i, struct nw_object *ret,
		       uint8_t *ret_mode)
{
	*ret = (struct nw_object){ .id = p->stdio_id[i], .dev = p->stdio_dev[i] };
	*ret_mode = i == 0 ? NW_FD_WRITE : NW_FD_READ;
	switch (nw_proc_stdio(p, i)) {
	case NW_STDIO_PIPE:
		ret->via = NW_VIA_PIPE;
		return ret->id;
	case NW_STDIO_PTY:
		ret->via = NW_VIA_PTY;
		ret->id = ret->id * 2 + (i > 0);
		return ret->id > 1;
	case NW_STDIO_SOCKET: /* who writes to its queue reads what it writes */
		ret->via = NW_VIA_UNIX;
		*ret_mode = NW_FD_WRITE;
		return ret->id;
	default:
		return false;
	}
}

const struct nw_proc *nw_proc_stdio_far(const struct nw_state *st, const struct nw_proc *p,
					unsigned i, uint32_t *at)
{
	struct nw_object o;
	uint8_t mode;
	uint32_t n;

	if (!far_object(p, i, &o, &mode)) {
		return NULL;
	}
	n = *at ? nw_lru_next(&st->hold_lru, *at - 1)
		: nw_lru_first(&st->hold_lru, hash_of(st, &o));
	for (; n != NW_LRU_NONE; n = nw_lru_next(&st->hold_lru, n)) {
		const struct nw_hold *h = &st->holds[n];

		if ((h->mode & mode) && is_same(&h->object, &o) && is_edge(st, h) &&
		    h->proc != index_of(st, p)) {
			*at = n + 1;
			return &st->procs[h->proc];
		}
	}
	return NULL;
}

#define FED_STEPS 3
#define FED_LOOKS 8192 /* in all, some 0.3 ms: who opens more is not searched to the end */

static bool is_fed(const struct nw_state *st, uint32_t proc, uint32_t from, unsigned steps,
		   unsigned *looks)
{
	const struct nw_hold *mine = NULL;

	while (*looks && (mine = nw_hold_of(st, &st->procs[proc], mine))) {
		const struct nw_hold *h = NULL;

		--*looks;
		if (!(mine->mode & NW_FD_READ) || mine->object.via == NW_VIA_LOOPBACK ||
		    mine->object.via == NW_VIA_SHM) {
			continue;
		}
		while (*looks && (h = nw_hold_same(st, mine, h))) {
			--*looks;
			if (!(h->mode & NW_FD_WRITE) || h->proc == proc) {
				continue;
			}
			if (h->proc == from ||
			    (steps > 1 && is_fed(st, h->proc, from, steps - 1, looks))) {
				return true;
			}
		}
	}
	return false;
}

bool nw_proc_is_fed_by(const struct nw_state *st, const struct nw_proc *p,
		       const struct nw_proc *from)
{
	unsigned looks = FED_LOOKS;

	return is_fed(st, index_of(st, p), index_of(st, from), FED_STEPS, &looks);
}
