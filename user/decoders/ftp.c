/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FTP as far as naming it: the server's greeting. RFC 959 4.2, 5.4. A client's first command is told
 * by the port alone: USER is POP3's too. No user, no file.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "util/macro.h"
#include "util/reply.h"

#define PORT_FTP 21

static bool is_command(struct nw_span line)
{
	static const char *const commands[] = {
		"USER ", "AUTH ", "HOST ", "SYST", "FEAT", "OPTS "
	};
	struct nw_span rest;

	for (size_t i = 0; i < NW_ARRAY_SIZE(commands); i++) {
		if (nw_reply_begins(line, commands[i], &rest)) {
			return true;
		}
	}
	return false;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span line;
	struct nw_span text;
	bool is_greeting;

	if (!nw_reply_line(nw_head_start(head), &line)) {
		return NW_BASIS_NONE;
	}
	is_greeting = nw_reply_greeting(line, &text);
	if (is_greeting && nw_reply_has(text, "FTP", &text)) {
		return NW_BASIS_CONTENT;
	}
	return nw_head_has_port(head, PORT_FTP) && (is_greeting || is_command(line))
		       ? NW_BASIS_PORT
		       : NW_BASIS_NONE;
}

/* "220 (vsFTPd 3.0.3)", "220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------" */
static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span line;

	if (!nw_reply_line(nw_head_start(head), &line)) {
		return -EBADMSG;
	}
	if (nw_reply_greeting(line, &line)) {
		line = nw_reply_trim(line, " -*=");
		if (nw_span_left(&line) > 2 && *line.p == '(' && line.end[-1] == ')') {
			line.p++;
			line.end--;
		}
		nw_facts_add(facts, NW_ATTR_SERVER_SOFTWARE, line);
	}
	return 0;
}

const struct nw_decoder nw_decoder_ftp = {
	.name = "ftp",
	.doc = "who speaks FTP, and the server's greeting",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS({ '2', '2' }, { 'A', 'Z' }, { 'a', 'z' }),
	.claims = claims,
	.decode = decode,
};
