/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hikvision's ISAPI in HTTP, also under the names of those who sell its devices: requests for
 * /ISAPI/…, and XML in one of its namespaces, asked for or pushed. What a device says of itself is
 * told from <DeviceInfo> and <EventNotificationAlert>; of a body that is cut, what is here whole.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "decoders/facts_xml.h"
#include "util/macro.h"
#include "util/message.h"

#define PATH "/ISAPI/"

enum {
	TOLD_MAX = 12, /* what comes again and again is no loss */
	UUID_BYTES = 36,
};

/* One document: what is its first element? */
static bool is_of_maker(struct nw_span document)
{
	static const char *const spaces[] = { "hikvision.com/ver", "isapi.org/ver",
					      "std-cgi.com/ver" };
	struct nw_span space;
	struct nw_xml x;

	nw_xml_begin(&x, document);
	if (nw_xml_next(&x) != NW_XML_OPEN || !nw_xml_attribute(&x, "xmlns", &space)) {
		return false;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(spaces); i++) {
		if (memmem(space.p, nw_span_left(&space), spaces[i], strlen(spaces[i]))) {
			return true;
		}
	}
	/* alarms of some firmwares keep the name of the standard that ISAPI grew out of */
	return nw_xml_is(x.name, "EventNotificationAlert") &&
	       nw_xml_is(space, "urn:psialliance-org");
}

static bool read_message(const struct nw_ev_head *head, struct nw_message *ret)
{
	struct nw_url url;

	if (!nw_message_read(nw_span_of(head->data, head->len), "HTTP/", ret)) {
		return false;
	}
	if (!ret->is_answer) {
		nw_message_url(ret->target, true, &url);
		if (nw_span_skip_word(&url.path, PATH) && nw_span_left(&url.path)) {
			return true;
		}
	}
	return is_of_maker(nw_xml_body(ret->body));
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_message m;

	return read_message(head, &m) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

static void add_uuid(struct nw_facts *facts, struct nw_span s)
{
	if (nw_span_left(&s) != UUID_BYTES) {
		return;
	}
	for (size_t i = 0; i < UUID_BYTES; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		uint8_t c = s.p[i] | 0x20;

		if (is_dash ? s.p[i] != '-'
			    : !((c >= 'a' && c <= 'f') || (s.p[i] >= '0' && s.p[i] <= '9'))) {
			return;
		}
	}
	nw_facts_add(facts, NW_ATTR_DEVICE_UUID, s);
}

/* The children of the first element; what is deeper is of channels and disks. */
static void read_value(const struct nw_xml *x, struct nw_facts *facts)
{
	static const struct {
		const char *name;
		enum nw_attr key;
	} information[] = {
		{ "deviceName", NW_ATTR_DEVICE_NAME },
		{ "deviceLocation", NW_ATTR_DEVICE_LOCATION },
		{ "model", NW_ATTR_DEVICE_MODEL },
		{ "serialNumber", NW_ATTR_DEVICE_SERIAL },
		{ "firmwareVersion", NW_ATTR_DEVICE_FIRMWARE },
		{ "deviceType", NW_ATTR_DEVICE_TYPE },
		{ "manufacturer", NW_ATTR_DEVICE_MAKER },
	};
	bool is_alert = nw_xml_in(x, 1, "EventNotificationAlert");

	if (x->depth != 2 || !(is_alert || nw_xml_in(x, 1, "DeviceInfo"))) {
		return;
	}
	if (nw_xml_in(x, 0, "macAddress")) {
		nw_facts_add_mac(facts, x->text);
	} else if (is_alert) {
		if (nw_xml_in(x, 0, "ipAddress")) {
			nw_facts_add_xml(facts, NW_ATTR_DEVICE_IP, x);
		}
	} else if (nw_xml_in(x, 0, "deviceID")) {
		add_uuid(facts, x->text);
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(information) && !is_alert; i++) {
		if (nw_xml_in(x, 0, information[i].name)) {
			nw_facts_add_xml(facts, information[i].key, x);
		}
	}
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	unsigned told_max = facts->attrs + TOLD_MAX;
	struct nw_message m;
	enum nw_xml_what what;
	struct nw_xml x;

	if (!read_message(head, &m)) {
		return -EBADMSG;
	}
	facts->depth = 1;
	nw_xml_begin(&x, nw_xml_body(m.body));
	while (facts->attrs < told_max && (what = nw_xml_next(&x)) != NW_XML_END) {
		if (what == NW_XML_TEXT) {
			read_value(&x, facts);
		}
	}
	return 0;
}

const struct nw_decoder nw_decoder_isapi = {
	.name = "isapi",
	.doc = "Hikvision's ISAPI in HTTP: what a device says of itself",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS(NW_MESSAGE_BEGINS),
	.claims = claims,
	.decode = decode,
};
