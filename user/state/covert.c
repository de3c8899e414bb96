/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets that pass no Internet socket's hook: packet, XDP, vsock and their like, raw ones, which make
 * Internet packets by hand, and those of rarer protocols, SCTP and DCCP. Owns the table; the key is the
 * socket's inode. Each is told when it appears, when it becomes known whose it is, and when it is gone.
 * Packet and XDP sockets come from net_scan, which sees them wherever they are; of all others and of
 * whose they are fd_scan speaks.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "internal.h"

static uint32_t hash_of(const struct nw_state *st, uint64_t inode)
{
	return (uint32_t)nw_hash_mix(st->covert_lru.seed, inode);
}

int nw_coverts_init(struct nw_state *st, uint32_t capacity)
{
	int r = nw_lru_init(&st->covert_lru, capacity);

	if (r < 0) {
		return r;
	}
	st->coverts = calloc(capacity, sizeof(*st->coverts));
	return st->coverts ? 0 : -ENOMEM;
}

static struct nw_covert *find(const struct nw_state *st, uint64_t inode)
{
	uint32_t i = nw_lru_first(&st->covert_lru, hash_of(st, inode));

	while (i != NW_LRU_NONE && st->coverts[i].inode != inode) {
		i = nw_lru_next(&st->covert_lru, i);
	}
	return i == NW_LRU_NONE ? NULL : &st->coverts[i];
}

const struct nw_covert *nw_covert_find(const struct nw_state *st, uint64_t inode)
{
	return find(st, inode);
}

static void tell(struct nw_state *st, const struct nw_covert *c, enum nw_action action)
{
	nw_state_tell(st, (struct nw_output){
				  .dataset = NW_DATASET_LISTENER, .action = action, .covert = c });
}

static void release(struct nw_state *st, struct nw_covert *c)
{
	nw_proc_unref(st, c->owner);
	c->owner = NULL;
	nw_lru_remove(&st->covert_lru, (uint32_t)(c - st->coverts));
}

static struct nw_covert *add(struct nw_state *st, uint64_t inode)
{
	uint32_t i = nw_lru_add(&st->covert_lru, hash_of(st, inode));

	if (i == NW_LRU_NONE) {
		release(st, &st->coverts[st->covert_lru.oldest]);
		nw_state_lose(st, NW_LOSS_COVERT_EVICTED);
		i = nw_lru_add(&st->covert_lru, hash_of(st, inode));
	}
	st->coverts[i] = (struct nw_covert){ .inode = inode };
	return &st->coverts[i];
}

/* True when that is news. */
static bool set_owner(struct nw_state *st, struct nw_covert *c, const struct nw_proc_id *id)
{
	if (c->owner || !id->tgid) {
		return false;
	}
	c->owner = nw_proc_ref(nw_proc_get(st, id));
	return true;
}

static void end(struct nw_state *st, struct nw_covert *c)
{
	c->end_ns = st->now_ns;
	tell(st, c, NW_ACTION_END);
	release(st, c);
}

/* ---- what net_scan and the first frame tell ------------------------------------------------- */

static void begin_listed(struct nw_state *st, const struct nw_ev_sock *e)
{
	struct nw_covert *c = add(st, e->cookie & ~NW_COOKIE_INODE);

	c->netns = e->netns;
	c->uid = e->uid;
	c->family = (uint8_t)(e->family & ~NW_FAMILY_OTHER);
	c->type = e->state;
	c->proto = e->proto;
	c->is_listed = true;
	c->is_found = e->flags & NW_SOCK_FOUND;
	c->is_uncounted = e->flags & NW_SOCK_UNCOUNTED;
	c->first_ns = e->birth_ns ? e->birth_ns : e->ev.ts_ns;
	(void)set_owner(st, c, &e->owner);
	st->wants_scan = st->wants_scan || !c->owner;
	tell(st, c, c->is_found ? NW_ACTION_FOUND : NW_ACTION_START);
}

static void update_listed(struct nw_state *st, struct nw_covert *c, const struct nw_ev_sock *e)
{
	bool is_uncounted = e->flags & NW_SOCK_UNCOUNTED;
	bool is_news = set_owner(st, c, &e->owner) || is_uncounted != c->is_uncounted;

	nw_lru_touch(&st->covert_lru, (uint32_t)(c - st->coverts));
	c->is_uncounted = is_uncounted;
	c->proto = e->proto;
	if (is_news) {
		tell(st, c, NW_ACTION_UPDATE);
	}
}

void nw_coverts_on_event(struct nw_state *st, const struct nw_ev_sock *e)
{
	struct nw_covert *c = find(st, e->cookie & ~NW_COOKIE_INODE);

	if (c) {
		update_listed(st, c, e);
	} else {
		begin_listed(st, e);
		c = find(st, e->cookie & ~NW_COOKIE_INODE);
	}
	if (e->ev.what == NW_SOCK_CLOSE) {
		end(st, c);
	}
}

/* ---- what a scan of open files tells -------------------------------------------------------- */

static bool is_listed(const struct nw_ev_fd *e)
{
	return e->family == AF_PACKET || e->family == AF_XDP;
}

/* TCP, its subflows' owner, datagrams and pings: what flows tell. SCTP and DCCP have their own servers
 * and clients, L2TP its own packets: who has such a socket is told, whatever is counted of it. */
static bool is_ordinary(const struct nw_ev_fd *e)
{
	switch (e->proto) {
	case IPPROTO_TCP:
	case IPPROTO_MPTCP:
		return e->type == SOCK_STREAM;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return e->type == SOCK_DGRAM;
	default:
		return false;
	}
}

/* Does it move bytes past the Internet sockets' hooks? Keys and ciphers move none. */
static bool is_covert(const struct nw_ev_fd *e)
{
	switch (e->family) {
	case AF_UNSPEC:
	case AF_UNIX:
	case AF_NETLINK:
	case AF_KEY:
	case AF_ALG:
		return false;
	case AF_INET:
	case AF_INET6:
		return !is_ordinary(e);
	default:
		return true;
	}
}

static void begin_held(struct nw_state *st, const struct nw_ev_fd *e)
{
	struct nw_covert *c = add(st, e->inode);

	c->netns = e->netns;
	c->family = (uint8_t)e->family;
	c->type = (uint8_t)e->type;
	c->proto = e->proto;
	c->is_found = st->covert_scans == 0;
	c->is_uncounted = e->family != AF_INET && e->family != AF_INET6;
	c->first_ns = e->ev.ts_ns;
	c->scan_ns = e->scan_ns;
	(void)set_owner(st, c, &e->self);
	tell(st, c, c->is_found ? NW_ACTION_FOUND : NW_ACTION_START);
}

static void on_socket(struct nw_state *st, const struct nw_ev_fd *e)
{
	struct nw_covert *c = is_covert(e) ? find(st, e->inode) : NULL;

	if (!c) {
		if (is_covert(e) && !is_listed(e)) {
			begin_held(st, e);
		}
		return;
	}
	nw_lru_touch(&st->covert_lru, (uint32_t)(c - st->coverts));
	c->scan_ns = e->scan_ns;
	if (set_owner(st, c, &e->self)) {
		tell(st, c, NW_ACTION_UPDATE);
	}
}

/* What a whole scan did not have is not open any more. */
static void on_scan_end(struct nw_state *st, const struct nw_ev_fd *e)
{
	uint32_t i = st->covert_lru.newest;

	while (i != NW_LRU_NONE) {
		struct nw_covert *c = &st->coverts[i];

		i = st->covert_lru.link[i].older;
		if (!c->is_listed && c->scan_ns != e->scan_ns) {
			end(st, c);
		}
	}
	st->covert_scans++;
}

void nw_coverts_on_fd(struct nw_state *st, const struct nw_ev_fd *e)
{
	if (e->ev.what == NW_FD_SOCKET) {
		on_socket(st, e);
	} else if (e->ev.what == NW_FD_END && e->lost == 0) {
		on_scan_end(st, e);
	}
}
