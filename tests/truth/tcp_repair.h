/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs of tcp that use TCP_REPAIR, as CRIU does to move connections between hosts:
 *	freeze		keeps the connection's state and closes it without a packet
 *	thaw		a new socket, no handshake, goes on where the old one was
 *	pretend BYTES	queued as if they had been sent before; the kernel sends them again
 */
#pragma once

#include <linux/tcp.h>

#include "tcp.h"

#define REPAIR_OPT_MSS	      2
#define REPAIR_OPT_WINDOW     3
#define REPAIR_OPT_SACK_PERM  4
#define REPAIR_OPT_TIMESTAMPS 8

static struct {
	uint32_t seq[2]; /* of the queues that are received into and sent from */
	struct tcp_repair_window window;
	struct tcp_info info;
	uint32_t mss, timestamp;
	struct truth_addr here, there;
} frozen;

static void repair_get(int option, void *value, socklen_t size)
{
	truth_check(!getsockopt(fd, IPPROTO_TCP, option, value, &size), "TCP_REPAIR: get");
}

static void repair_set(int option, const void *value, socklen_t size)
{
	truth_check(!setsockopt(fd, IPPROTO_TCP, option, value, size), "TCP_REPAIR: set");
}

static void repair_set_int(int option, int value)
{
	repair_set(option, &value, sizeof(value));
}

static void do_freeze(char **args)
{
	(void)args;
	frozen.here.len = frozen.there.len = sizeof(frozen.here.sa);
	truth_check(
		!getsockname(fd, (struct sockaddr *)&frozen.here.sa, &frozen.here.len) &&
			!getpeername(fd, (struct sockaddr *)&frozen.there.sa, &frozen.there.len),
		"name");
	repair_set_int(TCP_REPAIR, TCP_REPAIR_ON);
	for (int queue = 0; queue < 2; queue++) {
		repair_set_int(TCP_REPAIR_QUEUE, queue ? TCP_SEND_QUEUE : TCP_RECV_QUEUE);
		repair_get(TCP_QUEUE_SEQ, &frozen.seq[queue], sizeof(frozen.seq[queue]));
	}
	repair_get(TCP_REPAIR_WINDOW, &frozen.window, sizeof(frozen.window));
	repair_get(TCP_INFO, &frozen.info, sizeof(frozen.info));
	repair_get(TCP_MAXSEG, &frozen.mss, sizeof(frozen.mss));
	repair_get(TCP_TIMESTAMP, &frozen.timestamp, sizeof(frozen.timestamp));
	errno = EBUSY;
	truth_check(frozen.info.tcpi_unacked == 0, "unacknowledged bytes");
	truth_check(!close(fd), "close");
	fd = -1;
}

/* What the handshake would have agreed on. */
static void repair_options(void)
{
	struct tcp_repair_opt opt[] = {
		{ REPAIR_OPT_MSS, frozen.mss },
		{ REPAIR_OPT_WINDOW,
		  frozen.info.tcpi_snd_wscale | (uint32_t)frozen.info.tcpi_rcv_wscale << 16 },
		{ REPAIR_OPT_SACK_PERM, 0 },
		{ REPAIR_OPT_TIMESTAMPS, 0 },
	};

	repair_set(TCP_REPAIR_OPTIONS, opt, sizeof(opt));
	repair_set(TCP_TIMESTAMP, &frozen.timestamp, sizeof(frozen.timestamp));
	repair_set(TCP_REPAIR_WINDOW, &frozen.window, sizeof(frozen.window));
}

static void do_thaw(char **args)
{
	(void)args;
	fd = socket(frozen.here.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	truth_check(fd >= 0, "socket");
	/* takes the port whoever else has it, as connections that wait for their end may; SO_REUSEADDR
	 * would take that away (net/core/sock.c) */
	repair_set_int(TCP_REPAIR, TCP_REPAIR_ON);
	truth_check(!bind(fd, (struct sockaddr *)&frozen.here.sa, frozen.here.len), "bind");
	for (int queue = 0; queue < 2; queue++) {
		repair_set_int(TCP_REPAIR_QUEUE, queue ? TCP_SEND_QUEUE : TCP_RECV_QUEUE);
		repair_set(TCP_QUEUE_SEQ, &frozen.seq[queue], sizeof(frozen.seq[queue]));
	}
	truth_check(!connect(fd, (struct sockaddr *)&frozen.there.sa, frozen.there.len), "connect");
	repair_options();
	repair_set_int(TCP_REPAIR, TCP_REPAIR_OFF);
	truth_ends(fd, ends);
}

static void do_pretend(char **args)
{
	uint64_t bytes = truth_number(args[0], CHUNK);

	repair_set_int(TCP_REPAIR, TCP_REPAIR_ON);
	repair_set_int(TCP_REPAIR_QUEUE, TCP_SEND_QUEUE);
	tcp_send(bytes);
	repair_set_int(TCP_REPAIR, TCP_REPAIR_OFF);
}

#define TCP_REPAIR_VERBS                                          \
	{ "freeze", 0, do_freeze }, { "pretend", 1, do_pretend }, \
	{                                                         \
		"thaw", 0, do_thaw                                \
	}
