/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs and is connected before the start: /proc for processes; for their sockets pidfd_getfd,
 * SO_COOKIE and an update of the socket's storage by fd, which works from 5.10 on and in every
 * network namespace. Owns the list of sockets already seen. A process that goes while we look is no
 * loss; one that we may not look at is.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "cgroup.h"
#include "event.h"
#include "host.h"
#include "log.h"
#include "procfs.h"
#include "util/whole.h"

#define TEXT_MAX	 8192
#define SEEN_MAX	 65536		    /* places for distinct sockets, power of two */
#define SEEN_MOST	 (SEEN_MAX / 4 * 3) /* of them used; more sockets are counted */
#define TCP_STATE_LISTEN 10
#define TCP_STATE_CLOSE	 7

struct scan {
	struct nw_host *host;
	int proc; /* /proc */
	uint64_t tick_ns;
	uint64_t now_ns;
	unsigned seen_count;
	int error;
	union {
		struct nw_ev_proc e;
		uint8_t bytes[sizeof(struct nw_ev_proc) + NW_EXE_MAX + NW_ARGS_MAX + NW_CGROUP_MAX +
			      8];
	} event;
	char text[TEXT_MAX];
	uint64_t seen[SEEN_MAX]; /* inodes of sockets, open addressing */
};

/* A file of one process into s->text; its length, or -errno. */
static ssize_t slurp(struct scan *s, int dir, const char *name)
{
	NW_CLEANUP_CLOSE int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : nw_read_whole(fd, s->text, sizeof(s->text));
}

static bool read_id(struct scan *s, int dir, uint32_t pid, struct nw_proc_id *ret,
		    struct nw_procfs_stat *ret_stat)
{
	ssize_t n = slurp(s, dir, "stat");

	if (n <= 0 || !nw_procfs_stat(s->text, (size_t)n, ret_stat)) {
		return false;
	}
	*ret = (struct nw_proc_id){ .tgid = pid, .start_ns = ret_stat->start_ticks * s->tick_ns };
	return true;
}

static int open_pid(struct scan *s, uint32_t pid)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", pid);
	return openat(s->proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The network namespace of a process; the first time also its interfaces. */
static uint32_t netns_of(struct scan *s, int dir)
{
	struct stat st;

	if (fstatat(dir, "ns/net", &st, 0) < 0) {
		return 0;
	}
	if (!nw_links_has(s->host->links, (uint32_t)st.st_ino)) {
		NW_CLEANUP_CLOSE int fd = openat(dir, "ns/net", O_RDONLY | O_CLOEXEC);
		int r = nw_links_add(s->host->links, fd, (uint32_t)st.st_ino);

		s->error = s->error ? s->error : r;
	}
	return (uint32_t)st.st_ino;
}

/* ---- processes ------------------------------------------------------------------------------ */

static void add_tail(struct nw_ev_proc *e, const char *text, size_t len)
{
	memcpy((uint8_t *)e + e->ev.size, text, len);
	e->ev.size += (uint32_t)len;
}

static bool strip_end(char *text, size_t *len, const char *end)
{
	size_t n = strlen(end);

	if (*len < n || memcmp(text + *len - n, end, n) != 0) {
		return false;
	}
	*len -= n;
	return true;
}

static void take_exe(int dir, struct nw_ev_proc *e)
{
	char path[4096];
	ssize_t n = readlinkat(dir, "exe", path, sizeof(path));
	struct stat st;
	size_t len = n < 0 ? 0 : (size_t)n;

	if (strip_end(path, &len, " (deleted)")) {
		e->flags |= len > 7 && memcmp(path, "/memfd:", 7) == 0 ? NW_PROC_MEMFD
								       : NW_PROC_DELETED;
	}
	if (e->flags & NW_PROC_MEMFD) { /* as exec tells it: no directory */
		memmove(path, path + 1, --len);
	}
	if (len > NW_EXE_MAX) {
		memmove(path, path + len - NW_EXE_MAX, NW_EXE_MAX);
		len = NW_EXE_MAX;
		e->flags |= NW_PROC_EXE_CUT;
	}
	if (fstatat(dir, "exe", &st, 0) == 0) {
		e->exe_ino = st.st_ino;
		e->exe_dev = major(st.st_dev) << 20 | minor(st.st_dev);
	}
	e->exe_len = (uint16_t)len;
	add_tail(e, path, len);
}

static void take_args(struct scan *s, int dir, struct nw_ev_proc *e)
{
	ssize_t n = slurp(s, dir, "cmdline");

	if (n <= 0) {
		return;
	}
	if (n > NW_ARGS_MAX - 1) {
		n = NW_ARGS_MAX - 1;
		e->flags |= NW_PROC_ARGS_CUT;
	}
	e->args_len = (uint16_t)n;
	add_tail(e, s->text, (size_t)n);
}

static void take_parent(struct scan *s, uint32_t ppid, struct nw_ev_proc *e)
{
	int dir = ppid ? open_pid(s, ppid) : -1;
	struct nw_procfs_stat st;

	if (dir >= 0) {
		if (!read_id(s, dir, ppid, &e->parent, &st)) {
			e->parent = (struct nw_proc_id){ .tgid = ppid };
		}
		close(dir);
	}
}

/* The leaf's name; false when the process is outside what we look at. */
static bool take_cgroup(struct scan *s, int dir, char *leaf, size_t *ret_len)
{
	ssize_t n = slurp(s, dir, "cgroup");
	const char *path;
	size_t len;
	size_t from;

	if (n <= 0 || !nw_procfs_cgroup(s->text, (size_t)n, &path, &len)) {
		*ret_len = 0;
		return nw_load_has_cgroup(s->host->loader, "/");
	}
	if ((size_t)(path - s->text) + len < sizeof(s->text)) {
		s->text[(size_t)(path - s->text) + len] = '\0';
	} else {
		return false;
	}
	if (!nw_load_has_cgroup(s->host->loader, path)) {
		return false;
	}
	from = len;
	while (from > 0 && path[from - 1] != '/') {
		from--;
	}
	len = NW_MIN(len - from, NW_CGROUP_MAX - 1);
	memcpy(leaf, path + from, len);
	*ret_len = len;
	return true;
}

/* One process as an event; false when it is none of ours, a kernel thread, or gone. */
static bool scan_process(struct scan *s, int dir, uint32_t pid, struct nw_proc_id *ret_id,
			 uint32_t *ret_uid)
{
	struct nw_ev_proc *e = &s->event.e;
	char leaf[NW_CGROUP_MAX];
	struct nw_procfs_stat st;
	size_t leaf_len;
	ssize_t n;

	memset(e, 0, sizeof(*e));
	e->ev = (struct nw_event){ .size = sizeof(*e),
				   .hook = NW_HOOK_HOST,
				   .shape = NW_SHAPE_PROC,
				   .what = NW_PROC_FOUND,
				   .ts_ns = s->now_ns };
	if (!take_cgroup(s, dir, leaf, &leaf_len) || !read_id(s, dir, pid, &e->self, &st)) {
		return false;
	}
	memcpy(e->comm, st.comm, sizeof(e->comm));
	n = slurp(s, dir, "status");
	if (n <= 0 || !nw_procfs_ids(s->text, (size_t)n, &e->uid, &e->gid)) {
		return false;
	}
	e->session = st.session;
	take_parent(s, st.ppid, e);
	e->netns = netns_of(s, dir);
	take_exe(dir, e);
	if (e->exe_len == 0) {
		return false; /* a kernel thread */
	}
	take_args(s, dir, e);
	e->cgroup_len = (uint16_t)leaf_len;
	add_tail(e, leaf, leaf_len);
	*ret_id = e->self;
	*ret_uid = e->uid;
	s->host->feed(s->host->ctx, e, e->ev.size);
	return true;
}

/* ---- sockets -------------------------------------------------------------------------------- */

/* True the first time an inode is asked for. */
static bool is_first(struct scan *s, uint64_t inode)
{
	uint64_t h = inode * 0x9e3779b97f4a7c15ULL >> 40;
	uint64_t *at = &s->seen[h & (SEEN_MAX - 1)];

	while (*at && *at != inode) {
		at = &s->seen[++h & (SEEN_MAX - 1)];
	}
	if (*at) {
		return false;
	}
	if (s->seen_count == SEEN_MOST) {
		s->host->lost++;
		return false;
	}
	*at = inode;
	s->seen_count++;
	return true;
}

static void put_addr(uint8_t addr[16], __be16 *port, const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)ss;

		memcpy(addr, &in6->sin6_addr, 16);
		*port = in6->sin6_port;
	} else if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)ss;

		memset(addr, 0, 10);
		memset(addr + 10, 0xff, 2);
		memcpy(addr + 12, &in->sin_addr, 4);
		*port = in->sin_port;
	}
}

static int option(int sock, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(sock, level, name, &value, &len) < 0 ? -1 : value;
}

static void feed_listener(struct scan *s, int sock, struct nw_ev_sock *e)
{
	struct sockaddr_storage ss = {};
	socklen_t len = sizeof(ss);

	e->flags |= NW_SOCK_LISTENER;
	if (getsockname(sock, (struct sockaddr *)&ss, &len) == 0) {
		put_addr(e->laddr, &e->lport_be, &ss);
	}
	if (e->lport_be == 0) {
		return;
	}
	s->host->feed(s->host->ctx, e, sizeof(*e));
}

static int seed_tcp(struct scan *s, int sock, struct nw_ev_sock *e)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);
	struct nw_stream v = {
		.cookie = e->cookie,
		.owner = e->owner,
		.uid = e->uid,
		.netns = e->netns,
		.tx_head_done = 1, /* its beginning is long gone */
		.rx_quiet = 1,
		.ready = 1,
		.flags = NW_SOCK_PRESTART,
	};

	if (getsockopt(sock, IPPROTO_TCP, TCP_INFO, &info, &len) < 0) {
		return -errno;
	}
	if (info.tcpi_state == TCP_STATE_LISTEN) {
		v.flags = NW_SOCK_LISTENER;
		v.ready = 0;
		feed_listener(s, sock, e);
	} else if (info.tcpi_state == TCP_STATE_CLOSE) {
		v = (struct nw_stream){ .cookie = e->cookie, .owner = e->owner, .uid = e->uid };
	}
	return nw_load_seed_stream(s->host->loader, sock, &v);
}

/* What the wire sees are sockets of the kernel's own: they have their owner from this one. */
static int seed_mptcp(struct scan *s, int sock, struct nw_ev_sock *e)
{
	struct nw_stream v = { .owner = e->owner, .uid = e->uid, .flags = NW_SOCK_PRESTART };

	if (option(sock, SOL_SOCKET, SO_ACCEPTCONN) > 0) {
		v.flags = NW_SOCK_LISTENER;
		e->proto = IPPROTO_TCP;
		feed_listener(s, sock, e);
	}
	return nw_load_seed_stream(s->host->loader, sock, &v);
}

static int seed_other(struct scan *s, int sock, struct nw_ev_sock *e)
{
	struct nw_dgram v = { .id = { .cookie = e->cookie,
				      .owner = e->owner,
				      .uid = e->uid,
				      .netns = e->netns,
				      .flags = NW_SOCK_FOUND,
				      .proto = e->proto,
				      .family = e->family } };
	struct sockaddr_storage ss = {};
	socklen_t len = sizeof(ss);

	if (e->proto == IPPROTO_UDP &&
	    getpeername(sock, (struct sockaddr *)&ss, &len) < 0) { /* others can send to it */
		v.id.flags |= NW_SOCK_LISTENER;
		e->slot = NW_SLOT_ALL;
		feed_listener(s, sock, e);
		v.id.lport_be = e->lport_be;
	}
	return nw_load_seed_dgram(s->host->loader, sock, &v);
}

static void seed(struct scan *s, int sock, const struct nw_proc_id *owner, uint32_t uid,
		 uint32_t netns)
{
	int domain = option(sock, SOL_SOCKET, SO_DOMAIN);
	int type = option(sock, SOL_SOCKET, SO_TYPE);
	int proto = option(sock, SOL_SOCKET, SO_PROTOCOL);
	struct nw_ev_sock e = { .ev = { .size = sizeof(e),
					.hook = NW_HOOK_HOST,
					.shape = NW_SHAPE_SOCK,
					.what = NW_SOCK_LISTEN,
					.ts_ns = s->now_ns },
				.owner = *owner,
				.uid = uid,
				.netns = netns,
				.flags = NW_SOCK_FOUND };
	socklen_t len = sizeof(e.cookie);
	int r;

	if ((domain != AF_INET && domain != AF_INET6) || type < 0 || proto < 0) {
		return;
	}
	if (getsockopt(sock, SOL_SOCKET, SO_COOKIE, &e.cookie, &len) < 0) {
		s->host->lost++;
		return;
	}
	e.family = domain == AF_INET6 ? 6 : 4;
	e.proto = (uint16_t)proto;
	if (type == SOCK_STREAM && proto == IPPROTO_TCP) {
		r = seed_tcp(s, sock, &e);
	} else if (type == SOCK_STREAM && proto == IPPROTO_MPTCP) {
		r = seed_mptcp(s, sock, &e);
	} else if (type == SOCK_DGRAM || type == SOCK_RAW) {
		r = seed_other(s, sock, &e);
	} else {
		return;
	}
	if (r < 0 && r != -EEXIST) {
		s->host->lost++;
		nw_dbg("socket of process %u is not in the ledger: %s", owner->tgid, strerror(-r));
	}
}

static void scan_sockets(struct scan *s, int dir, const struct nw_proc_id *id, uint32_t uid)
{
	int fds = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fds < 0 ? NULL : fdopendir(fds);
	uint32_t netns = netns_of(s, dir);
	const struct dirent *de;
	int pidfd = -1;

	while (d && (de = readdir(d))) {
		char link[64];
		ssize_t n = readlinkat(dirfd(d), de->d_name, link, sizeof(link) - 1);
		int sock;

		if (n < 9 || memcmp(link, "socket:[", 8) != 0) {
			continue;
		}
		link[n] = '\0';
		if (!is_first(s, strtoull(link + 8, NULL, 10))) {
			continue;
		}
		if (pidfd < 0) {
			pidfd = (int)syscall(SYS_pidfd_open, id->tgid, 0);
		}
		sock = pidfd < 0 ? -1
				 : (int)syscall(SYS_pidfd_getfd, pidfd,
						(int)strtol(de->d_name, NULL, 10), 0);
		if (sock < 0) {
			s->host->lost += errno != ESRCH && errno != EBADF;
			continue;
		}
		seed(s, sock, id, uid, netns);
		close(sock);
	}
	if (d) {
		closedir(d);
	} else if (fds >= 0) {
		close(fds);
	}
	if (pidfd >= 0) {
		close(pidfd);
	}
}

int nw_host_processes(struct nw_host *h)
{
	struct scan *s = calloc(1, sizeof(*s));
	DIR *d = opendir("/proc");
	const struct dirent *de;
	int r = 0;

	if (!s || !d) {
		r = nw_err_r(s ? -errno : -ENOMEM, "cannot look for what runs");
		goto out;
	}
	s->host = h;
	s->proc = dirfd(d);
	s->tick_ns = NW_NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);
	s->now_ns = nw_host_boot_ns();
	while ((de = readdir(d))) {
		uint32_t pid = (uint32_t)strtoul(de->d_name, NULL, 10);
		struct nw_proc_id id;
		uint32_t uid;
		int dir;

		if (!isdigit((unsigned char)de->d_name[0]) || pid == (uint32_t)getpid()) {
			continue;
		}
		dir = open_pid(s, pid);
		if (dir < 0) {
			continue;
		}
		if (scan_process(s, dir, pid, &id, &uid)) {
			scan_sockets(s, dir, &id, uid);
		}
		close(dir);
	}
	if (s->error < 0) {
		r = nw_err_r(s->error, "cannot come back to our own network namespace");
	}
out:
	if (d) {
		closedir(d);
	}
	free(s);
	return r;
}
