/* SPDX-License-Identifier: Apache-2.0 */
/* Resolvers that pass questions on unseen. Owns nothing. */
#include "stub.h"

#include "dns_wire.h"
#include "util/macro.h"

#define HEARD	 3 /* questions that were passed on */
#define HEARD_NS (2 * NW_NSEC_PER_SEC)

void nw_stub_heard(struct nw_stub *s, uint64_t now_ns)
{
	s->heard_ns = now_ns;
}

void nw_stub_asks(struct nw_stub *s, const char *name, uint64_t now_ns)
{
	uint64_t hash = nw_dns_name_hash(name);

	if (s->asked[0].name != hash) {
		s->asked[1] = s->asked[0];
	}
	s->asked[0].name = hash;
	s->asked[0].ns = now_ns;
}

/* Where it passes questions on to it must ask for readably, as often as the answer holds: that is not
 * what somebody asked it. */
static bool is_readable(const struct nw_stub *s, const struct nw_flow *f)
{
	uint64_t own = f->name[0] ? nw_dns_name_hash(f->name) : 0;

	for (unsigned i = 0; i < NW_STUB_ASKED; i++) {
		if (s->asked[i].ns && s->asked[i].ns + HEARD_NS > s->heard_ns &&
		    (!own || s->asked[i].name != own)) {
			return true;
		}
	}
	return false;
}

bool nw_stub_passes(struct nw_stub *s, const struct nw_flow *f, uint64_t now_ns)
{
	if (!s->heard_ns || now_ns > s->heard_ns + HEARD_NS || s->passed_ns == s->heard_ns ||
	    is_readable(s, f)) {
		return false;
	}
	s->passed_ns = s->heard_ns;
	s->passed++;
	return s->passed >= HEARD;
}
