/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text messages of the family of HTTP (RTSP, SIP, SSDP) in untrusted bytes: a start line, header
 * fields, an empty line, a body. They may be cut anywhere; what a cut leaves half is not told. One
 * pass, no allocation.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/span.h"

/* With which bytes one can begin (NW_BEGINS() of a decoder). */
#define NW_MESSAGE_BEGINS           \
	{ 'A', 'Z' }, { '-', '-' }, \
	{                           \
		'_', '_'            \
	}

struct nw_message {
	bool is_answer;
	bool has_target;	/* of a request: the target is here to its end */
	bool has_line;		/* the start line is here to its end */
	bool has_fields;	/* and all of the header; body is what is here of it */
	uint16_t status;	/* of an answer: 100 .. 999 */
	struct nw_span method;	/* of a request: letters */
	struct nw_span target;	/* of a request, up to where it is cut */
	struct nw_span version; /* "1.1"; empty when the line does not end with one */
	struct nw_span fields;	/* for nw_message_field() */
	struct nw_span body;
};

/*
 * May these bytes begin a message of this protocol ("HTTP/")? An answer begins with the protocol,
 * its version and a number; a request with a method in capitals and a target. Whether a request
 * that has no version (cut, masked) is one of the protocol must be known by method and target.
 */
bool nw_message_read(struct nw_span bytes, const char *protocol, struct nw_message *ret);

/* The next whole field of m->fields, which moves behind it. Lines that are none are passed over. */
bool nw_message_field(struct nw_span *fields, struct nw_span *name, struct nw_span *value);

/* Is this text that word, whatever the case of its letters? */
bool nw_message_is(struct nw_span text, const char *word);
/* Up to the first of these bytes, without space at the ends. */
struct nw_span nw_message_until(struct nw_span text, const char *bytes);

struct nw_url {
	struct nw_span domain; /* without user and port; IPv6 in its brackets */
	struct nw_span path;   /* without query */
};

/*
 * A target, or a URL with "://": what is here whole. is_whole: the bytes go on no further. Of
 * "host:443" (CONNECT) and "*" nothing is told.
 */
void nw_message_url(struct nw_span target, bool is_whole, struct nw_url *ret);
/* "host", "host:port", "user@host", "[::1]:554": the host, if it may be one; else empty. */
struct nw_span nw_message_host(struct nw_span authority);

/* Of a field's value, 'Digest realm="a", nonce="b"': the parameter's text, still with its '\'. */
bool nw_message_parameter(struct nw_span value, const char *name, struct nw_span *ret);
