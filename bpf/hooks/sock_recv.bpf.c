/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * sock_recv: who reads from a TCP or datagram socket.
 *
 * Kernel: trace_sock_recv_length() in sock_recvmsg(), net/socket.c, from 6.3 on: after read(),
 * recv*(), io_uring's too. Context: the reading process. Where the tracepoint is missing the hook is
 * off and the owner is assumed to read.
 * A read by the process that read last says nothing new. Of a change, a few in each bin are looked
 * at, armed again by the ledger; an event is made when it is another than was told, and not the owner.
 * It is watched for 2 s after a process or flow began, a process at once, and else 200 ms of every
 * 2 s. A look at the socket's state from the reader's CPU takes its cache line from where packets are
 * counted, which costs each of them up to 300 ns: so each CPU keeps in mind whose reads it has just
 * looked at.
 * Cannot see: one that took over an old socket and read only between two such looks; splice() from
 * a socket, and reads by the kernel itself.
 * Cost: ~150 ns a read of any socket of the host, of which ~125 ns is the tracepoint itself with an
 * empty program; ~0.3 us one by another process than the last, at most NW_ROLE_TRIES of a bin.
 */
#include "nw_sock.bpf.h"

/* Sockets in mind, a power of two: another in the same place is looked at anew. */
#define NW_RECVS_KEPT 256
/* User space opens its ears within that many times 2^6 jiffies. */
#define NW_RECVS_BORN 4

/* A read that was looked at. It is kept in mind for 64 to 640 ms, as the ledger arms anew. */
struct nw_recv {
	__u64 cookie;
	__u32 tgid;
	__u32 when;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NW_RECVS_KEPT);
	__type(key, __u32);
	__type(value, struct nw_recv);
} nw_recvs SEC(".maps");

/* Written by user space: a host where nothing begins has no new readers. */
__u8 nw_reads_ignored NW_ASKED = 0;

/* Another process than the last reads: is it one to tell? */
static __always_inline bool is_news(const struct nw_proc_id *owner, struct nw_proc_id *receiver,
				    __u8 *owner_read)
{
	struct nw_proc_id id;

	if (!nw_current(&id)) {
		return false;
	}
	if (nw_is_same(owner, &id)) {
		*owner_read = 1;
		return false;
	}
	if (nw_is_same(receiver, &id)) {
		return false;
	}
	*receiver = id;
	return true;
}

/* last: what this CPU keeps in mind, as soon as the socket has state to look at. */
static __always_inline void read_stream(struct sock *sk, const struct nw_recv *now,
					struct nw_recv *last)
{
	struct nw_stream *v = bpf_sk_storage_get(&nw_streams, sk, 0, 0);

	if (!v || !v->ready) {
		return;
	}
	*last = *now;
	if (v->reader_tgid == now->tgid) {
		return;
	}
	v->reader_tgid = 0;
	if (!v->reader_tries) {
		return;
	}
	v->reader_tries--;
	v->reader_tgid = now->tgid;
	if (is_news(&v->owner, &v->receiver, &v->owner_read)) {
		nw_stream_tell_role(v, &v->receiver, NW_ROLE_RECEIVED, NW_HOOK_SOCK_RECV);
	}
}

static __always_inline void read_dgram(struct sock *sk, const struct nw_recv *now,
				       struct nw_recv *last)
{
	struct nw_dgram *v = bpf_sk_storage_get(&nw_dgrams, sk, 0, 0);

	if (!v) {
		return;
	}
	*last = *now;
	if (v->id.reader_tgid == now->tgid) {
		return;
	}
	v->id.reader_tgid = 0;
	if (!v->id.reader_tries) {
		return;
	}
	v->id.reader_tries--;
	v->id.reader_tgid = now->tgid;
	if (is_news(&v->id.owner, &v->id.receiver, &v->id.owner_read)) {
		nw_dgram_tell_role(&v->id, &v->id.receiver, NW_ROLE_RECEIVED, NW_HOOK_SOCK_RECV);
	}
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(nw_sock_recv, struct sock *sk, int ret, int flags)
{
	struct nw_recv now, *last;
	__u32 place;
	__u16 family;

	now.when = nw_while_now();
	if (nw_reads_ignored && now.when - nw_born > NW_RECVS_BORN) {
		return 0;
	}
	family = sk->__sk_common.skc_family;
	if (ret <= 0 || (family != NW_AF_INET && family != NW_AF_INET6)) {
		return 0;
	}
	now.cookie = sk->__sk_common.skc_cookie.counter;
	now.tgid = bpf_get_current_pid_tgid() >> 32;
	place = now.cookie % NW_RECVS_KEPT;
	last = bpf_map_lookup_elem(&nw_recvs, &place);
	if (!last ||
	    (last->cookie == now.cookie && last->tgid == now.tgid && last->when == now.when)) {
		return 0;
	}
	if (sk->sk_protocol == IPPROTO_TCP && sk->sk_type == NW_SOCK_STREAM) {
		read_stream(sk, &now, last);
	} else {
		read_dgram(sk, &now, last);
	}
	return 0;
}
