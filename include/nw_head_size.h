/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How much of what a socket moves is a head. The kernel side asks before it copies, user space when it
 * reads a capture: both of the same bytes, which are anybody's.
 */
#pragma once

#include "nw_abi_types.h"

#define NW_HEAD_STREAM_MAX 256 /* of each direction of a TCP stream ... */
#define NW_HEAD_TEXT_MAX   1024 /* ... or, when it begins as text: RTSP's first two turns, SOAP ... */
#define NW_HEAD_TLS_MAX \
	4096 /* ... or to the end of a TLS client's hello, of a server's flight, of a DNS message */
#define NW_HEAD_DGRAM_MAX 1500
#define NW_HEAD_DGRAMS	  4 /* first datagrams to and from each peer, and every DNS message */

/* Does a stream that begins with these 4 bytes begin as text? Both sides ask, of the same bytes. */
static inline int nw_head_is_text(const __u8 *b)
{
	return b[0] >= 0x20 && b[0] < 0x7f && b[1] >= 0x20 && b[1] < 0x7f && b[2] >= 0x20 &&
	       b[2] < 0x7f && b[3] >= 0x20 && b[3] < 0x7f;
}

/*
 * Of where a head ends: that may not be the end, if a handshake's record begins there. A TLS server
 * says what it has to say in one record or in many, up to ServerHelloDone or what is encrypted; a
 * client may cut its hello into records.
 */
#define NW_HEAD_FLIGHT 0x8000U
#define NW_HEAD_RECORD 6 /* bytes that say what a record is, with its first message's type ... */
#define NW_HEAD_HELLO  9 /* ... and of a stream's first one, how long that message is */

/* Does the first message go beyond the record that begins with these NW_HEAD_HELLO bytes? Of a record
 * that does not even hold a message's length that is so, whatever stands in its place. */
static inline int nw_head_is_longer(const __u8 *b)
{
	__u32 record = (__u32)b[3] << 8 | b[4];
	__u32 message = (__u32)b[6] << 16 | (__u32)b[7] << 8 | b[8];

	return record < 4 + message;
}

/* A record begins at `end` with these bytes, the stream's first one with NW_HEAD_HELLO: where does the
 * head end then? */
static inline __u32 nw_head_flight(__u32 end, const __u8 *b)
{
	int is_first = end == 0;

	if (b[0] != 0x16 || b[1] != 3) {
		return end;
	}
	end += 5 + ((__u32)b[3] << 8 | b[4]);
	if (end >= NW_HEAD_TLS_MAX) {
		return NW_HEAD_TLS_MAX;
	}
	if (is_first ? b[5] == 2 || (b[5] == 1 && nw_head_is_longer(b)) : b[5] != 14) {
		return end | NW_HEAD_FLIGHT;
	}
	return end;
}
