/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who can write to and who can read from what joins processes of this host: a pipe, the receive
 * queue of a Unix socket, shared memory, FUSE mounts, one direction of a loopback flow. Owns the table of
 * (object, process), hold_table.c; a process that is forgotten leaves it. What a whole scan of open files did
 * not meet any more is gone, and stays an edge for GONE_NS: data may be further on its way.
 * Memory that a process has mapped is told by another hook, when the process changes: it stays until
 * a look at that process does not meet it. When the table is full the oldest entry goes, and that is counted.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "hold.h"
#include "internal.h"

#define GONE_NS (60 * NW_NSEC_PER_SEC)
#define PAIRS	4096
#define MAPPED	0x80 /* of a mode: an entry beside the one of what is open */

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
	st->hold_pairs = calloc(PAIRS, sizeof(*st->hold_pairs));
	return st->hold_pairs ? nw_hold_table_new(&st->holds, processes) : -ENOMEM;
}

/* ---- in and out ----------------------------------------------------------------------------- */

/* Full: the oldest goes. */
static struct nw_hold *add(struct nw_state *st, const struct nw_object *o, uint32_t proc,
			   bool is_mapped)
{
	struct nw_holds *t = &st->holds;
	struct nw_hold *h = nw_hold_add(t, o, proc, is_mapped);

	if (!h) {
		nw_state_lose(st, NW_LOSS_HOLD_EVICTED);
		nw_hold_remove(t, &t->hold[t->lru.oldest]);
		h = nw_hold_add(t, o, proc, is_mapped);
	}
	return h;
}

/* mode: NW_FD_READ, NW_FD_WRITE, NW_FD_NAMED, MAPPED; seen_ns: when it was known to be open. */
static void put(struct nw_state *st, const struct nw_object *o, const struct nw_proc *p,
		uint8_t mode, uint64_t seen_ns)
{
	const bool is_mapped = mode & MAPPED;
	struct nw_hold *h;

	if (!mode) {
		return;
	}
	h = nw_hold_find(&st->holds, o, index_of(st, p), is_mapped);
	if (!h) {
		h = add(st, o, index_of(st, p), is_mapped);
	} else {
		nw_lru_touch(&st->holds.lru, (uint32_t)(h - st->holds.hold));
	}
	st->joins += (mode & ~h->mode) != 0;
	/* one scan may meet it at several descriptors; another one begins anew */
	h->mode = h->seen_ns == seen_ns ? h->mode | mode : mode;
	h->seen_ns = seen_ns;
	h->gone_ns = 0;
}

void nw_holds_forget(struct nw_state *st, const struct nw_proc *p)
{
	struct nw_hold *h;

	while ((h = nw_hold_first_used(&st->holds, index_of(st, p)))) {
		nw_hold_remove(&st->holds, h);
	}
}

/* ---- what events say ------------------------------------------------------------------------ */

/* What is written to a socket lands in the queue of the one at its other end. */
static void put_unix(struct nw_state *st, const struct nw_ev_fd *e, const struct nw_proc *p)
{
	struct nw_object o = { .id = e->inode, .dev = e->dev, .via = NW_VIA_UNIX };

	if (e->flags & NW_FD_LISTENING) {
		if (e->peer_inode) { /* older recordings have no names */
			o = nw_object_of_name(e->peer_inode);
		}
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
	for (uint32_t i = 0; i < st->holds.lru.fresh; i++) {
		struct nw_hold *h = &st->holds.hold[i];

		if (!h->mode) {
			continue;
		}
		if (h->gone_ns && !is_edge(st, h)) {
			nw_hold_remove(&st->holds, h);
		} else if (!h->gone_ns && !e->lost && h->object.via != NW_VIA_LOOPBACK &&
			   !h->is_mapped && h->seen_ns < e->scan_ns && !st->procs[h->proc].end_ns) {
			h->gone_ns = st->now_ns;
		}
	}
}

/* What a process has mapped; behind the last of it what it has no more. */
static void put_mapped(struct nw_state *st, const struct nw_ev_fd *e, const struct nw_proc *p)
{
	struct nw_object o = { .id = e->inode, .dev = e->dev, .via = NW_VIA_SHM };
	struct nw_hold *h = nw_hold_first_used(&st->holds, index_of(st, p));

	if (e->inode) {
		put(st, &o, p, (e->flags & (NW_FD_READ | NW_FD_WRITE)) | MAPPED, e->scan_ns);
		return;
	}
	for (; h; h = nw_hold_next_used(&st->holds, h)) {
		if (h->is_mapped && !h->gone_ns && h->seen_ns < e->scan_ns) {
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
	if (e->ev.what == NW_FD_CONNECT) {
		nw_connects_on_fd(st, e);
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
		if (f->sender) { /* who answers what another accepted has heard it, as far as we know */
			put(st, &o, f->sender, NW_FD_READ, st->now_ns);
		}
		put(st, &o, f->peer, NW_FD_WRITE, st->now_ns);
	}
}

/* From one process to one other, and nobody else: whom. */
static bool is_pair(const struct nw_state *st, const struct nw_hold *first,
		    struct nw_hold_pair *ret)
{
	unsigned n = 0;

	*ret = (struct nw_hold_pair){ 0 };
	for (const struct nw_hold *h = first; h && n < 3; h = nw_hold_next_user(&st->holds, h)) {
		n++;
		ret->id = h->object.id;
		*(h->mode == NW_FD_WRITE ? &ret->writer : &ret->reader) = h->proc;
	}
	return n == 2 && ret->writer != ret->reader;
}

static void take_out_object(struct nw_state *st, struct nw_hold *first)
{
	struct nw_hold *next;

	for (struct nw_hold *h = first; h; h = next) {
		next = nw_hold_next_user(&st->holds, h);
		nw_hold_remove(&st->holds, h);
	}
}

/* Two processes may have a thousand connections one after the other, and each stays an edge for a while:
 * the last that ended says what the one before said, and for longer. */
static void replace_last(struct nw_state *st, const struct nw_object *o,
			 const struct nw_hold *first)
{
	struct nw_hold_pair pair, before;
	struct nw_object last = *o;
	struct nw_hold_pair *kept;
	struct nw_hold *old;

	if (!is_pair(st, first, &pair)) {
		return;
	}
	kept = &st->hold_pairs[nw_hash_mix(st->holds.lru.seed,
					   (uint64_t)pair.writer << 32 | pair.reader) %
			       PAIRS];
	last.id = kept->id;
	if (kept->id && kept->id != o->id) {
		old = nw_hold_first_user(&st->holds, &last);
		if (is_pair(st, old, &before) && before.writer == pair.writer &&
		    before.reader == pair.reader) {
			take_out_object(st, old);
		}
	}
	*kept = pair;
}

static void end_object(struct nw_state *st, const struct nw_object *o)
{
	struct nw_hold *h = nw_hold_first_user(&st->holds, o);

	replace_last(st, o, h);
	for (; h; h = nw_hold_next_user(&st->holds, h)) {
		h->gone_ns = st->now_ns;
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
	const struct nw_hold *h = after ? nw_hold_next_used(&st->holds, after)
					: nw_hold_first_used(&st->holds, index_of(st, p));

	while (h && !is_edge(st, h)) {
		h = nw_hold_next_used(&st->holds, h);
	}
	return h;
}

const struct nw_hold *nw_hold_same(const struct nw_state *st, const struct nw_hold *of,
				   const struct nw_hold *after)
{
	const struct nw_hold *h =
		after ? nw_hold_next_user(&st->holds, after) : nw_hold_first_same(&st->holds, of);

	while (h && !is_edge(st, h)) {
		h = nw_hold_next_user(&st->holds, h);
	}
	return h;
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
	const struct nw_holds *t = &st->holds;
	const struct nw_hold *h;
	struct nw_object o;
	uint8_t mode;

	if (!far_object(p, i, &o, &mode)) {
		return NULL;
	}
	h = *at ? nw_hold_next_user(t, nw_hold_at(t, *at)) : nw_hold_first_user(t, &o);
	for (; h; h = nw_hold_next_user(t, h)) {
		if ((h->mode & mode) && is_edge(st, h) && h->proc != index_of(st, p)) {
			*at = (uint32_t)(h - t->hold) + 1;
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
