/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * unix_connect: who connects to a Unix socket that listens at a name.
 *
 * Kernel: fexit/unix_stream_connect, net/unix/af_unix.c, for SOCK_STREAM and SOCK_SEQPACKET; __alt:
 * BPF_CGROUP_RUN_PROG_UNIX_CONNECT_LOCK in the same function (6.7 on), before the connection comes about or
 * not. Context: the connecting process. libnss-resolve, and glibc with nscd, keep their connection for one
 * look-up: no look at open files meets it.
 * A process that connects to one name again within 100 ms is not told again: a web server and what is behind
 * it connect for each request.
 * Cannot see: datagram sockets; who passes on a socket that is connected; a name that client and server spell
 * differently (a relative path, a symlink, another network namespace).
 * Cost: ~0.5 us a connect, ~1.2 us one that is told (on a machine with ten runnable tasks).
 */
#include "nw_task.bpf.h"
#include "nw_unix.bpf.h"

#define NW_LATELY_NS 100000000
#define NW_SLOTS     256

/* What was told last, where its hash says: two that share a place are told more often. */
static struct {
	__u64 who;
	__u64 ts_ns;
} told[NW_SLOTS];

static __always_inline bool is_news(const struct nw_proc_id *id, __u64 name, __u64 now_ns)
{
	__u64 who = (name ^ id->start_ns) * 0x9e3779b97f4a7c15 ^ id->tgid;
	__u32 at = who >> 32 & (NW_SLOTS - 1);

	if (told[at].who == who && now_ns < told[at].ts_ns + NW_LATELY_NS) {
		return false;
	}
	told[at].who = who;
	told[at].ts_ns = now_ns;
	return true;
}

static __always_inline void on_connect(const void *uaddr, __u32 len)
{
	__u64 now_ns = bpf_ktime_get_boot_ns();
	struct nw_proc_id id;
	struct nw_ev_fd *e;
	__u64 name;

	if (len <= NW_UNIX_FAMILY || !nw_is_ours() || !nw_current(&id)) {
		return;
	}
	name = nw_unix_name(uaddr + NW_UNIX_FAMILY, len - NW_UNIX_FAMILY, nw_current_netns());
	if (!is_news(&id, name, now_ns)) {
		return;
	}
	e = nw_reserve(sizeof(*e));
	if (!e) {
		return;
	}
	__builtin_memset(e, 0, sizeof(*e));
	nw_head_of(&e->ev, NW_HOOK_UNIX_CONNECT, NW_SHAPE_FD, NW_FD_CONNECT, sizeof(*e), now_ns);
	e->scan_ns = now_ns;
	e->self = id;
	e->peer_inode = name;
	e->fd = ~0U;
	e->family = NW_AF_UNIX;
	nw_submit(e);
}

SEC("fexit/unix_stream_connect")
int BPF_PROG(nw_unix_connect, struct socket *sock, struct sockaddr *uaddr, int len, int flags,
	     int ret)
{
	if (ret == 0) {
		on_connect(uaddr, len);
	}
	return 0;
}

void *bpf_cast_to_kern_ctx(void *ctx) __ksym __weak;

SEC("cgroup/connect_unix")
int nw_unix_connect__alt(struct bpf_sock_addr *ctx)
{
	struct bpf_sock_addr_kern *kern = bpf_cast_to_kern_ctx(ctx);

	on_connect(kern->uaddr, kern->uaddrlen);
	return 1;
}
