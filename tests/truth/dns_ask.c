/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns_ask VERB...: asks for names, and prints who asked from which port, what it got and when.
 *	udp|tcp ADDR PORT NAME A|AAAA	one question and its answer
 *	lost ADDR PORT NAME		a question over UDP whose answer nobody waits for
 *	unix PATH NAME TIMES		a resolver at a Unix socket, so often, a second apart
 *	each PATH NAME TIMES		the same at once, by a connection for each
 *	send ADDR PORT BYTES		a TCP connection to what was answered, say; kept open
 * A name is written as in zone files (\ddd).
 */

#include "dns_wire.h"

static uint16_t next_id = 0x1234;

static size_t put_question(uint8_t *m, const char *name, unsigned type)
{
	size_t n = DNS_HEADER;

	memset(m, 0, DNS_HEADER);
	dns_put16(m, ++next_id);
	m[2] = 1; /* recursion desired */
	m[5] = 1;
	n += dns_put_name(m + n, name);
	dns_put16(m + n, type);
	dns_put16(m + n + 2, DNS_IN);
	return n + 4;
}

static int open_to(const char *addr, const char *port, int type)
{
	struct truth_addr a = truth_addr(addr, port);
	int fd = socket(a.sa.ss_family, type | SOCK_CLOEXEC, 0);

	truth_check(fd >= 0, "socket");
	truth_check(!connect(fd, (struct sockaddr *)&a.sa, a.len), "connect");
	return fd;
}

static void print_result(int fd, const uint8_t *m, size_t n)
{
	errno = EBADMSG;
	truth_check(n >= DNS_HEADER && m[2] & 0x80 && dns_get16(m) == next_id, "answer");
	printf("{");
	truth_print_ends(fd);
	truth_print("\"pid\":%d,\"id\":%u,\"rcode\":%u,\"answers\":%u}", getpid(), next_id,
		    m[3] & 15U, dns_get16(m + 6));
}

static unsigned type_of(const char *text)
{
	return strcmp(text, "AAAA") == 0 ? DNS_AAAA : DNS_A;
}

static void do_udp(char **args)
{
	int fd = open_to(args[0], args[1], SOCK_DGRAM);
	uint8_t m[DNS_MAX];
	size_t n = put_question(m, args[2], type_of(args[3]));
	ssize_t got;

	truth_check(send(fd, m, n, 0) == (ssize_t)n, "send");
	got = recv(fd, m, sizeof(m), 0);
	truth_check(got > 0, "recv");
	print_result(fd, m, (size_t)got);
	close(fd);
}

static void do_tcp(char **args)
{
	int fd = open_to(args[0], args[1], SOCK_STREAM);
	uint8_t m[DNS_MAX + 2];

	dns_write_tcp(fd, m + 2, put_question(m + 2, args[2], type_of(args[3])));
	print_result(fd, m + 2, dns_read_tcp(fd, m + 2));
	close(fd);
}

static void do_lost(char **args)
{
	int fd = open_to(args[0], args[1], SOCK_DGRAM);
	uint8_t m[DNS_MAX];
	size_t n = put_question(m, args[2], DNS_A);

	truth_check(send(fd, m, n, 0) == (ssize_t)n, "send");
	printf("{");
	truth_print_ends(fd);
	truth_print("\"pid\":%d,\"id\":%u}", getpid(), next_id);
}

static void do_send(char **args)
{
	int fd = open_to(args[0], args[1], SOCK_STREAM);
	uint64_t left = truth_number(args[2], 1 << 20);
	char chunk[1024] = "";

	while (left > 0) {
		ssize_t n = write(fd, chunk, NW_MIN(left, sizeof(chunk)));

		truth_check(n > 0, "write");
		left -= (uint64_t)n;
	}
	printf("{");
	truth_print_ends(fd);
	truth_print("\"pid\":%d}", getpid());
}

static int connect_unix(const char *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a;
	socklen_t len = dns_unix_name(&a, name);

	truth_check(fd >= 0, "socket");
	truth_check(!connect(fd, (struct sockaddr *)&a, len), name);
	return fd;
}

static void ask_unix(int fd, const char *name)
{
	char line[256];
	int n = snprintf(line, sizeof(line) - 1, "%s\n", name);

	truth_check(write(fd, line, (size_t)n) == n, "write");
	truth_check(read(fd, line + n, 1) == 1, "read");
}

static void do_unix(char **args)
{
	int fd = connect_unix(args[0]);

	for (uint64_t i = truth_number(args[2], TRUTH_LIMIT_S); i > 0; i--) {
		ask_unix(fd, args[1]);
		sleep(1);
	}
	truth_print("{\"pid\":%d}", getpid());
	close(fd);
}

static void do_each(char **args)
{
	for (uint64_t i = truth_number(args[2], 10000); i > 0; i--) {
		int fd = connect_unix(args[0]);

		ask_unix(fd, args[1]);
		close(fd);
	}
	truth_print("{\"pid\":%d}", getpid());
}

static const struct truth_verb verbs[] = {
	{ "lost", 3, do_lost }, { "send", 3, do_send }, { "tcp", 4, do_tcp }, { "udp", 4, do_udp },
	{ "unix", 3, do_unix }, { "each", 3, do_each }, TRUTH_COMMON_VERBS,
};

int main(int argc, char **argv)
{
	truth_begin();
	truth_script(verbs, argc, argv);
	return 0;
}
