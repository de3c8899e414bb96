/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_dns IP PORT COUNT WINDOW: asks a resolver for the A records of COUNT different names
 * (q000000.bench.test …), WINDOW outstanding, from one socket. Before that it asks for
 * ready.bench.test until an answer comes. Prints the truth as one line of JSON. Owns one socket;
 * an unanswered query is asked again and counted as a retry, so made == answered at the end.
 */
#include "load.h"

enum {
	MAX_QUERIES = 60000,
	MAX_PACKET = 512,
	HEADER_BYTES = 12,
	LIMIT_S = 60,
	TIMEOUT_MS = 200
};

struct asker {
	int fd;
	uint32_t answered;
	uint32_t retries;
	uint8_t has_answer[MAX_QUERIES];
};

/* Appends a label in wire form: its length, then its letters without an end; the new length. */
static size_t put_label(uint8_t *packet, size_t length, const char *label)
{
	size_t length_at = length++;

	while (*label)
		packet[length++] = (uint8_t)*label++;
	packet[length_at] = (uint8_t)(length - length_at - 1);
	return length;
}

static void ask(const struct asker *asker, uint16_t id, const char *host)
{
	static const uint8_t flags_and_counts[] = { 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
	static const uint8_t type_a_class_in[] = { 0, 0, 1, 0, 1 };
	uint8_t packet[MAX_PACKET];
	size_t length = HEADER_BYTES;

	packet[0] = (uint8_t)(id >> 8);
	packet[1] = (uint8_t)id;
	memcpy(packet + 2, flags_and_counts, sizeof(flags_and_counts));
	length = put_label(packet, length, host);
	length = put_label(packet, length, "bench");
	length = put_label(packet, length, "test");
	memcpy(packet + length, type_a_class_in, sizeof(type_a_class_in));
	length += sizeof(type_a_class_in);
	/* refused while the server is not up yet: the timeout asks again */
	(void)send(asker->fd, packet, length, 0);
}

static void ask_number(const struct asker *asker, uint32_t number)
{
	char host[16];

	(void)snprintf(host, sizeof(host), "q%06u", number);
	ask(asker, (uint16_t)number, host);
}

/* The id of an answer that carries at least one record, or -1. */
static int32_t receive(const struct asker *asker)
{
	uint8_t packet[MAX_PACKET];
	ssize_t n = recv(asker->fd, packet, sizeof(packet), 0);

	if (n < HEADER_BYTES || !(packet[2] & 0x80) || !(packet[6] | packet[7]))
		return -1;
	return packet[0] << 8 | packet[1];
}

static void open_socket(struct asker *asker, const struct sockaddr_in *sa)
{
	struct timeval timeout = { .tv_usec = TIMEOUT_MS * 1000L };

	asker->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (asker->fd < 0 ||
	    setsockopt(asker->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) < 0 ||
	    connect(asker->fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0)
		nw_load_die("cannot make a socket");
}

static void wait_for_resolver(const struct asker *asker)
{
	struct timespec pause = { .tv_nsec = 10L * 1000 * 1000 };

	do {
		(void)nanosleep(&pause, NULL); /* a refused port answers at once */
		ask(asker, 0xffff, "ready");
	} while (receive(asker) != 0xffff);
}

static void ask_again(struct asker *asker, uint32_t asked)
{
	uint32_t i;

	for (i = 0; i < asked; i++) {
		if (!asker->has_answer[i]) {
			ask_number(asker, i);
			asker->retries++;
		}
	}
}

static void ask_all(struct asker *asker, uint32_t count, uint32_t window)
{
	uint32_t asked = 0;
	int32_t id;

	while (asker->answered < count) {
		while (asked < count && asked - asker->answered < window)
			ask_number(asker, asked++);
		id = receive(asker);
		if (id < 0) {
			ask_again(asker, asked);
		} else if ((uint32_t)id < asked && !asker->has_answer[id]) {
			asker->has_answer[id] = 1;
			asker->answered++;
		}
	}
}

int main(int argc, char **argv)
{
	static struct asker asker;
	uint64_t start_ns, start_cpu_ns;
	struct sockaddr_in sa;
	uint32_t count, window;

	if (argc != 5)
		nw_load_die("usage: load_dns IP PORT COUNT WINDOW");
	nw_load_begin(LIMIT_S);
	sa = nw_load_address(argv[1], nw_load_number(argv[2], 1, 65535));
	count = nw_load_number(argv[3], 1, MAX_QUERIES);
	window = nw_load_number(argv[4], 1, 1024);
	open_socket(&asker, &sa);
	wait_for_resolver(&asker);

	start_cpu_ns = nw_load_cpu_ns();
	start_ns = nw_load_now_ns();
	ask_all(&asker, count, window);
	(void)printf("{\"made\":%u,\"retries\":%u,\"seconds\":%.6f,\"cpu_ns\":%llu}\n",
		     asker.answered, asker.retries, (double)(nw_load_now_ns() - start_ns) / 1e9,
		     (unsigned long long)(nw_load_cpu_ns() - start_cpu_ns));
	return 0;
}
