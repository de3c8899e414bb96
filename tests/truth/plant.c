/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plant ADDR PORT: logs in the way cameras, recorders and old protocols do, one TCP connection for
 * each, with the word that the test says first as password, cookie and key; and once by UDP. Every
 * message also carries "marker-<protocol>" in plain sight, by which a test knows that it looked in
 * the right place. One message is sent in pieces that cut its secrets in two. Prints pid and the
 * number of messages, then waits.
 */
#include <linux/tcp.h>

#include "truth.h"

struct message {
	const char *name;
	const char *form;
};

/* {w}: the word; {u}: base64 of "admin:word"; {p}: base64 of "\0admin\0word" */
static const struct message messages[] = {
	{ "http-basic", "GET /marker-http-basic HTTP/1.1\r\nHost: cam\r\n"
			"Authorization: Basic {u}\r\n\r\n" },
	{ "http-digest", "GET /marker-http-digest HTTP/1.1\r\nHost: cam\r\n"
			 "Authorization: Digest username=\"admin\", response=\"{w}\"\r\n\r\n" },
	{ "http-cookie",
	  "GET /marker-http-cookie HTTP/1.1\r\nHost: cam\r\nCookie: sid={w}\r\n\r\n" },
	{ "http-query", "GET /marker-http-query?user=admin&password={w}&x=1 HTTP/1.1\r\n\r\n" },
	{ "http-proxy", "GET http://admin:{w}@cam/marker-http-proxy HTTP/1.1\r\n"
			"proxy-authorization:Basic {u}\r\n\r\n" },
	{ "http-answer",
	  "HTTP/1.1 200 OK\r\nServer: marker-http-answer\r\nSet-Cookie: sid={w}\r\n\r\n" },
	{ "rtsp", "DESCRIBE rtsp://admin:{w}@cam:554/marker-rtsp RTSP/1.0\r\nCSeq: 1\r\n"
		  "Authorization: Basic {u}\r\n\r\n" },
	{ "ftp", "USER marker-ftp\r\nPASS {w}\r\n" },
	{ "pop", "USER marker-pop\r\npass {w}\r\n" },
	{ "smtp", "EHLO marker-smtp\r\nAUTH PLAIN {p}\r\n" },
	{ "isapi", "PUT /marker-isapi HTTP/1.1\r\n\r\n<SessionLogin><userName>admin</userName>"
		   "<password>{w}</password></SessionLogin>" },
	{ "rpc2", "POST /marker-rpc2 HTTP/1.1\r\n\r\n{\"method\":\"global.login\",\"params\":"
		  "{\"userName\":\"admin\",\"password\":\"{w}\"}}" },
};

static char word[64];
static char as_user[256];
static char as_plain[256];

static void base64(char *out, const uint8_t *in, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)in[i] << 16;

		v |= i + 1 < len ? (uint32_t)in[i + 1] << 8 : 0;
		v |= i + 2 < len ? in[i + 2] : 0;
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*out++ = i + 2 < len ? digits[v & 63] : '=';
	}
	*out = 0;
}

static const char *secret(char letter)
{
	return letter == 'w' ? word : letter == 'u' ? as_user : as_plain;
}

static size_t fill_in(char *text, size_t size, const struct message *m)
{
	size_t n = 0;

	for (const char *f = m->form; *f; f++) {
		bool is_secret = f[0] == '{' && f[1] && f[2] == '}';
		const char *piece = is_secret ? secret(f[1]) : f;
		size_t len = is_secret ? strlen(piece) : 1;

		errno = EMSGSIZE;
		truth_check(n + len < size, m->name);
		memcpy(text + n, piece, len);
		n += len;
		f += is_secret ? 2 : 0;
	}
	text[n] = 0;
	return n;
}

static int open_to(const struct truth_addr *a, int type)
{
	int fd = socket(a->sa.ss_family, type | SOCK_CLOEXEC, 0);
	int on = 1;

	truth_check(fd >= 0, "socket");
	truth_check(!connect(fd, (const struct sockaddr *)&a->sa, a->len), "connect");
	truth_check(type != SOCK_STREAM ||
			    !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)),
		    "TCP_NODELAY");
	return fd;
}

/* step: bytes of each segment; 0 = all at once */
static void plant(const struct truth_addr *a, int type, const struct message *m, size_t step)
{
	int fd = open_to(a, type);
	char text[1024];
	size_t len = fill_in(text, sizeof(text), m);

	for (size_t at = 0; at < len; at += step) {
		if (!step) {
			step = len;
		}
		truth_check(send(fd, text + at, NW_MIN(step, len - at), 0) > 0, "send");
	}
	close(fd);
}

int main(int argc, char **argv)
{
	uint8_t login[128];
	struct truth_addr a;
	int len;

	truth_begin();
	errno = EINVAL;
	truth_check(argc == 3, "usage: plant ADDR PORT");
	setvbuf(stdin, NULL, _IONBF, 0);
	a = truth_addr(argv[1], argv[2]);
	truth_check(scanf("%63s%*c", word) == 1, "word");
	len = snprintf((char *)login, sizeof(login), "%cadmin%c%s", 0, 0, word);
	base64(as_plain, login, (size_t)len);
	len = snprintf((char *)login, sizeof(login), "admin:%s", word);
	base64(as_user, login, (size_t)len);
	for (size_t i = 0; i < NW_ARRAY_SIZE(messages); i++) {
		plant(&a, SOCK_STREAM, &messages[i], 0);
		plant(&a, SOCK_STREAM, &messages[i], 7);
	}
	plant(&a, SOCK_DGRAM, &messages[6], 0);
	truth_print("{\"pid\":%d,\"streams\":%zu,\"as_user\":\"%s\",\"as_plain\":\"%s\"}", getpid(),
		    2 * NW_ARRAY_SIZE(messages), as_user, as_plain);
	truth_wait();
	return 0;
}
