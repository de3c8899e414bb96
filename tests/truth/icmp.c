/* SPDX-License-Identifier: Apache-2.0 */
/*
 * icmp KIND FAMILY COUNT SIZE: COUNT echo requests with SIZE bytes behind their ICMP header, in a
 * network namespace of its own, where the kernel that answers counts nobody else's. KIND is
 *	raw	from a raw socket that hears echo replies only
 *	ping	from a ping socket
 *	sniff	from a raw socket that hears nothing; another one only hears the requests and never
 *		sends, binds or connects
 * Prints the message bytes sent and received by the socket in question, and the kernel's counters.
 */
#include <fcntl.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>

#include "netns.h"
#include "truth.h"

#define HEADER	 8
#define DATA_MAX 1400

static bool is_v6;
static uint64_t sent, sent_packets, received, received_packets;

/* nobody may open ping sockets in a new namespace */
static void enter_namespace(void)
{
	int fd;

	truth_netns(0);
	fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
	truth_check(fd >= 0 && write(fd, "0 0\n", 4) == 4, "ping_group_range");
	close(fd);
}

/* A raw socket that hears one type of message, or none (-1). */
static int open_raw(int type)
{
	int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC,
			is_v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	struct icmp6_filter f6;
	struct icmp_filter f4 = { .data = type < 0 ? ~0U : ~(1U << type) };

	truth_check(fd >= 0, "raw socket");
	ICMP6_FILTER_SETBLOCKALL(&f6);
	if (type >= 0) {
		ICMP6_FILTER_SETPASS(type, &f6);
	}
	truth_check(is_v6 ? !setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &f6, sizeof(f6))
			  : !setsockopt(fd, SOL_RAW, ICMP_FILTER, &f4, sizeof(f4)),
		    "filter");
	return fd;
}

static int open_ping(void)
{
	int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC,
			is_v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);

	truth_check(fd >= 0, "ping socket");
	return fd;
}

/* RFC 1071; the kernel fills in ICMPv6's */
static uint16_t checksum(const uint8_t *data, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		sum += (uint32_t)data[i] << 8 | data[i + 1];
	}
	if (len & 1) {
		sum += (uint32_t)data[len - 1] << 8;
	}
	while (sum >> 16) {
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

static void send_echo(int fd, uint16_t sequence, size_t size)
{
	struct truth_addr a = truth_addr(is_v6 ? "::1" : "127.0.0.9", "0");
	uint8_t m[HEADER + DATA_MAX] = { is_v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO };
	uint16_t sum;

	m[6] = (uint8_t)(sequence >> 8);
	m[7] = (uint8_t)sequence;
	if (!is_v6) {
		sum = checksum(m, HEADER + size);
		m[2] = (uint8_t)(sum >> 8);
		m[3] = (uint8_t)sum;
	}
	truth_check(sendto(fd, m, HEADER + size, 0, (struct sockaddr *)&a.sa, a.len) ==
			    (ssize_t)(HEADER + size),
		    "sendto");
}

/* ICMP bytes of the next message; a raw IPv4 socket gets the IP header before them. */
static uint64_t receive_one(int fd, bool is_raw)
{
	uint8_t m[2048];
	ssize_t n = recv(fd, m, sizeof(m), 0);
	size_t skip = is_raw && !is_v6 && n > 0 ? (m[0] & 15U) * 4 : 0;

	truth_check(n >= (ssize_t)(skip + HEADER), "recv");
	return (uint64_t)n - skip;
}

/* /proc/net/snmp6 has lines "name value". */
static uint64_t counter6(FILE *f, const char *name)
{
	uint64_t value;
	char key[64];

	while (fscanf(f, "%63s %" SCNu64, key, &value) == 2) {
		if (strcmp(key, name) == 0) {
			return value;
		}
	}
	errno = ENOENT;
	truth_die("%s", name);
}

/* /proc/net/snmp has a line of names and a line of values for each protocol. */
static uint64_t counter4(FILE *f, const char *name)
{
	char names[2048], values[2048];
	char *n = names, *v = values;
	char *key, *value;

	while (fgets(names, sizeof(names), f) && fgets(values, sizeof(values), f) &&
	       strncmp(names, "Icmp:", 5) != 0) {
		continue;
	}
	while ((key = strsep(&n, " \n")) && (value = strsep(&v, " \n"))) {
		if (strcmp(key, name) == 0) {
			return truth_number(value, UINT64_MAX);
		}
	}
	errno = ENOENT;
	truth_die("%s", name);
}

/* What this namespace's kernel counted. */
static uint64_t counter(const char *name4, const char *name6)
{
	FILE *f = fopen(is_v6 ? "/proc/thread-self/net/snmp6" : "/proc/thread-self/net/snmp", "re");
	uint64_t n;

	truth_check(f != NULL, "snmp");
	n = is_v6 ? counter6(f, name6) : counter4(f, name4);
	fclose(f);
	return n;
}

int main(int argc, char **argv)
{
	bool is_raw, is_sniff;
	uint64_t count;
	size_t size;
	int hears, sends;

	truth_begin();
	errno = EINVAL;
	truth_check(argc == 5, "usage: icmp raw|ping|sniff 4|6 COUNT SIZE");
	is_raw = strcmp(argv[1], "ping") != 0;
	is_sniff = strcmp(argv[1], "sniff") == 0;
	is_v6 = argv[2][0] == '6';
	count = truth_number(argv[3], UINT16_MAX);
	size = truth_number(argv[4], DATA_MAX);
	enter_namespace();
	if (is_sniff) {
		hears = open_raw(is_v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO);
		sends = open_raw(-1);
	} else {
		hears = is_raw ? open_raw(is_v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) : open_ping();
		sends = hears;
	}
	truth_print("{\"pid\":%d}", getpid());
	for (uint64_t i = 0; i < count; i++) {
		send_echo(sends, (uint16_t)i, size);
		if (!is_sniff) {
			sent += HEADER + size;
			sent_packets++;
		}
		received += receive_one(hears, is_raw);
		received_packets++;
	}
	truth_print("{\"pid\":%d,\"sent\":%" PRIu64 ",\"sent_packets\":%" PRIu64
		    ",\"received\":%" PRIu64 ",\"received_packets\":%" PRIu64
		    ",\"kernel_requests\":%" PRIu64 ",\"kernel_replies\":%" PRIu64 "}",
		    getpid(), sent, sent_packets, received, received_packets,
		    counter("InEchos", "Icmp6InEchos"),
		    counter("OutEchoReps", "Icmp6OutEchoReplies"));
	truth_wait();
	return 0;
}
