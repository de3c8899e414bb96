/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSDP over UDP: who looks for which services, and what answers or announces itself (UPnP Device
 * Architecture 2.0, 1). A device's URL is told without its query, and not at all with a user in it.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "util/message.h"

#define PROTOCOL "HTTP/"

#define FIELDS_MAX 32 /* of 20 at most; 300 short ones would cost 30 us */

static bool read_message(const struct nw_ev_head *head, struct nw_message *m)
{
	return nw_message_read(nw_span_of(head->data, head->len), PROTOCOL, m) &&
	       nw_span_left(&m->version) && *m->version.p == '1';
}

static bool has_field(const struct nw_message *m, const char *one, const char *other)
{
	struct nw_span fields = m->fields;
	struct nw_span value;
	struct nw_span name;

	for (unsigned i = 0; i < FIELDS_MAX && nw_message_field(&fields, &name, &value); i++) {
		if (nw_message_is(name, one) || nw_message_is(name, other)) {
			return true;
		}
	}
	return false;
}

/* An answer says what it answers (ST) and whose it is; others of HTTP's kind over UDP do not. */
static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_message m;

	if (!read_message(head, &m)) {
		return NW_BASIS_NONE;
	}
	if (m.is_answer) {
		return has_field(&m, "ST", "USN") ? NW_BASIS_CONTENT : NW_BASIS_NONE;
	}
	return nw_message_is(m.target, "*") && (nw_message_is(m.method, "M-SEARCH") ||
						nw_message_is(m.method, "NOTIFY"))
		       ? NW_BASIS_CONTENT
		       : NW_BASIS_NONE;
}

/* "uuid:2fac1234-31f8-11b4-a222-08002b34c003::upnp:rootdevice" */
static bool cut_uuid(struct nw_span value, struct nw_span *ret)
{
	const size_t front = sizeof("uuid:") - 1;

	if (!nw_message_is(nw_message_until(value, ":"), "uuid") || !nw_span_skip(&value, front)) {
		return false;
	}
	*ret = nw_message_until(value, ":");
	return true;
}

/* What every device answers to is told of who looks for it alone. */
static void add_type(struct nw_facts *facts, bool is_search, struct nw_span value)
{
	struct nw_span uuid;

	if (is_search || (!cut_uuid(value, &uuid) && !nw_message_is(value, "upnp:rootdevice"))) {
		nw_facts_add(facts, NW_ATTR_SERVICE_TYPE, value);
	}
}

static void add_url(struct nw_facts *facts, struct nw_span value)
{
	struct nw_span url = nw_message_until(value, "?#");

	if (!memchr(url.p, '@', nw_span_left(&url))) {
		nw_facts_add(facts, NW_ATTR_DEVICE_URL, url);
	}
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	unsigned told_max = facts->attrs + 8U; /* who says all twice loses nothing */
	struct nw_message m;
	struct nw_span value;
	struct nw_span name;
	bool is_search;

	if (!read_message(head, &m)) {
		return -EBADMSG;
	}
	is_search = nw_message_is(m.method, "M-SEARCH");
	for (unsigned i = 0; i < FIELDS_MAX && facts->attrs < told_max &&
			     nw_message_field(&m.fields, &name, &value);
	     i++) {
		if (nw_message_is(name, "ST") || (!is_search && nw_message_is(name, "NT"))) {
			add_type(facts, is_search, value);
		} else if (is_search) {
			if (nw_message_is(name, "User-Agent")) {
				nw_facts_add(facts, NW_ATTR_USER_AGENT, value);
			}
		} else if (nw_message_is(name, "Server")) {
			nw_facts_add(facts, NW_ATTR_SERVER_SOFTWARE, value);
		} else if (nw_message_is(name, "Location")) {
			add_url(facts, value);
		} else if (nw_message_is(name, "USN") && cut_uuid(value, &value)) {
			nw_facts_add(facts, NW_ATTR_DEVICE_UUID, value);
		}
	}
	return 0;
}

const struct nw_decoder nw_decoder_ssdp = {
	.name = "ssdp",
	.doc = "services that are looked for, and devices that announce themselves, by UPnP's SSDP",
	.over = NW_OVER_UDP,
	.begins = NW_BEGINS(NW_MESSAGE_BEGINS),
	.claims = claims,
	.decode = decode,
};
