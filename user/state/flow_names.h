/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a flow: who asked for them, and whether they agree. Read from state, nothing is kept. */
#pragma once

#include "state/state.h"

/*
 * For whom the last questions of a flow were, that a resolver of this host asks through.
 * Where nobody can read them (DNS over TLS), or who asked came over a Unix socket, it is assumed.
 */
bool nw_asker_of(const struct nw_state *st, const struct nw_flow *f, struct nw_asker *ret);
/* It listens at names of Unix sockets, or is connected at one: it can be asked unseen. */
bool nw_asker_is_unseen(const struct nw_state *st, const struct nw_proc *p);
static inline bool nw_asker_is_assumed(const struct nw_asker *a)
{
	return a->how > NW_ASKER_QUESTION;
}
/* "question", "time", "unix" */
const char *nw_asker_how_name(uint8_t how);
/* By whom the flow's name was asked for; UNKNOWN also without a name. */
enum nw_asked_by {
	NW_ASKED_UNKNOWN,
	NW_ASKED_BY_OWNER,   /* itself, or a resolver of this host for it */
	NW_ASKED_BY_ANOTHER, /* for itself, as far as known */
	NW_ASKED_ASSUMED,    /* by a resolver of this host, just before, for nobody known */
};
enum nw_asked_by nw_flow_asked_by(const struct nw_state *st, const struct nw_flow *f);
const char *nw_asked_by_name(enum nw_asked_by by); /* NULL: unknown */

/*
 * Do the flow's names agree: the one that was asked for and gave the peer's address, the one that
 * the client says to it (SNI, Host), those of its certificate (told up to TLS 1.2)? Of flows that
 * began here. What is missing, or may rightly be another name, says nothing.
 */
enum nw_agreement {
	NW_NAMES_UNKNOWN,
	NW_NAMES_AGREE,
	NW_NAMES_DISAGREE,
};
struct nw_names_agreement {
	const char *asked; /* NULL: not known */
	const char *said;
	enum nw_agreement by_name;	  /* asked and said */
	enum nw_agreement by_certificate; /* said, else asked, and the certificate */
	bool is_own;			  /* the owner itself asked */
	bool is_given;			  /* DNS gave the peer's address for what is said */
	bool is_resolved;		  /* what is said was resolved here, to whatever address */
	bool is_self_issued;		  /* the certificate's issuer is its subject */
};
enum nw_agreement nw_flow_names_agree(const struct nw_state *st, const struct nw_flow *f,
				      struct nw_names_agreement *ret);
