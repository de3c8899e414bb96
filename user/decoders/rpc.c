/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ONC RPC (RFC 5531) as far as naming it, and NFS (program 100003, RFC 1813, 8881) by what is
 * called: over TCP behind the mark of a record, over UDP at once. A call has its version, 2; an
 * answer has so little of its own that it is told on NFS's port only.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"

enum {
	CALL = 0,
	REPLY = 1,
	VERSION = 2,
	NFS = 100003,
	NFS_PORT = 2049,
	PROGRAM_VERSION_MAX = 8,
	DENIED = 1, /* the last state of an answer */
};

/* Behind the mark: a last or only fragment, or the first of more, of some length. */
static bool read_start(const struct nw_ev_head *head, struct nw_span *ret, uint32_t *ret_type)
{
	struct nw_span s = nw_head_start(head);
	uint32_t mark;

	if (head->proto == IPPROTO_TCP && (!nw_span_be32(&s, &mark) || (mark & INT32_MAX) < 12)) {
		return false;
	}
	if (!nw_span_skip(&s, 4) || !nw_span_be32(&s, ret_type)) {
		return false;
	}
	*ret = s;
	return true;
}

/* *ret_program: of a call that is here up to it. */
static enum nw_basis read_message(const struct nw_ev_head *head, uint32_t *ret_program)
{
	struct nw_span s;
	uint32_t type, first, version;

	if (!read_start(head, &s, &type) || !nw_span_be32(&s, &first)) {
		return NW_BASIS_NONE;
	}
	if (type == REPLY) {
		*ret_program = NFS;
		return first <= DENIED && nw_head_has_port(head, NFS_PORT) ? NW_BASIS_PORT
									   : NW_BASIS_NONE;
	}
	if (type != CALL || first != VERSION || !nw_span_be32(&s, ret_program) ||
	    *ret_program < 100000 || *ret_program > 0x5fffffff) {
		return NW_BASIS_NONE;
	}
	return !nw_span_be32(&s, &version) || version <= PROGRAM_VERSION_MAX ? NW_BASIS_CONTENT
									     : NW_BASIS_NONE;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	uint32_t program;

	return read_message(head, &program);
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	uint32_t program;

	if (read_message(head, &program) == NW_BASIS_NONE) {
		return -EBADMSG;
	}
	if (program == NFS) {
		facts->protocol = "nfs";
	}
	return 0;
}

const struct nw_decoder nw_decoder_rpc = {
	.name = "rpc",
	.doc = "who speaks ONC RPC, and NFS in it",
	.over = NW_OVER_TCP | NW_OVER_UDP,
	.claims = claims,
	.decode = decode,
};
