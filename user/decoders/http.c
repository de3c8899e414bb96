/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.0 and 1.1 over TCP (RFC 9110, 9112): what is asked of whom by which program, and what
 * answers. A head may be a later turn of the talk: any that begins with a message is read. HTTP/2
 * is not: its preface ("PRI * HTTP/2.0") is nobody's here, nor is HTTP/0.9, which has no version.
 * Paths are told without their query, and no field is told that opens something.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "util/macro.h"
#include "util/message.h"

#define PROTOCOL "HTTP/"

enum {
	TARGET_MIN = 32, /* of a line without version: so much of it speaks for HTTP */
	TOLD_MAX = 16	 /* fields that come again and again are no loss */
};

static bool read_message(const struct nw_ev_head *head, struct nw_message *ret)
{
	return nw_message_read(nw_span_of(head->data, head->len), PROTOCOL, ret);
}

/* Lines that are cut, or whose version was masked as a part of a secret, have none. */
static bool is_known_request(const struct nw_message *m)
{
	static const char *const methods[] = { "GET",	 "HEAD",    "POST", "PUT",
					       "DELETE", "OPTIONS", "PATCH" };

	if (*m->target.p != '/' || nw_span_left(&m->target) < TARGET_MIN) {
		return false;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(methods); i++) {
		if (nw_message_is(m->method, methods[i])) {
			return true;
		}
	}
	return false;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_message m;

	if (!read_message(head, &m)) {
		return NW_BASIS_NONE;
	}
	if (nw_span_left(&m.version)) {
		return *m.version.p == '1' ? NW_BASIS_CONTENT : NW_BASIS_NONE;
	}
	return is_known_request(&m) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

static void add_field(const struct nw_message *m, struct nw_span name, struct nw_span value,
		      struct nw_facts *facts)
{
	struct nw_span realm;

	if (nw_message_is(name, "Content-Type")) {
		nw_facts_add(facts,
			     m->is_answer ? NW_ATTR_HTTP_RESPONSE_TYPE : NW_ATTR_HTTP_REQUEST_TYPE,
			     nw_message_until(value, ";"));
	} else if (m->is_answer && nw_message_is(name, "Server")) {
		nw_facts_add(facts, NW_ATTR_SERVER_SOFTWARE, value);
	} else if (m->is_answer && nw_message_is(name, "WWW-Authenticate") &&
		   nw_message_parameter(value, "realm", &realm)) {
		nw_facts_add(facts, NW_ATTR_REALM, realm);
	} else if (!m->is_answer && nw_message_is(name, "Host")) {
		nw_facts_add(facts, NW_ATTR_URL_DOMAIN, nw_message_host(value));
	} else if (!m->is_answer && nw_message_is(name, "User-Agent")) {
		nw_facts_add(facts, NW_ATTR_USER_AGENT, value);
	}
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_message m;
	struct nw_span name;
	struct nw_span value;
	unsigned told_max = facts->attrs + TOLD_MAX;

	if (!read_message(head, &m)) {
		return -EBADMSG;
	}
	nw_facts_add(facts, NW_ATTR_HTTP_VERSION, m.version);
	if (m.is_answer) {
		nw_facts_add_u64(facts, NW_ATTR_HTTP_STATUS, m.status);
	} else {
		bool is_connect = nw_message_is(m.method, "CONNECT");
		struct nw_url url;

		nw_message_url(m.target, m.has_target, &url);
		if (is_connect && m.has_target) {
			url.domain = nw_message_host(m.target);
		}
		nw_facts_add(facts, NW_ATTR_HTTP_METHOD, m.method);
		nw_facts_add(facts, NW_ATTR_URL_DOMAIN, url.domain);
		/* RFC 9112 3.2.2, 3.2.3: forms that only a proxy is asked in */
		if (nw_span_left(&url.domain) || is_connect) {
			nw_facts_add_flag(facts, NW_ATTR_HTTP_PROXIED);
		}
		nw_facts_add(facts, NW_ATTR_URL_PATH, url.path);
	}
	while (facts->attrs < told_max && nw_message_field(&m.fields, &name, &value)) {
		add_field(&m, name, value, facts);
	}
	return 0;
}

const struct nw_decoder nw_decoder_http = {
	.name = "http",
	.doc = "HTTP/1: what is asked of whom by which program, and what answers",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS(NW_MESSAGE_BEGINS),
	.claims = claims,
	.decode = decode,
};
