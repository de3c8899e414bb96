/* SPDX-License-Identifier: Apache-2.0 */
/* What a shell with a connection says. Owns nothing. */
#include "shell_weigh.h"

#include <string.h>

#include "util/macro.h"

#define AT_ONCE_NS  (5 * NW_NSEC_PER_SEC)
#define INSIDE_LESS 30

/* Nobody logs in by a connection that goes out. */
uint8_t nw_shell_score_out(const struct nw_suspect *s, const struct nw_contact *far, unsigned flows)
{
	static const uint8_t score[] = { 0, 90, 90, 90, 75, 75 };
	bool is_prompt = s->since_ns <= far->birth_ns + AT_ONCE_NS;

	if (s->way == NW_WAY_IN_PIPES &&
	    far->protocol) { /* so do agents that are told what to run */
		return !far->is_inside && is_prompt && flows == 1 ? 40 : 0;
	}
	if (s->way == NW_WAY_IN_ORDERS && far->protocol) {
		return 0;
	}
	if (far->is_local) { /* where that leads is the other end's */
		return s->way == NW_WAY_IN_SOCKET || s->way == NW_WAY_IN_FILTER ? 45 : 0;
	}
	return (uint8_t)(score[s->way] - (far->is_inside ? INSIDE_LESS : 0));
}

/* Log-ins are what listeners are for; a web server hands its socket to scripts. */
uint8_t nw_shell_score_in(const struct nw_state *st, const struct nw_suspect *s,
			  const struct nw_contact *far)
{
	static const uint8_t score[] = { 0, 85, 70, 70, 60, 60 };
	bool is_direct = s->way == NW_WAY_IN_SOCKET;

	if ((far->protocol && strcmp(far->protocol, "http") == 0) ||
	    (far->is_local && !is_direct) || nw_contact_is_expected(st, far, is_direct)) {
		return 0;
	}
	if (far->protocol && !is_direct && strcmp(far->protocol, "tls") != 0) {
		return s->way == NW_WAY_IN_PIPES ? 0 : 45; /* what speaks SSH lets people log in */
	}
	/* TLS hides what is spoken; a web server of the site's has a port that is expected */
	return (uint8_t)((far->protocol && !is_direct ? 50 : score[s->way]) -
			 (far->is_inside ? 20 : 0));
}
