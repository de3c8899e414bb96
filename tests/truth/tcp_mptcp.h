/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of tcp for MPTCP, whose bytes go over several connections of TCP that the kernel makes:
 *	mptcp		sockets made from here on are MPTCP's
 *	tcp		and from here on TCP's
 *	subflows N	waits until N connections are open and quiet; what this kernel counted on each
 */
#pragma once

#include <netinet/in.h>

/* behind that, which has the same structures */
#include <linux/mptcp.h>
#include <linux/tcp.h>

#include "tcp.h"

#define SUBFLOWS_MAX	    8
#define SUBFLOW_ESTABLISHED 1 /* include/net/tcp_states.h */
#define SUBFLOW_CLOSE_WAIT  8

#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif

struct subflow_infos {
	struct mptcp_subflow_data head;
	struct tcp_info each[SUBFLOWS_MAX];
};

struct subflow_ends {
	struct mptcp_subflow_data head;
	struct mptcp_subflow_addrs each[SUBFLOWS_MAX];
};

static void do_mptcp(char **args)
{
	(void)args;
	protocol = IPPROTO_MPTCP;
}

static void do_tcp(char **args)
{
	(void)args;
	protocol = IPPROTO_TCP;
}

static unsigned subflow_ask(int option, void *ret, size_t size, size_t size_each)
{
	struct mptcp_subflow_data *head = ret;
	socklen_t len = (socklen_t)size;

	memset(ret, 0, size);
	head->size_subflow_data = sizeof(*head);
	head->size_user = (uint32_t)size_each;
	truth_check(!getsockopt(fd, SOL_MPTCP, option, ret, &len), "MPTCP: get");
	return head->num_subflows;
}

/* Has the far end everything, so that nothing is sent a second time, over another connection? */
static bool mptcp_is_quiet(void)
{
	struct mptcp_info info = { 0 };
	socklen_t len = sizeof(info);

	truth_check(!getsockopt(fd, SOL_MPTCP, MPTCP_INFO, &info, &len), "MPTCP_INFO");
	return info.mptcpi_write_seq == info.mptcpi_snd_una;
}

/* Those that are, and have nothing under way; none while one ends that the kernel would still send over.
 * The first one stays in the list when it ended. */
static unsigned subflows_open(struct subflow_infos *i, unsigned *ret_all)
{
	unsigned open = 0;

	*ret_all = subflow_ask(MPTCP_TCPINFO, i, sizeof(*i), sizeof(i->each[0]));
	for (unsigned at = 0; at < *ret_all; at++) {
		if (i->each[at].tcpi_state == SUBFLOW_CLOSE_WAIT) {
			return 0;
		}
		open += i->each[at].tcpi_state == SUBFLOW_ESTABLISHED &&
			!i->each[at].tcpi_unacked && !i->each[at].tcpi_notsent_bytes;
	}
	return open;
}

static unsigned subflow_port(const struct sockaddr_in *local)
{
	return ntohs(local->sin_port); /* at the same place as IPv6's */
}

static void do_subflows(char **args)
{
	unsigned n = (unsigned)truth_number(args[0], SUBFLOWS_MAX);
	struct subflow_infos i;
	struct subflow_ends e;
	char line[1024] = "";
	unsigned all;
	int len = 0;

	while (!mptcp_is_quiet() || subflows_open(&i, &all) != n) {
		sched_yield(); /* the kernel makes and ends them in its own time; alarm(2) ends this */
	}
	(void)subflow_ask(MPTCP_SUBFLOW_ADDRS, &e, sizeof(e), sizeof(e.each[0]));
	for (unsigned at = 0; at < all; at++) {
		const struct tcp_info *t = &i.each[at];

		if (t->tcpi_state != SUBFLOW_ESTABLISHED) {
			continue;
		}
		len += snprintf(line + len, sizeof(line) - (size_t)len,
				"%s{\"lport\":%u,\"rport\":%u,\"kernel_received\":%llu,"
				"\"kernel_sent\":%llu}",
				len ? "," : "", subflow_port(&e.each[at].sin_local),
				subflow_port(&e.each[at].sin_remote),
				(unsigned long long)t->tcpi_bytes_received,
				(unsigned long long)(t->tcpi_bytes_sent - t->tcpi_bytes_retrans));
	}
	truth_print("{\"pid\":%d,\"subflows\":[%s]}", getpid(), line);
}

#define TCP_MPTCP_VERBS                                           \
	{ "mptcp", 0, do_mptcp }, { "subflows", 1, do_subflows }, \
	{                                                         \
		"tcp", 0, do_tcp                                  \
	}
