/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS over UDP and TCP, with what resolvers on one link speak (mDNS, LLMNR): RFC 1035, 2181, 2782,
 * 6762, 6891, 9460, 9619. One head is one message; over TCP it stands behind its length. Owns
 * nothing. What no sender may send is -EBADMSG; what only our head does not hold is is_cut.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "dns_sd.h"
#include "dns_wire.h"
#include "util/span.h"

enum {
	JUMPS_MAX = 64,
	SEEN_MAX = 32
};

enum {
	SVCB_IPV4_HINT = 4,
	SVCB_IPV6_HINT = 6
};

struct rr {
	uint16_t name; /* text */
	uint16_t type;
	uint16_t class;
	uint32_t ttl;
	struct nw_span data;
};

/* Where names began and which text they became: most names are a pointer to an earlier one. */
struct seen {
	uint16_t at;
	uint16_t text;
};

struct reader {
	struct nw_dns *dns;
	const uint8_t *start;
	const uint8_t *end;
	struct nw_span left;
	size_t missing; /* bytes that the message has, and the head has not */
	bool is_mdns;
	struct nw_dns_sd sd;
	unsigned seen_len;
	struct seen seen[SEEN_MAX];
};

static bool find_seen(const struct reader *r, uint16_t at, uint16_t *ret_text)
{
	for (unsigned i = 0; i < r->seen_len; i++) {
		if (r->seen[i].at == at) {
			*ret_text = r->seen[i].text;
			return true;
		}
	}
	return false;
}

/* The text that begins where the pool ends, and ends at end, is the name at this place. */
static uint16_t keep_name(struct reader *r, const uint8_t *at, char *end)
{
	struct nw_dns *dns = r->dns;
	uint16_t text = dns->text_len;

	if (end == dns->text + text) {
		*end = '.';
		end += 2;
	}
	end[-1] = '\0';
	if (r->seen_len < SEEN_MAX) {
		r->seen[r->seen_len++] =
			(struct seen){ .at = (uint16_t)(at - r->start), .text = text };
	}
	dns->text_len = (uint16_t)(end - dns->text);
	return text;
}

/* A name being read. */
struct walk {
	struct nw_span at;
	const uint8_t *begin; /* what the text is remembered by */
	const uint8_t *limit; /* a pointer goes before this: never in a ring */
	unsigned wire;
	unsigned jumps;
	char *out;
};

/* Behind the first byte of a pointer. 1: the name was read before, and here is its text. */
static int jump(struct reader *r, struct walk *w, struct nw_span *s, uint16_t *ret_text)
{
	uint16_t to;

	w->at.p--;
	if (!nw_span_be16(&w->at, &to)) {
		return -ENODATA;
	}
	to &= 0x3fff;
	if (w->jumps++ == 0) {
		s->p = w->at.p; /* a name ends with its first pointer */
	}
	if (w->jumps > JUMPS_MAX || to < NW_DNS_HEADER_BYTES || to >= w->limit - r->start) {
		return -EBADMSG;
	}
	w->limit = r->start + to;
	w->at = (struct nw_span){ .p = w->limit, .end = r->end };
	if (w->wire == 1) {
		w->begin = w->limit;
		return find_seen(r, to, ret_text);
	}
	return 0;
}

/* The name at *s, which moves behind it. -ENODATA: the bytes end first; -EBADMSG: no such name. */
static int read_name(struct reader *r, struct nw_span *s, uint16_t *ret_text)
{
	struct walk w = {
		.at = *s,
		.begin = s->p,
		.limit = s->p,
		.wire = 1,
		.out = r->dns->text + r->dns->text_len,
	};
	uint8_t n;

	while (nw_span_u8(&w.at, &n)) {
		struct nw_span label;

		if (n == 0) {
			*ret_text = keep_name(r, w.begin, w.out);
			s->p = w.jumps ? s->p : w.at.p;
			return 0;
		}
		if (n >= 0xc0) {
			int done = jump(r, &w, s, ret_text);

			if (done) {
				return done < 0 ? done : 0;
			}
			continue;
		}
		w.wire += n + 1U;
		if (n > 63 || w.wire > NW_DNS_NAME_WIRE_MAX) {
			return -EBADMSG;
		}
		if (!nw_span_cut(&w.at, n, &label)) {
			return -ENODATA;
		}
		w.out = nw_dns_put_label(w.out, label);
	}
	return -ENODATA;
}

static bool has_room(const struct nw_dns *dns)
{
	return dns->text_len <= NW_DNS_TEXT_MAX - NW_DNS_NAME_MAX;
}

static bool is_internet(const struct reader *r, uint16_t class)
{
	return class == NW_DNS_CLASS_IN ||
	       (r->is_mdns && (class & NW_DNS_CLASS_MASK) == NW_DNS_CLASS_IN);
}

static int read_question(struct reader *r, bool is_first)
{
	struct nw_dns *dns = r->dns;
	uint16_t type;
	uint16_t class;
	int err;

	err = is_first ? read_name(r, &r->left, &dns->question) : nw_dns_skip_name(&r->left);
	if (err) {
		return err;
	}
	if (!nw_span_be16(&r->left, &type) || !nw_span_be16(&r->left, &class)) {
		return -ENODATA;
	}
	if (is_first) {
		dns->qtype = type;
		dns->qclass = class;
	}
	return 0;
}

/* What follows a record's name. */
static int read_rr(struct reader *r, struct rr *ret)
{
	uint16_t len;

	if (!nw_span_be16(&r->left, &ret->type) || !nw_span_be16(&r->left, &ret->class) ||
	    !nw_span_be32(&r->left, &ret->ttl) || !nw_span_be16(&r->left, &len) ||
	    !nw_span_cut(&r->left, len, &ret->data)) {
		return -ENODATA;
	}
	if (ret->type == NW_DNS_TYPE_TXT && r->sd.txts < NW_DNS_SD_TXT_MAX) {
		r->sd.txt[r->sd.txts++] = ret->data;
	}
	return 0;
}

static struct nw_dns_answer *add_answer(struct reader *r, const struct rr *rr)
{
	struct nw_dns *dns = r->dns;
	struct nw_dns_answer *a;

	if (dns->answers_len == NW_DNS_ANSWERS_MAX) {
		return NULL;
	}
	a = &dns->answer[dns->answers_len++];
	a->name = rr->name;
	a->data = 0;
	a->type = rr->type;
	a->ttl = rr->ttl;
	a->is_addr = false;
	return a;
}

static bool add_addr(struct reader *r, const struct rr *rr, struct nw_span *s, size_t len)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct nw_dns_answer *a = add_answer(r, rr);

	if (!a) {
		return nw_span_skip(s, len);
	}
	a->is_addr = true;
	if (len == 4) {
		memcpy(a->addr, mapped, sizeof(mapped));
	}
	return nw_span_copy(s, a->addr + sizeof(a->addr) - len, len);
}

/* Address hints of HTTPS and SVCB: where the client goes without asking for A and AAAA. */
static int read_svcb_hints(struct reader *r, const struct rr *rr, struct nw_span s)
{
	uint16_t key;
	uint16_t len;
	struct nw_span value;

	while (nw_span_left(&s)) {
		size_t size;

		if (!nw_span_be16(&s, &key) || !nw_span_be16(&s, &len) ||
		    !nw_span_cut(&s, len, &value)) {
			return -EBADMSG;
		}
		if (key != SVCB_IPV4_HINT && key != SVCB_IPV6_HINT) {
			continue;
		}
		size = key == SVCB_IPV4_HINT ? 4 : 16;
		do {
			if (!add_addr(r, rr, &value, size)) {
				return -EBADMSG;
			}
		} while (nw_span_left(&value));
	}
	return 0;
}

/* How many bytes stand before the name in the data of such a record; -1 = it holds no name. */
static int bytes_before_name(uint16_t type)
{
	switch (type) {
	case NW_DNS_TYPE_NS:
	case NW_DNS_TYPE_CNAME:
	case NW_DNS_TYPE_SOA:
	case NW_DNS_TYPE_PTR:
	case NW_DNS_TYPE_RP:
	case NW_DNS_TYPE_DNAME:
		return 0;
	case NW_DNS_TYPE_MX:
	case NW_DNS_TYPE_AFSDB:
	case NW_DNS_TYPE_SVCB:
	case NW_DNS_TYPE_HTTPS:
		return 2;
	case NW_DNS_TYPE_SRV:
		return 6;
	default:
		return -1;
	}
}

static int read_name_data(struct reader *r, const struct rr *rr, int before)
{
	struct nw_span s = rr->data;
	struct nw_dns_answer *a;
	int err;

	a = has_room(r->dns) ? add_answer(r, rr) : NULL;
	if (!a) {
		return 0;
	}
	err = nw_span_skip(&s, (size_t)before) ? read_name(r, &s, &a->data) : -EBADMSG;
	if (err) {
		return -EBADMSG; /* its length was true, so no cut head explains this */
	}
	switch (rr->type) {
	case NW_DNS_TYPE_SOA:
	case NW_DNS_TYPE_RP:
		return 0;
	case NW_DNS_TYPE_SVCB:
	case NW_DNS_TYPE_HTTPS:
		return read_svcb_hints(r, rr, s);
	default:
		return nw_span_left(&s) ? -EBADMSG : 0;
	}
}

static int read_answer(struct reader *r)
{
	struct rr rr = { .name = 0 };
	bool is_kept = r->dns->answers_len < NW_DNS_ANSWERS_MAX && has_room(r->dns);
	int err = is_kept ? read_name(r, &r->left, &rr.name) : nw_dns_skip_name(&r->left);
	int before;

	err = err ? err : read_rr(r, &rr);
	if (err || !is_kept) {
		return err;
	}
	if (!is_internet(r, rr.class)) {
		(void)add_answer(r, &rr);
		return 0;
	}
	if (rr.type == NW_DNS_TYPE_A || rr.type == NW_DNS_TYPE_AAAA) {
		size_t len = rr.type == NW_DNS_TYPE_A ? 4 : 16;

		return nw_span_left(&rr.data) == len && add_addr(r, &rr, &rr.data, len) ? 0
											: -EBADMSG;
	}
	before = bytes_before_name(rr.type);
	if (before >= 0) {
		return read_name_data(r, &rr, before);
	}
	(void)add_answer(r, &rr);
	return 0;
}

/* Of the records behind the answers only EDNS counts: the upper bits of the response code. */
static int read_other(struct reader *r, bool may_be_opt, bool *has_opt)
{
	struct rr rr;
	const uint8_t *name = r->left.p;
	int err = nw_dns_skip_name(&r->left);

	err = err ? err : read_rr(r, &rr);
	if (err || rr.type != NW_DNS_TYPE_OPT) {
		return err;
	}
	if (!may_be_opt || *has_opt || *name != 0) {
		return -EBADMSG; /* RFC 6891 6.1.1 */
	}
	*has_opt = true;
	r->dns->rcode = (uint16_t)(r->dns->rcode | rr.ttl >> 24 << 4);
	return 0;
}

static int read_records(struct reader *r, const struct nw_dns_header *h)
{
	bool has_opt = false;
	int err = 0;

	for (unsigned i = 0; i < h->answers && !err; i++) {
		err = read_answer(r);
	}
	for (unsigned i = 0; i < h->authorities && !err; i++) {
		err = read_other(r, false, &has_opt);
	}
	for (unsigned i = 0; i < h->additionals && !err; i++) {
		err = read_other(r, true, &has_opt);
	}
	return err;
}

static void begin(struct nw_dns *dns, const struct nw_dns_header *h)
{
	dns->id = h->id;
	dns->flags = h->flags;
	dns->qtype = 0;
	dns->qclass = 0;
	dns->question = 0;
	dns->rcode = h->flags & 15;
	dns->opcode = nw_dns_opcode(h->flags);
	dns->is_response = h->flags & NW_DNS_FLAG_RESPONSE;
	dns->is_truncated = h->flags & NW_DNS_FLAG_TRUNCATED;
	dns->is_cut = false;
	dns->answers_total = h->answers;
	dns->answers_len = 0;
	dns->behind = 0;
	dns->text[0] = '\0';
	dns->text_len = 1;
}

static int read_sections(struct reader *r, const struct nw_dns_header *h)
{
	int err = 0;

	if (h->questions > 1 && r->dns->opcode == NW_DNS_OPCODE_QUERY && !r->is_mdns) {
		return -EBADMSG; /* RFC 9619 */
	}
	for (unsigned i = 0; i < h->questions && !err; i++) {
		err = read_question(r, i == 0);
	}
	if (!err && !r->dns->is_response) {
		r->dns->behind =
			(uint16_t)NW_MIN(nw_span_left(&r->left) + r->missing, (size_t)UINT16_MAX);
		r->dns->behind_hash = nw_hash_bytes(0, r->left.p, nw_span_left(&r->left));
	}
	if (err || r->dns->opcode != NW_DNS_OPCODE_QUERY) {
		return err; /* records of NOTIFY, UPDATE and DSO are no answers */
	}
	return read_records(r, h);
}

/* The bytes of the message that are here; *ret_whole: are they all of it? */
static int find_message(const struct nw_ev_head *head, struct nw_span *ret, bool *ret_whole)
{
	struct nw_span s = nw_span_of(head->data, head->len);
	uint16_t len;

	if (head->proto != IPPROTO_TCP) {
		*ret_whole = !(head->flags & NW_HEAD_CUT) && head->wire_len <= head->len;
		*ret = s;
		return 0;
	}
	if (!nw_span_be16(&s, &len)) {
		return -EBADMSG;
	}
	*ret_whole = len <= nw_span_left(&s);
	if (*ret_whole) {
		s.end = s.p + len;
	}
	*ret = s;
	return 0;
}

static int decode(const struct nw_ev_head *head, struct nw_facts *ret)
{
	struct nw_dns *dns = &ret->dns;
	struct reader r;
	struct nw_dns_header h;
	bool is_whole;
	int err;

	ret->has_dns = false;
	err = find_message(head, &r.left, &is_whole);
	if (err) {
		return err;
	}
	r.dns = dns;
	r.start = r.left.p;
	r.end = r.left.end;
	r.missing = head->proto == IPPROTO_UDP && head->wire_len > head->len
			    ? head->wire_len - head->len
			    : 0;
	r.seen_len = 0;
	r.sd.txts = 0;
	r.is_mdns = nw_dns_has_port(head, NW_PORT_MDNS);
	if (!nw_dns_read_header(&r.left, &h) || nw_dns_opcode(h.flags) > NW_DNS_OPCODE_LAST) {
		return -EBADMSG;
	}
	begin(dns, &h);
	err = read_sections(&r, &h);
	if (err == -ENODATA && (!is_whole || dns->is_truncated)) {
		dns->is_cut = true;
		err = 0;
	}
	ret->has_dns = !err;
	if (!err && r.is_mdns) {
		nw_dns_sd_tell(&r.sd, ret);
	}
	return err ? -EBADMSG : 0;
}

static bool looks_like(const struct nw_ev_head *head)
{
	struct nw_span s = nw_span_of(head->data, head->len);

	return (head->proto != IPPROTO_TCP || nw_span_skip(&s, 2)) &&
	       nw_dns_looks_like(s.p, nw_span_left(&s));
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	if (!nw_dns_claims(head)) {
		return NW_BASIS_NONE;
	}
	return looks_like(head) ? NW_BASIS_CONTENT : NW_BASIS_PORT;
}

const struct nw_decoder nw_decoder_dns = {
	.name = "dns",
	.doc = "names asked for and their answers, over UDP and TCP",
	.over = NW_OVER_TCP | NW_OVER_UDP,
	.claims = claims,
	.decode = decode,
};
