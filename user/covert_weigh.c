/* SPDX-License-Identifier: Apache-2.0 */
/* What a covert socket says. Owns nothing. */
#include "covert_weigh.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "dest.h"
#include "holder.h"
#include "output.h"
#include "util/window.h"

#define KIB	1024ULL
#define BEFORE	15		      /* less, for what was there before the start */
#define WAIT_NS (5 * NW_NSEC_PER_SEC) /* so long a probe's answers are waited for */
#define EXCUSED 40		      /* at most */

/* Ethernet's protocols with which a packet socket hears hosts talk; others are one protocol's. */
#define ETH_ALL	 0x0003
#define ETH_IP	 0x0800
#define ETH_IPV6 0x86dd

/* ---- what it can and does -------------------------------------------------------------------- */

enum nw_covert_kind nw_covert_kind(const struct nw_covert *c)
{
	switch (c->family) {
	case AF_INET:
	case AF_INET6:
		return c->proto == IPPROTO_TCP || c->proto == IPPROTO_UDP ? NW_COVERT_TRANSPORT
									  : NW_COVERT_MUTE;
	case AF_PACKET:
		if (c->is_uncounted) {
			return NW_COVERT_UNCOUNTED;
		}
		if (!c->proto) {
			return NW_COVERT_MUTE;
		}
		return c->proto == ETH_ALL || c->proto == ETH_IP || c->proto == ETH_IPV6
			       ? NW_COVERT_WIDE
			       : NW_COVERT_NARROW;
	case AF_XDP:
		return NW_COVERT_UNCOUNTED;
	default:
		return NW_COVERT_FAMILY;
	}
}

static uint8_t score_having(const struct nw_covert_seen *s)
{
	static const uint8_t score[_NW_COVERT_MAX][_NW_HOLDER_MAX] = {
		[NW_COVERT_NARROW] = { 40, 30, 0, 0 },	    [NW_COVERT_WIDE] = { 75, 60, 30, 35 },
		[NW_COVERT_TRANSPORT] = { 65, 55, 30, 30 }, [NW_COVERT_FAMILY] = { 70, 60, 30, 35 },
		[NW_COVERT_UNCOUNTED] = { 85, 75, 55, 60 },
	};
	unsigned n = score[s->kind][s->who];

	if (s->kind == NW_COVERT_UNCOUNTED) {
		return (uint8_t)n;
	}
	if (s->is_found && s->who != NW_HOLDER_TERMINAL) {
		return (uint8_t)(n > BEFORE ? n - BEFORE : 0);
	}
	/* what a timer's or a hook's script starts is of that service, too */
	return (uint8_t)(s->who == NW_HOLDER_SERVICE && s->is_scripted && n ? 50 : n);
}

uint8_t nw_covert_score_doing(const struct nw_covert_seen *s)
{
	static const struct {
		uint64_t sent;	  /* bytes of frames, in an hour */
		uint64_t outside; /* bytes to outside over other sockets */
		uint8_t sent_score, outside_score;
	} row[_NW_HOLDER_MAX] = {
		[NW_HOLDER_RECORDER] = { 64 * KIB, 1 * KIB, 85, 85 },
		[NW_HOLDER_OTHER] = { 64 * KIB, 1 * KIB, 75, 80 },
		[NW_HOLDER_TERMINAL] = { 1024 * KIB, 64 * KIB, 45, 60 },
		[NW_HOLDER_SERVICE] = { 256 * KIB, 64 * KIB, 60, 65 },
	};
	unsigned score = s->sent >= row[s->who].sent ? row[s->who].sent_score : 0;

	if (s->outside >= row[s->who].outside) {
		score = NW_MAX(score, (unsigned)row[s->who].outside_score);
	}
	return (uint8_t)score;
}

/* Of a raw socket's packets. What was there before the start as a service may be a tunnel. */
static uint8_t score_raw(const struct nw_covert_seen *s)
{
	static const struct nw_scale scale[] = {
		{ 0, 55 }, { 10000, 65 }, { 100000, 75 }, { 1000000, 85 }
	};

	if (!s->is_outside) {
		return s->who <= NW_HOLDER_OTHER && s->sent >= 64 * KIB ? 40 : 0;
	}
	if (s->who == NW_HOLDER_SERVICE && s->is_found) {
		return 45;
	}
	return nw_scale_of(scale, NW_ARRAY_SIZE(scale), NW_MIN(s->sent, (uint64_t)UINT32_MAX));
}

/* ---- who needs one ---------------------------------------------------------------------------- */

static bool is_dhcp(const struct nw_state *st, const struct nw_covert_seen *s)
{
	const struct nw_proc *p = nw_proc_find(st, &s->owner);

	return (s->proto == ETH_IP && nw_hearing_seeks_address(&s->hearing)) ||
	       (p && nw_proc_is_dhcp(st, p));
}

bool nw_covert_may_trace(const struct nw_covert_seen *s, const struct nw_traces *traces,
			 uint64_t now)
{
	return now < s->first_ns + WAIT_NS || nw_traces_has(traces, &s->owner, now);
}

/* What is known by now says that it is harmless: hears for a moment only, seeks an address, traces a
 * way. *ret_waits: the next seconds may say otherwise, and nothing else would. */
static bool is_excused(const struct nw_covert_seen *s, const struct nw_traces *traces,
		       const struct nw_state *st, bool *ret_waits)
{
	uint64_t now = nw_state_now_ns(st);

	*ret_waits = false;
	if (s->is_found || (s->kind == NW_COVERT_RAW && s->proto != IPPROTO_RAW)) {
		return false;
	}
	switch (s->kind) {
	case NW_COVERT_WIDE:
		*ret_waits = nw_hearing_is_brief(&s->hearing);
		return *ret_waits || is_dhcp(st, s);
	case NW_COVERT_TRANSPORT:
	case NW_COVERT_RAW:
		*ret_waits = now < s->first_ns + WAIT_NS;
		return nw_covert_may_trace(s, traces, now);
	default:
		return false;
	}
}

uint8_t nw_covert_weigh(struct nw_covert_seen *s, const struct nw_traces *traces,
			const struct nw_state *st)
{
	uint8_t score = s->kind == NW_COVERT_RAW ? score_raw(s) : score_having(s);

	s->is_waited_for = false;
	if (score > EXCUSED && is_excused(s, traces, st, &s->is_waited_for)) {
		score = EXCUSED;
	}
	return s->kind == NW_COVERT_RAW ? score : NW_MAX(score, nw_covert_score_doing(s));
}
