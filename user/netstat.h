/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel itself counted in our network namespace: octets and packets of IP. Opened while
 * /proc is there, read afterwards. Parsers are pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/macro.h"

/* /proc/net/snmp, netstat, snmp6 */
#define NW_NETSTAT_FILES 3
#define NW_NETSTAT_TEXT	 1024 /* of a fact, with NUL */

struct nw_netstat {
	int fd[NW_NETSTAT_FILES]; /* -1 = not there */
	bool is_open;
};

void nw_netstat_open(struct nw_netstat *n);
void nw_netstat_close(struct nw_netstat *n);
/* The value of the fact "net.counters", or -errno. */
NW_MUST_CHECK int nw_netstat_read(const struct nw_netstat *n, char ret[NW_NETSTAT_TEXT]);
/* The same of texts that were read: "name=total name=total ...", what they have. */
void nw_netstat_make(const char *snmp, const char *netstat, const char *snmp6,
		     char ret[NW_NETSTAT_TEXT]);
