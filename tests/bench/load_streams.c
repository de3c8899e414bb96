/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cameras and the recorder that reads them, over TCP or UDP:
 *   load_streams recv tcp|udp IP PORT FLOWS
 *   load_streams send tcp|udp IP PORT FLOWS MS KBIT   (per flow; 0 = as fast as one sender goes)
 * TCP cameras send 25 frames a second, each 25th an I frame six times as large as the others; UDP
 * cameras send RTP packets of 1400 bytes, evenly spaced, to PORT + flow. The receiver ends when the
 * TCP senders are gone, or on SIGTERM. Each end prints what it moved as one line of JSON. Owns its
 * sockets; any error on a stream fails the load, except UDP packets that find the queue full.
 */
#include "load.h"

#include <sys/epoll.h>

enum {
	MAX_FLOWS = 512,
	PACKET_BYTES = 1400,
	BATCH = 32,
	TICK_NS = 1000000,
	FRAMES_PER_S = 25,
	GOP_FRAMES = 25,
	I_FRAME_FACTOR = 6,
	CHUNK_BYTES = 64 * 1024,
	READ_BYTES = 256 * 1024,
	RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024,
	LIMIT_S = 600,
};

struct streams {
	int type; /* SOCK_STREAM or SOCK_DGRAM */
	struct sockaddr_in sa;
	uint32_t flows;
	uint32_t ms;   /* how long to send */
	uint32_t kbit; /* per flow and second */
	int fds[MAX_FLOWS];
	uint64_t bytes;
	uint64_t packets; /* UDP datagrams or TCP frames */
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t late_ns; /* worst delay of a paced sender */
};

static volatile sig_atomic_t is_stopped;
static uint8_t buffer[READ_BYTES];

static void on_term(int sig)
{
	(void)sig;
	is_stopped = 1;
}

/* ---- sender ---- */

static void connect_flows(struct streams *s)
{
	uint32_t i;

	for (i = 0; i < s->flows; i++) {
		struct sockaddr_in sa = s->sa;

		if (s->type == SOCK_DGRAM)
			sa.sin_port = htons((uint16_t)(ntohs(sa.sin_port) + i));
		s->fds[i] = socket(AF_INET, s->type | SOCK_CLOEXEC, 0);
		if (s->fds[i] < 0 ||
		    connect(s->fds[i], (const struct sockaddr *)&sa, sizeof(sa)) < 0)
			nw_load_die("cannot connect flow %u", i);
	}
}

static void send_frame(struct streams *s, uint32_t flow, uint32_t bytes)
{
	while (bytes) {
		size_t n = bytes < sizeof(buffer) ? bytes : sizeof(buffer);
		ssize_t sent = send(s->fds[flow], buffer, n, 0);

		if (sent < 0)
			nw_load_die("cannot send on flow %u", flow);
		bytes -= (uint32_t)sent;
		s->bytes += (uint64_t)sent;
	}
	s->packets++;
}

static void send_packet(struct streams *s, uint32_t flow, uint32_t serial)
{
	uint32_t stamp_be = htonl(serial / 21 * (90000 / FRAMES_PER_S)); /* ~21 packets a frame */
	uint16_t serial_be = htons((uint16_t)serial);
	uint32_t source_be = htonl(flow);

	buffer[0] = 0x80; /* RTP version 2 */
	buffer[1] = 96;
	memcpy(buffer + 2, &serial_be, sizeof(serial_be));
	memcpy(buffer + 4, &stamp_be, sizeof(stamp_be));
	memcpy(buffer + 8, &source_be, sizeof(source_be));
	if (send(s->fds[flow], buffer, PACKET_BYTES, 0) != PACKET_BYTES)
		nw_load_die("cannot send on flow %u", flow);
	s->bytes += PACKET_BYTES;
	s->packets++;
}

static void note_lateness(struct streams *s, uint64_t due_ns)
{
	uint64_t now_ns = nw_load_now_ns();

	if (now_ns > due_ns && now_ns - due_ns > s->late_ns)
		s->late_ns = now_ns - due_ns;
}

/* One frame per turn, the flows evenly spread over the frame time and over the GOP. */
static void send_tcp_paced(struct streams *s)
{
	uint64_t turns = (uint64_t)s->ms * FRAMES_PER_S * s->flows / 1000;
	uint32_t gop_bytes = s->kbit * (1000 / 8) * GOP_FRAMES / FRAMES_PER_S;
	uint32_t p_bytes = gop_bytes / (GOP_FRAMES - 1 + I_FRAME_FACTOR);
	uint64_t turn;

	for (turn = 0; turn < turns && !is_stopped; turn++) {
		uint64_t due_ns = s->start_ns + turn * NW_LOAD_NS_PER_S / FRAMES_PER_S / s->flows;
		uint32_t flow = (uint32_t)(turn % s->flows);
		uint64_t frame = turn / s->flows + flow;

		nw_load_sleep_until_ns(due_ns);
		note_lateness(s, due_ns);
		send_frame(s, flow, frame % GOP_FRAMES ? p_bytes : p_bytes * I_FRAME_FACTOR);
	}
}

/* Each packet goes to the next flow, so every one finds cold caches. */
static void send_udp_paced(struct streams *s)
{
	uint64_t per_s = (uint64_t)s->kbit * (1000 / 8) * s->flows / PACKET_BYTES;
	uint64_t last_ns = s->start_ns + s->ms * NW_LOAD_NS_PER_MS;
	uint64_t due_ns;

	for (due_ns = s->start_ns; due_ns < last_ns && !is_stopped; due_ns += TICK_NS) {
		nw_load_sleep_until_ns(due_ns);
		note_lateness(s, due_ns);
		while (s->packets < (due_ns - s->start_ns) * per_s / NW_LOAD_NS_PER_S) {
			send_packet(s, (uint32_t)(s->packets % s->flows),
				    (uint32_t)(s->packets / s->flows));
		}
	}
}

static void send_max(struct streams *s)
{
	uint64_t last_ns = s->start_ns + s->ms * NW_LOAD_NS_PER_MS;
	uint64_t turn;

	for (turn = 0; nw_load_now_ns() < last_ns && !is_stopped; turn++) {
		uint32_t flow = (uint32_t)(turn % s->flows);

		if (s->type == SOCK_STREAM) {
			send_frame(s, flow, CHUNK_BYTES);
		} else {
			send_packet(s, flow, (uint32_t)(turn / s->flows));
		}
	}
}

static void run_sender(struct streams *s)
{
	uint32_t i;

	connect_flows(s);
	s->start_ns = nw_load_now_ns();
	if (!s->kbit) {
		send_max(s);
	} else if (s->type == SOCK_STREAM) {
		send_tcp_paced(s);
	} else {
		send_udp_paced(s);
	}
	s->end_ns = nw_load_now_ns();
	for (i = 0; i < s->flows; i++)
		(void)close(s->fds[i]);
}

/* ---- receiver ---- */

static void watch(int epoll_fd, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
		nw_load_die("cannot watch a socket");
}

static void open_udp(struct streams *s, int epoll_fd)
{
	int size = RECEIVE_BUFFER_BYTES;
	uint32_t i;

	for (i = 0; i < s->flows; i++) {
		struct sockaddr_in sa = s->sa;

		sa.sin_port = htons((uint16_t)(ntohs(sa.sin_port) + i));
		s->fds[i] = nw_load_bind(SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, &sa);
		/* as root; without it a burst overflows the default queue */
		(void)setsockopt(s->fds[i], SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
		watch(epoll_fd, s->fds[i]);
	}
}

static void accept_flows(struct streams *s, int epoll_fd)
{
	int listen_fd = nw_load_bind(SOCK_STREAM | SOCK_CLOEXEC, &s->sa);
	uint32_t i;

	nw_load_ready();
	for (i = 0; i < s->flows; i++) {
		s->fds[i] = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (s->fds[i] < 0)
			nw_load_die("cannot accept flow %u", i);
		watch(epoll_fd, s->fds[i]);
	}
	(void)close(listen_fd);
}

/* False at the end of the stream. */
static int read_stream(struct streams *s, int fd)
{
	ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

	if (n < 0 && errno != EAGAIN)
		nw_load_die("cannot receive");
	if (n > 0) {
		s->bytes += (uint64_t)n;
		s->packets++;
	}
	return n != 0;
}

static void read_packets(struct streams *s, int fd)
{
	struct mmsghdr msgs[BATCH] = { 0 };
	struct iovec iovs[BATCH];
	int i, n;

	for (i = 0; i < BATCH; i++) {
		iovs[i].iov_base = buffer + (size_t)i * PACKET_BYTES;
		iovs[i].iov_len = PACKET_BYTES;
		msgs[i].msg_hdr.msg_iov = &iovs[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(fd, msgs, BATCH, MSG_DONTWAIT, NULL);
	for (i = 0; i < n; i++)
		s->bytes += msgs[i].msg_len;
	s->packets += n > 0 ? (uint64_t)n : 0;
}

static void run_receiver(struct streams *s)
{
	struct epoll_event events[BATCH];
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	uint32_t open = s->flows;
	int i, n;

	if (epoll_fd < 0)
		nw_load_die("cannot make an epoll instance");
	if (s->type == SOCK_STREAM) {
		accept_flows(s, epoll_fd);
	} else {
		open_udp(s, epoll_fd);
		nw_load_ready();
	}
	s->start_ns = nw_load_now_ns();
	while (open) {
		/* after SIGTERM only what is queued already */
		n = epoll_wait(epoll_fd, events, BATCH, is_stopped ? 0 : -1);
		if (is_stopped && n == 0)
			break;
		for (i = 0; i < n; i++) {
			if (s->type == SOCK_DGRAM) {
				read_packets(s, events[i].data.fd);
			} else if (!read_stream(s, events[i].data.fd)) {
				(void)close(events[i].data.fd);
				open--;
			}
		}
	}
	s->end_ns = nw_load_now_ns();
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_term }; /* no SA_RESTART: epoll_wait returns */
	static struct streams s;
	int is_sender;

	if (argc < 6)
		nw_load_die("usage: load_streams recv|send tcp|udp IP PORT FLOWS [MS KBIT]");
	is_sender = !strcmp(argv[1], "send");
	if (argc != (is_sender ? 8 : 6))
		nw_load_die("load_streams %s: wrong number of arguments", argv[1]);
	nw_load_begin(LIMIT_S);
	(void)sigaction(SIGTERM, &sa, NULL);
	s.type = strcmp(argv[2], "udp") ? SOCK_STREAM : SOCK_DGRAM;
	s.sa = nw_load_address(argv[3], nw_load_number(argv[4], 1, 65535 - MAX_FLOWS));
	s.flows = nw_load_number(argv[5], 1, MAX_FLOWS);
	if (is_sender) {
		s.ms = nw_load_number(argv[6], 1, (LIMIT_S - 10) * 1000);
		s.kbit = nw_load_number(argv[7], 0, 100000);
		run_sender(&s);
	} else {
		run_receiver(&s);
	}
	(void)printf("{\"made\":%u,\"bytes\":%llu,\"packets\":%llu,\"late_ms\":%.3f,"
		     "\"seconds\":%.6f,\"cpu_ns\":%llu}\n",
		     s.flows, (unsigned long long)s.bytes, (unsigned long long)s.packets,
		     (double)s.late_ns / 1e6, (double)(s.end_ns - s.start_ns) / 1e9,
		     (unsigned long long)nw_load_cpu_ns());
	return 0;
}
