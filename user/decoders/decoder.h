/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untrusted bytes of a head -> facts. One file per wire protocol; the folder is the list. A decoder
 * owns nothing, allocates nothing and reads only through util/span.h.
 */
#pragma once

#include "event.h"
#include "output.h"

struct nw_facts {
	bool has_dns;
	struct nw_dns dns; /* valid when has_dns */
};

struct nw_decoder {
	const char *name; /* file stem */
	const char *doc;  /* one line, as in docs/decoders.md */
	/* True when the bytes may be of this protocol, by content first, port second. Cheap. */
	bool (*claims)(const struct nw_ev_head *head);
	/* 0; -EBADMSG when the bytes are not what claims() thought; facts only on success. */
	int (*decode)(const struct nw_ev_head *head, struct nw_facts *ret);
};

extern const struct nw_decoder *const nw_decoders[]; /* NULL ends it */
