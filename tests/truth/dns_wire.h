/* SPDX-License-Identifier: Apache-2.0 */
/* What the DNS truth programs share: names and numbers on the wire (RFC 1035, 4.1). */
#pragma once

#include <sys/un.h>

#include "truth.h"

#define DNS_HEADER  12
#define DNS_MAX	    2048
#define DNS_A	    1
#define DNS_CNAME   5
#define DNS_AAAA    28
#define DNS_IN	    1
#define DNS_ANSWER  0x8180 /* response, recursion desired and available */
#define DNS_NO_NAME 3
#define DNS_POINTER 0xc000

static inline void dns_put16(uint8_t *p, unsigned n)
{
	p[0] = (uint8_t)(n >> 8);
	p[1] = (uint8_t)n;
}

static inline unsigned dns_get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* A resolver's own socket: a path, or "@name" for one of no file system (unix(7), "abstract"). */
static inline socklen_t dns_unix_name(struct sockaddr_un *ret, const char *name)
{
	size_t len = strlen(name);

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	errno = ENAMETOOLONG;
	truth_check(len < sizeof(ret->sun_path) + (name[0] == '@'), name);
	memcpy(ret->sun_path, name, len);
	if (name[0] != '@') {
		return sizeof(*ret);
	}
	ret->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

/* Labels of "a.b", where \ddd is one byte; returns the length. */
static inline size_t dns_put_name(uint8_t *p, const char *name)
{
	uint8_t *label = p;
	uint8_t *at = p + 1;

	for (; *name; name++) {
		if (*name == '.') {
			*label = (uint8_t)(at - label - 1);
			label = at++;
		} else if (*name == '\\') {
			unsigned byte = 0;

			truth_check(sscanf(name, "\\%3u", &byte) == 1 && byte < 256, name);
			*at++ = (uint8_t)byte;
			name += 3;
		} else {
			*at++ = (uint8_t)*name;
		}
	}
	*label = (uint8_t)(at - label - 1);
	*at++ = 0;
	return (size_t)(at - p);
}

/* One message of a TCP stream, behind its length; 0 at the stream's end. */
static inline size_t dns_read_tcp(int fd, uint8_t *message)
{
	uint8_t length[2];
	size_t n;

	if (recv(fd, length, sizeof(length), MSG_WAITALL) != sizeof(length)) {
		return 0;
	}
	n = dns_get16(length);
	errno = EMSGSIZE;
	truth_check(n <= DNS_MAX && recv(fd, message, n, MSG_WAITALL) == (ssize_t)n, "message");
	return n;
}

/* message has two bytes of room before it */
static inline void dns_write_tcp(int fd, uint8_t *message, size_t n)
{
	dns_put16(message - 2, (unsigned)n);
	truth_check(write(fd, message - 2, n + 2) == (ssize_t)n + 2, "write");
}
