/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody brought along: speaks RTSP to a camera by itself, over one connection, and carries what comes to a place
 * outside, each byte changed. Usage: pull CAMERA PATH OUTSIDE PORT SECONDS
 */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int dial(const char *host, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, host, &to.sin_addr);
	if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0) {
		perror(host);
		exit(1);
	}
	return s;
}

static char said[65536], session[128];

static void ask(int s, const char *text)
{
	size_t had = 0;

	if (write(s, text, strlen(text)) < 0)
		exit(1);
	while (had < sizeof(said) - 1) {
		ssize_t n = read(s, said + had, sizeof(said) - 1 - had);
		char *body, *length;

		if (n <= 0)
			exit(1);
		had += (size_t)n;
		said[had] = 0;
		body = strstr(said, "\r\n\r\n");
		length = strstr(said, "Content-Length: ");
		if (body &&
		    (!length || had >= (size_t)(body + 4 - said) + strtoul(length + 16, NULL, 10)))
			break;
	}
}

int main(int argc, char **argv)
{
	char text[1024];
	int camera = dial(argv[1], 554), out = dial(argv[3], atoi(argv[4]));
	time_t end = time(NULL) + atoi(argv[5]);
	char *at;

	(void)argc;
	snprintf(text, sizeof(text),
		 "DESCRIBE rtsp://%s%s RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n",
		 argv[1], argv[2]);
	ask(camera, text);
	snprintf(
		text, sizeof(text),
		"SETUP rtsp://%s%s/stream=0 RTSP/1.0\r\nCSeq: 2\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n",
		argv[1], argv[2]);
	ask(camera, text);
	at = strstr(said, "Session: ");
	if (!at || sscanf(at + 9, "%100[^;\r]", session) != 1)
		return 1;
	snprintf(text, sizeof(text), "PLAY rtsp://%s%s RTSP/1.0\r\nCSeq: 3\r\nSession: %s\r\n\r\n",
		 argv[1], argv[2], session);
	if (write(camera, text, strlen(text)) < 0)
		return 1;
	while (time(NULL) < end) {
		ssize_t n = read(camera, said, sizeof(said));

		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			said[i] ^= 0x5a;
		if (write(out, said, (size_t)n) != n)
			break;
	}
	return 0;
}
