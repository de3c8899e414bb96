/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's own counters, of /proc/net: the witness that the ledger is held against. Files of
 * /proc/net belong to the network namespace of who opened them. They are read whole from their
 * beginning each time; the kernel makes their text anew then. Owns the descriptors.
 */
#include "netstat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/whole.h"

#define TEXT_MAX 16384 /* netstat has 3 KiB on 6.18 */

enum {
	SNMP,
	NETSTAT,
	SNMP6,
};

static const char *const paths[NW_NETSTAT_FILES] = {
	[SNMP] = "/proc/net/snmp",
	[NETSTAT] = "/proc/net/netstat",
	[SNMP6] = "/proc/net/snmp6",
};

/*
 * In the fact, in the kernel, where. OutTransmits is counted beside OutOctets where it exists;
 * before, OutRequests was.
 */
static const struct {
	const char *name, *group, *counter;
	int file;
} counters[] = {
	{ "in4", "IpExt", "InOctets", NETSTAT },
	{ "out4", "IpExt", "OutOctets", NETSTAT },
	{ "in4_packets", "Ip", "InReceives", SNMP },
	{ "out4_packets", "Ip", "OutTransmits", SNMP },
	{ "out4_packets", "Ip", "OutRequests", SNMP },
	{ "forwarded4", "Ip", "ForwDatagrams", SNMP },
	{ "pieces4", "Ip", "ReasmReqds", SNMP },
	{ "wholes4", "Ip", "ReasmOKs", SNMP },
	{ "in6", NULL, "Ip6InOctets", SNMP6 },
	{ "out6", NULL, "Ip6OutOctets", SNMP6 },
	{ "in6_packets", NULL, "Ip6InReceives", SNMP6 },
	{ "out6_packets", NULL, "Ip6OutTransmits", SNMP6 },
	{ "out6_packets", NULL, "Ip6OutRequests", SNMP6 },
	{ "forwarded6", NULL, "Ip6OutForwDatagrams", SNMP6 },
	{ "pieces6", NULL, "Ip6ReasmReqds", SNMP6 },
	{ "wholes6", NULL, "Ip6ReasmOKs", SNMP6 },
	{ "again", "Tcp", "RetransSegs", SNMP },
	{ "first", "TcpExt", "TCPOrigDataSent", NETSTAT },
	{ "old", "TcpExt", "TCPDSACKOldSent", NETSTAT },
	{ "old_gap", "TcpExt", "TCPDSACKOfoSent", NETSTAT },
	{ "drop_backlog", "TcpExt", "TCPBacklogDrop", NETSTAT },
	{ "drop_queue", "TcpExt", "TCPRcvQDrop", NETSTAT },
	{ "drop_window", "TcpExt", "TCPZeroWindowDrop", NETSTAT },
	{ "drop_gap", "TcpExt", "TCPOFODrop", NETSTAT },
};

/* ---- texts ---------------------------------------------------------------------------------- */

static bool is_word(const char *at, const char *word)
{
	size_t len = strlen(word);

	return strncmp(at, word, len) == 0 && (at[len] == ' ' || at[len] == '\n' || !at[len]);
}

/* The next word of this line, or NULL. */
static const char *next_word(const char *at)
{
	at += strcspn(at, " \t\n");
	at += strspn(at, " \t");
	return *at && *at != '\n' ? at : NULL;
}

static const char *next_line(const char *at)
{
	const char *end = strchr(at, '\n');

	return end ? end + 1 : "";
}

/* "Ip: A B\nIp: 1 2\n": names in one line, numbers in the next. */
static const char *find_pair(const char *text, const char *group, const char *counter)
{
	size_t len = strlen(group);

	while (*text) {
		const char *names = text;
		const char *numbers = next_line(text);

		if (strncmp(names, group, len) == 0 && names[len] == ':' &&
		    strncmp(numbers, group, len) == 0 && numbers[len] == ':') {
			do {
				names = next_word(names);
				numbers = next_word(numbers);
			} while (names && numbers && !is_word(names, counter));
			return names ? numbers : NULL;
		}
		text = next_line(text);
	}
	return NULL;
}

/* "Ip6InOctets    \t123\n" */
static const char *find_line(const char *text, const char *counter)
{
	while (*text) {
		if (is_word(text, counter)) {
			return next_word(text);
		}
		text = next_line(text);
	}
	return NULL;
}

void nw_netstat_make(const char *snmp, const char *netstat, const char *snmp6,
		     char ret[NW_NETSTAT_TEXT])
{
	const char *const text[NW_NETSTAT_FILES] = { snmp, netstat, snmp6 };
	const char *last = "";
	size_t len = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < NW_ARRAY_SIZE(counters); i++) {
		const char *in = text[counters[i].file];
		const char *at = counters[i].group
					 ? find_pair(in, counters[i].group, counters[i].counter)
					 : find_line(in, counters[i].counter);
		int n;

		if (!at || strcmp(last, counters[i].name) == 0) {
			continue;
		}
		n = snprintf(ret + len, NW_NETSTAT_TEXT - len, "%s%s=%llu", len ? " " : "",
			     counters[i].name, strtoull(at, NULL, 10));
		if (n < 0 || len + (size_t)n >= NW_NETSTAT_TEXT) {
			ret[len] = '\0';
			return;
		}
		len += (size_t)n;
		last = counters[i].name;
	}
}

/* ---- files ---------------------------------------------------------------------------------- */

void nw_netstat_open(struct nw_netstat *n)
{
	n->is_open = true;
	for (int i = 0; i < NW_NETSTAT_FILES; i++) {
		n->fd[i] = open(paths[i], O_RDONLY | O_CLOEXEC);
	}
}

void nw_netstat_close(struct nw_netstat *n)
{
	for (int i = 0; n->is_open && i < NW_NETSTAT_FILES; i++) {
		if (n->fd[i] >= 0) {
			close(n->fd[i]);
		}
		n->fd[i] = -1;
	}
}

/* Not pread(2): after the drop there is read and lseek. */
static int read_all(int fd, char *text, size_t size)
{
	ssize_t n;

	text[0] = '\0';
	if (fd < 0) {
		return 0; /* a kernel without IPv6 has no snmp6 */
	}
	if (lseek(fd, 0, SEEK_SET) < 0) {
		return -errno;
	}
	n = nw_read_whole(fd, text, size - 1);
	if (n < 0) {
		return (int)n;
	}
	text[n] = '\0';
	return 0;
}

int nw_netstat_read(const struct nw_netstat *n, char ret[NW_NETSTAT_TEXT])
{
	static char text[NW_NETSTAT_FILES][TEXT_MAX];

	if (!n->is_open || n->fd[SNMP] < 0 || n->fd[NETSTAT] < 0) {
		return -ENOENT;
	}
	for (int i = 0; i < NW_NETSTAT_FILES; i++) {
		int r = read_all(n->fd[i], text[i], sizeof(text[i]));

		if (r < 0) {
			return r;
		}
	}
	nw_netstat_make(text[SNMP], text[NETSTAT], text[SNMP6], ret);
	return 0;
}
