/* SPDX-License-Identifier: Apache-2.0 */
/* See link.h. Owns the sockets. What can't be read is counted; the next change is told again. */
#include "link.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "util/lru.h"

#define NETNS_MAX 256
#define READS_MAX 64   /* of one socket at a time: a flood waits for its turn */
#define TOLD_MAX  1024 /* power of two */
#define BUF_MAX	  32768

struct nw_links {
	nw_link_fn tell;
	nw_neigh_fn tell_neigh;
	void *ctx;
	int home; /* our own namespace */
	int epoll;
	unsigned count;
	uint64_t lost;
	struct {
		int fd;
		uint32_t netns;
		bool is_asking; /* for links; neighbours are next: one dump must end before the next */
	} at[NETNS_MAX];
	/* What was told last, by place: the kernel repeats itself with each change of anything. Two
	 * that share a place are told more often than needed. */
	uint64_t told[TOLD_MAX];
	uint64_t told_neigh[TOLD_MAX];
	uint64_t buf[BUF_MAX / sizeof(uint64_t)];
};

/* ---- one message ---------------------------------------------------------------------------- */

/* A string attribute that fits; the kernel ends them with NUL, we do not rely on it. */
static bool take_text(const struct nlattr *attr, char ret[NW_LINK_TEXT])
{
	const char *text = mnl_attr_get_payload(attr);
	size_t len = strnlen(text, mnl_attr_get_payload_len(attr));

	if (len == 0 || len >= NW_LINK_TEXT) {
		return false;
	}
	memcpy(ret, text, len);
	ret[len] = '\0';
	return true;
}

/* Devices that no driver of virtual ones made: hardware, or older than kinds. */
static const char *kind_of_type(const struct ifinfomsg *ifi)
{
	if (ifi->ifi_flags & IFF_LOOPBACK) {
		return "loopback";
	}
	switch (ifi->ifi_type) {
	case ARPHRD_PPP:
		return "ppp";
	case ARPHRD_TUNNEL:
		return "ipip";
	case ARPHRD_TUNNEL6:
		return "ip6tnl";
	case ARPHRD_SIT:
		return "sit";
	case ARPHRD_IPGRE:
		return "gre";
	case ARPHRD_IP6GRE:
		return "ip6gre";
	case ARPHRD_NONE:
		return "unknown";
	default:
		return "physical";
	}
}

static void take_kind(const struct nlattr *info, struct nw_link *ret)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
	{
		if (mnl_attr_get_type(attr) != IFLA_INFO_KIND) {
			continue;
		}
		if (!take_text(attr, ret->kind)) {
			strcpy(ret->kind, "unknown");
		}
		for (char *p = ret->kind; *p; p++) {
			if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-') {
				strcpy(ret->kind, "unknown");
				return;
			}
		}
	}
}

bool nw_link_parse(const struct nlmsghdr *msg, struct nw_link *ret)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(msg);
	struct nw_link link = { 0 };
	const struct nlattr *attr;

	if ((msg->nlmsg_type != RTM_NEWLINK && msg->nlmsg_type != RTM_DELLINK) ||
	    msg->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(*ifi) || ifi->ifi_index <= 0 ||
	    ifi->ifi_family != AF_UNSPEC) { /* AF_BRIDGE: a port joined or left */
		return false;
	}
	link.index = (uint32_t)ifi->ifi_index;
	link.is_gone = msg->nlmsg_type == RTM_DELLINK;
	snprintf(link.kind, sizeof(link.kind), "%s", kind_of_type(ifi));
	mnl_attr_for_each(attr, msg, sizeof(*ifi))
	{
		if (mnl_attr_get_type(attr) == IFLA_IFNAME && !take_text(attr, link.name)) {
			return false;
		}
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO) {
			take_kind(attr, &link);
		}
	}
	if (!link.name[0]) {
		return false;
	}
	*ret = link;
	return true;
}

/* ---- one socket ----------------------------------------------------------------------------- */

static bool is_repeated(struct nw_links *t, uint32_t netns, const struct nw_link *link)
{
	uint64_t key = nw_hash_mix(0, (uint64_t)netns << 32 | link->index);
	uint64_t *told = &t->told[key & (TOLD_MAX - 1)];
	uint64_t word[sizeof(*link) / sizeof(uint64_t)];

	static_assert(sizeof(word) == 2 * NW_LINK_TEXT + 8 && sizeof(*link) == sizeof(word),
		      "no more, no less");
	memcpy(word, link, sizeof(word));
	for (size_t i = 0; i < NW_ARRAY_SIZE(word); i++) {
		key = nw_hash_mix(key, word[i]);
	}
	if (*told == key) {
		return true;
	}
	*told = key;
	return false;
}

/* Also of one that has gone and was never there, as far as was told. */
static bool is_repeated_neigh(struct nw_links *t, uint32_t netns, const struct nw_neigh *n)
{
	uint64_t key = nw_hash_mix(0, (uint64_t)netns << 32 | n->index);
	uint64_t word[3] = { 0 };
	uint64_t *told;

	memcpy(word, n->addr, sizeof(n->addr));
	memcpy(&word[2], n->mac, sizeof(n->mac));
	key = nw_hash_mix(nw_hash_mix(key, word[0]), word[1]);
	told = &t->told_neigh[key & (TOLD_MAX - 1)];
	key = n->is_gone ? 0 : nw_hash_mix(key, word[2]) | 1;
	if (*told == key) {
		return true;
	}
	*told = key;
	return false;
}

void nw_links_saw(struct nw_links *t, uint32_t netns, const struct nw_neigh *neigh)
{
	if (!is_repeated_neigh(t, netns, neigh)) {
		t->tell_neigh(t->ctx, netns, neigh);
	}
}

/* True when the answer to ask() is complete. */
static bool take_messages(struct nw_links *t, uint32_t netns, size_t len)
{
	const struct nlmsghdr *msg = (const struct nlmsghdr *)(const void *)t->buf;
	int left = (int)len;
	struct nw_neigh neigh;
	struct nw_link link;

	for (; mnl_nlmsg_ok(msg, left); msg = mnl_nlmsg_next(msg, &left)) {
		if (msg->nlmsg_type == NLMSG_DONE || msg->nlmsg_type == NLMSG_ERROR) {
			return true;
		}
		if (nw_link_parse(msg, &link) && !is_repeated(t, netns, &link)) {
			t->tell(t->ctx, netns, &link);
		}
		if (nw_neigh_parse(msg, &neigh)) {
			nw_links_saw(t, netns, &neigh);
		}
	}
	return false;
}

/* Every interface, or every neighbour, please (RTM_GETLINK, RTM_GETNEIGH). write(2), since sendto(2)
 * is not among the calls that the drop leaves. */
static bool ask(int fd, uint16_t what)
{
	uint64_t buf[8] = { 0 };
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);

	msg->nlmsg_type = what;
	msg->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(msg, what == RTM_GETLINK ? sizeof(struct ifinfomsg)
							    : sizeof(struct ndmsg));
	return write(fd, msg, msg->nlmsg_len) == (ssize_t)msg->nlmsg_len;
}

/* In the namespace that this thread is in; -1 when that failed. */
static int open_socket(void)
{
	const struct sockaddr_nl group = { .nl_family = AF_NETLINK,
					   .nl_groups = RTMGRP_LINK | RTMGRP_NEIGH };
	const struct timeval patience = { .tv_sec = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd >= 0 && (bind(fd, (const struct sockaddr *)&group, sizeof(group)) < 0 ||
			setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool read_answer(struct nw_links *t, int fd, uint32_t netns, uint16_t what)
{
	bool is_done = !ask(fd, what);
	bool is_good = !is_done;

	while (!is_done && is_good) {
		ssize_t n = read(fd, t->buf, sizeof(t->buf));

		is_good = n > 0;
		is_done = is_good && take_messages(t, netns, (size_t)n);
	}
	return is_good;
}

static bool read_all(struct nw_links *t, int fd, uint32_t netns)
{
	return read_answer(t, fd, netns, RTM_GETLINK) && read_answer(t, fd, netns, RTM_GETNEIGH) &&
	       fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/* ---- all of them ---------------------------------------------------------------------------- */

int nw_links_new(nw_link_fn tell, nw_neigh_fn tell_neigh, void *ctx, struct nw_links **ret)
{
	struct nw_links *t = calloc(1, sizeof(*t));

	if (!t) {
		return -ENOMEM;
	}
	t->tell = tell;
	t->tell_neigh = tell_neigh;
	t->ctx = ctx;
	t->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	t->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (t->home < 0 || t->epoll < 0) {
		int err = errno;

		nw_links_free(t);
		return -err;
	}
	*ret = t;
	return 0;
}

void nw_links_free(struct nw_links *t)
{
	if (!t) {
		return;
	}
	for (unsigned i = 0; i < t->count; i++) {
		close(t->at[i].fd);
	}
	if (t->home >= 0) {
		close(t->home);
	}
	if (t->epoll >= 0) {
		close(t->epoll);
	}
	free(t);
}

bool nw_links_has(const struct nw_links *t, uint32_t netns)
{
	unsigned i = 0;

	while (i < t->count && t->at[i].netns != netns) {
		i++;
	}
	return i < t->count;
}

/* The socket, or -1, in *ret; -errno when there is no way back. */
static int open_socket_in(const struct nw_links *t, int netns_fd, int *ret)
{
	*ret = -1;
	if (setns(netns_fd, CLONE_NEWNET) < 0) {
		return 0;
	}
	*ret = open_socket();
	return setns(t->home, CLONE_NEWNET) < 0 ? -errno : 0;
}

int nw_links_add(struct nw_links *t, int fd, uint32_t netns)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = netns };
	int sock = -1;
	int r = 0;

	if (nw_links_has(t, netns)) {
		return 0;
	}
	if (t->count < NETNS_MAX) {
		r = open_socket_in(t, fd, &sock);
	}
	if (sock < 0 || !read_all(t, sock, netns) ||
	    epoll_ctl(t->epoll, EPOLL_CTL_ADD, sock, &ev) < 0) {
		t->lost++;
		if (sock >= 0) {
			close(sock);
		}
		return r;
	}
	t->at[t->count].fd = sock;
	t->at[t->count].is_asking = false;
	t->at[t->count++].netns = netns;
	return r;
}

int nw_links_fd(const struct nw_links *t)
{
	return t->epoll;
}

/* Changes that found no room in the socket are lost, and all is asked for again. */
static void read_one(struct nw_links *t, unsigned i)
{
	for (unsigned k = 0; k < READS_MAX; k++) {
		ssize_t n = read(t->at[i].fd, t->buf, sizeof(t->buf));

		if (n > 0) {
			if (take_messages(t, t->at[i].netns, (size_t)n) && t->at[i].is_asking) {
				t->at[i].is_asking = false;
				(void)ask(t->at[i].fd, RTM_GETNEIGH);
			}
		} else if (n < 0 && errno == ENOBUFS) {
			t->lost++;
			t->at[i].is_asking = true;
			(void)ask(t->at[i].fd, RTM_GETLINK);
		} else if (n == 0 || errno != EINTR) {
			return;
		}
	}
}

void nw_links_read(struct nw_links *t)
{
	struct epoll_event ev[16];
	int n = epoll_wait(t->epoll, ev, NW_ARRAY_SIZE(ev), 0);

	for (int k = 0; k < n; k++) {
		for (unsigned i = 0; i < t->count; i++) {
			if (t->at[i].netns == ev[k].data.u32) {
				read_one(t, i);
			}
		}
	}
}

void nw_links_leave(struct nw_links *t, bool (*is_empty)(void *ctx, uint32_t netns), void *ctx)
{
	for (unsigned i = t->count; i-- > 1;) {
		if (is_empty(ctx, t->at[i].netns)) {
			close(t->at[i].fd);
			t->at[i] = t->at[--t->count];
		}
	}
}

uint64_t nw_links_lost(const struct nw_links *t)
{
	return t->lost;
}
