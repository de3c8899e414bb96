/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_churn serve IP PORT COUNT | connect IP PORT COUNT WINDOW: COUNT short TCP connections, 64
 * bytes each way, WINDOW of them at a time; the client closes first. Each end prints as one line of
 * JSON what it really did. Owns its sockets; a connection that ends otherwise is counted as failed.
 */
#include "load.h"

#include <sys/epoll.h>

enum {
	MESSAGE_BYTES = 64,
	MAX_FDS = 1024,
	MAX_WINDOW = 256,
	MAX_EVENTS = 64,
	LIMIT_S = 60
};

struct end {
	int epoll_fd;
	uint32_t done;
	uint32_t failed;
	uint64_t bytes;		    /* received */
	uint32_t received[MAX_FDS]; /* bytes of the connection, by fd */
	uint8_t has_sent[MAX_FDS];  /* by fd */
};

static const char message[MESSAGE_BYTES];

static void watch(struct end *end, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };

	if (fd >= MAX_FDS)
		nw_load_die("too many connections at once");
	end->received[fd] = 0;
	end->has_sent[fd] = 0;
	if (epoll_ctl(end->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
		nw_load_die("cannot watch a socket");
}

static void finish(struct end *end, int fd, int is_good)
{
	(void)close(fd);
	end->done++;
	end->failed += !is_good;
}

static void send_message(struct end *end, int fd)
{
	if (send(fd, message, sizeof(message), 0) == MESSAGE_BYTES)
		end->has_sent[fd] = 1;
}

/* How many bytes came; 0 at the end of the stream, -1 when nothing is there yet, -2 on an error. */
static ssize_t receive(struct end *end, int fd)
{
	char buf[2 * MESSAGE_BYTES];
	ssize_t n = recv(fd, buf, sizeof(buf), 0);

	if (n < 0)
		return errno == EAGAIN ? -1 : -2;
	end->received[fd] += (uint32_t)n;
	end->bytes += (uint64_t)n;
	return n;
}

static void accept_all(struct end *end, int listen_fd)
{
	int fd;

	while ((fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		watch(end, fd, EPOLLIN);
	if (errno != EAGAIN)
		nw_load_die("cannot accept");
}

static void serve_one(struct end *end, int fd)
{
	ssize_t n = receive(end, fd);

	if (n > 0 && end->received[fd] == MESSAGE_BYTES) {
		send_message(end, fd);
	} else if (n == 0 || n == -2) {
		finish(end, fd, n == 0 && end->has_sent[fd]);
	}
}

static void serve(struct end *end, const struct sockaddr_in *sa, uint32_t count)
{
	int listen_fd = nw_load_bind(SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, sa);
	struct epoll_event events[MAX_EVENTS];
	int i, n;

	watch(end, listen_fd, EPOLLIN);
	nw_load_ready();
	while (end->done < count) {
		n = epoll_wait(end->epoll_fd, events, MAX_EVENTS, -1);
		for (i = 0; i < n; i++) {
			if (events[i].data.fd == listen_fd) {
				accept_all(end, listen_fd);
			} else {
				serve_one(end, events[i].data.fd);
			}
		}
	}
	(void)close(listen_fd);
}

static void connect_one(struct end *end, const struct sockaddr_in *sa)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		nw_load_die("cannot make a socket");
	if (connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) < 0 && errno != EINPROGRESS)
		nw_load_die("cannot connect");
	watch(end, fd, EPOLLIN | EPOLLOUT | EPOLLET);
}

/* True when the connection is over. */
static int talk(struct end *end, int fd)
{
	ssize_t n;

	if (!end->has_sent[fd])
		send_message(end, fd);
	n = receive(end, fd);
	if (n == -1 || (n > 0 && end->received[fd] < MESSAGE_BYTES))
		return 0;
	finish(end, fd, end->received[fd] == MESSAGE_BYTES);
	return 1;
}

static void run_client(struct end *end, const struct sockaddr_in *sa, uint32_t count,
		       uint32_t window)
{
	struct epoll_event events[MAX_EVENTS];
	uint32_t started = 0;
	int i, n;

	while (started < window && started < count) {
		connect_one(end, sa);
		started++;
	}
	while (end->done < count) {
		n = epoll_wait(end->epoll_fd, events, MAX_EVENTS, -1);
		for (i = 0; i < n; i++) {
			if (talk(end, events[i].data.fd) && started < count) {
				connect_one(end, sa);
				started++;
			}
		}
	}
}

int main(int argc, char **argv)
{
	static struct end end;
	struct sockaddr_in sa;
	uint64_t start_ns;
	uint32_t count;
	int is_server;

	if (argc < 5)
		nw_load_die("usage: load_churn serve IP PORT COUNT | connect IP PORT COUNT WINDOW");
	is_server = !strcmp(argv[1], "serve");
	if (argc != (is_server ? 5 : 6))
		nw_load_die("load_churn %s: wrong number of arguments", argv[1]);
	nw_load_begin(LIMIT_S);
	sa = nw_load_address(argv[2], nw_load_number(argv[3], 1, 65535));
	count = nw_load_number(argv[4], 1, 1000000);
	end.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (end.epoll_fd < 0)
		nw_load_die("cannot make an epoll instance");

	start_ns = nw_load_now_ns();
	if (is_server) {
		serve(&end, &sa, count);
	} else {
		run_client(&end, &sa, count, nw_load_number(argv[5], 1, MAX_WINDOW));
	}
	(void)printf("{\"made\":%u,\"failed\":%u,\"received_bytes\":%llu,"
		     "\"seconds\":%.6f,\"cpu_ns\":%llu}\n",
		     end.done - end.failed, end.failed, (unsigned long long)end.bytes,
		     (double)(nw_load_now_ns() - start_ns) / 1e9,
		     (unsigned long long)nw_load_cpu_ns());
	return 0;
}
