/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a router is asked to open to the outside by UPnP: calls of the services WANIPConnection,
 * WANPPPConnection and WANIPv6FirewallControl, in SOAP over HTTP. Of a head that ends before the
 * call's arguments only what is to be done is told. The port outside of AddAnyPortMapping is told
 * as the router grants it.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "util/macro.h"
#include "util/message.h"
#include "util/xml.h"

#define SERVICE "urn:schemas-upnp-org:service:WAN"

enum {
	TOKENS_MAX = 64,
	TEXT_BYTES = 255,
	LEASE_DIGITS = 10
};

enum what {
	OTHER,
	OPEN,
	OPEN_ANY,
	CLOSE
};

static const struct {
	const char *name;
	enum what what;
} actions[] = {
	{ "AddPortMapping", OPEN },
	{ "AddAnyPortMapping", OPEN_ANY },
	{ "AddPinhole", OPEN },
	{ "UpdatePinhole", OPEN },
	{ "DeletePortMapping", CLOSE },
	{ "DeletePortMappingRange", CLOSE },
	{ "DeletePinhole", CLOSE },
	{ "AddPortMappingResponse", OTHER },
	{ "AddAnyPortMappingResponse", OTHER },
};

static bool is_service(struct nw_span s)
{
	static const char *const names[] = { "IPConnection:", "PPPConnection:",
					     "IPv6FirewallControl:" };

	for (size_t i = 0; i < NW_ARRAY_SIZE(names); i++) {
		if (nw_span_skip_word(&s, names[i]) && nw_span_left(&s)) {
			return true;
		}
	}
	return false;
}

/* "urn:schemas-upnp-org:service:WANIPConnection:1", up to its end. */
static bool find_service(struct nw_span s, struct nw_span *ret)
{
	const uint8_t *at = memmem(s.p, nw_span_left(&s), SERVICE, sizeof(SERVICE) - 1);

	if (!at) {
		return false;
	}
	s.p = at + sizeof(SERVICE) - 1;
	if (!is_service(s)) {
		return false;
	}
	s.p = at;
	*ret = nw_message_until(s, "#\"'<> \t\r\n");
	return true;
}

/* Of a request the field that says which call it is, of an answer its body, which is one of SOAP. */
static bool read_call(const struct nw_ev_head *head, struct nw_message *m, struct nw_span *ret_call)
{
	static const char envelope[] = "http://schemas.xmlsoap.org/soap/envelope/";
	struct nw_span fields;
	struct nw_span name;

	if (!nw_message_read(nw_span_of(head->data, head->len), "HTTP/", m)) {
		return false;
	}
	if (m->is_answer) {
		*ret_call = m->body;
		return nw_xml_looks_like(m->body) &&
		       memmem(m->body.p, nw_span_left(&m->body), envelope, sizeof(envelope) - 1);
	}
	fields = m->fields;
	while (nw_message_is(m->method, "POST") && nw_message_field(&fields, &name, ret_call)) {
		if (nw_message_is(name, "SOAPAction")) {
			return true;
		}
	}
	return false;
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_message m;
	struct nw_span call;

	return read_call(head, &m, &call) && find_service(call, &call) ? NW_BASIS_CONTENT
								       : NW_BASIS_NONE;
}

static enum what what_is(struct nw_span action)
{
	for (size_t i = 0; i < NW_ARRAY_SIZE(actions); i++) {
		if (nw_xml_is(action, actions[i].name)) {
			return actions[i].what;
		}
	}
	return OTHER;
}

static void add_number(struct nw_facts *facts, enum nw_attr key, struct nw_span text)
{
	uint64_t value = 0;

	if (nw_span_left(&text) > LEASE_DIGITS) {
		return;
	}
	for (; text.p < text.end; text.p++) {
		if (*text.p < '0' || *text.p > '9') {
			return;
		}
		value = value * 10 + *text.p - '0';
	}
	nw_facts_add_u64(facts, key, value);
}

static void add_transport(struct nw_facts *facts, struct nw_span text)
{
	if (nw_message_is(text, "TCP") || nw_message_is(text, "6")) {
		nw_facts_add_text(facts, NW_ATTR_PORTMAP_TRANSPORT, "tcp", 3);
	} else if (nw_message_is(text, "UDP") || nw_message_is(text, "17")) {
		nw_facts_add_text(facts, NW_ATTR_PORTMAP_TRANSPORT, "udp", 3);
	}
}

static void add_text(struct nw_facts *facts, enum nw_attr key, const struct nw_xml *x)
{
	char text[TEXT_BYTES];

	nw_facts_add_text(facts, key, text, nw_xml_unescape(x, text, sizeof(text)));
}

/* Arguments begin with "New" in port maps, and without in the firewall's. */
static bool is_argument(const struct nw_xml *x, const char *name)
{
	return nw_xml_is(x->name, name) || nw_xml_is(x->name, name + sizeof("New") - 1);
}

static void add_argument(struct nw_facts *facts, enum what what, const struct nw_xml *x)
{
	if (nw_xml_is(x->name, "NewReservedPort") ||
	    (what != OPEN_ANY && nw_xml_is(x->name, "NewExternalPort"))) {
		add_number(facts, NW_ATTR_PORTMAP_EXTERNAL_PORT, x->text);
	} else if (is_argument(x, "NewInternalPort")) {
		add_number(facts, NW_ATTR_PORTMAP_INTERNAL_PORT, x->text);
	} else if (is_argument(x, "NewInternalClient")) {
		add_text(facts, NW_ATTR_PORTMAP_CLIENT, x);
	} else if (is_argument(x, "NewProtocol")) {
		add_transport(facts, x->text);
	} else if (nw_xml_is(x->name, "NewPortMappingDescription")) {
		add_text(facts, NW_ATTR_PORTMAP_DESCRIPTION, x);
	} else if (nw_xml_is(x->name, "NewLeaseDuration") || is_argument(x, "NewLeaseTime")) {
		add_number(facts, NW_ATTR_PORTMAP_LIFETIME, x->text);
	}
}

/* Envelope, Body, the call, its arguments. */
static void read_arguments(struct nw_facts *facts, struct nw_span body)
{
	enum nw_xml_what token;
	struct nw_xml x;

	nw_xml_begin(&x, body);
	for (unsigned i = 0; i < TOKENS_MAX && (token = nw_xml_next(&x)) != NW_XML_END; i++) {
		if (token != NW_XML_TEXT || !nw_xml_in(&x, 2, "Body")) {
			continue;
		}
		for (size_t k = 0; k < NW_ARRAY_SIZE(actions); k++) {
			if (nw_xml_in(&x, 1, actions[k].name)) {
				add_argument(facts, actions[k].what, &x);
			}
		}
	}
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_message m;
	struct nw_span service;
	struct nw_span call;
	enum what what;

	if (!read_call(head, &m, &call) || !find_service(call, &service)) {
		return -EBADMSG;
	}
	facts->depth = 1;
	nw_facts_add(facts, NW_ATTR_SERVICE_TYPE, service);
	if (!m.is_answer && service.end < call.end && *service.end == '#') {
		call.p = service.end + 1;
		what = what_is(nw_message_until(call, "\""));
		if (what != OTHER) {
			nw_facts_add_text(facts, NW_ATTR_PORTMAP_ACTION,
					  what == CLOSE ? "close" : "open", what == CLOSE ? 5 : 4);
		}
	}
	read_arguments(facts, m.body);
	return 0;
}

const struct nw_decoder nw_decoder_igd = {
	.name = "igd",
	.doc = "ports that a router is asked to open, by UPnP",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS(NW_MESSAGE_BEGINS),
	.claims = claims,
	.decode = decode,
};
