/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SADP: how Hikvision's devices, and those of brands that sell them, are found and set up on a local
 * network. XML over UDP 37020: <Probe> asks (or orders), <ProbeMatch> answers. An older form stands on
 * Ethernet alone, in bytes: only captures have such heads. Of its orders nothing is read but which
 * one it is: some carry a password.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "decoders/facts_mac.h"
#include "sadp_wire.h"
#include "util/macro.h"
#include "util/text.h"
#include "util/xml.h"

enum {
	PROLOG_MAX = 128,
	/* on Ethernet: what a device answers behind the header */
	TEXT_LEN = 48,
	SERIAL_AT = NW_SADP_HEADER,
	FIRMWARE_AT = SERIAL_AT + TEXT_LEN + 16,
	ANSWER_LEN = FIRMWARE_AT + 3 * TEXT_LEN,
	OP_INQUIRY_ANSWER = 4,
};

/* The document's own element, without attributes and prefix: WS-Discovery's has both. */
static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_head_start(head);
	const uint8_t *end;

	if (head->proto == NW_ETHERTYPE_SADP) {
		return nw_sadp_fits(s) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
	}
	if (head->proto != IPPROTO_UDP || nw_span_left(&s) < 8 || s.p[0] != '<') {
		return NW_BASIS_NONE;
	}
	if (s.p[1] == '?') {
		end = memmem(s.p, NW_MIN(nw_span_left(&s), (size_t)PROLOG_MAX), "?>", 2);
		if (!end) {
			return NW_BASIS_NONE;
		}
		s.p = end + 2;
		while (s.p < s.end && (*s.p == '\r' || *s.p == '\n' || *s.p == ' ')) {
			s.p++;
		}
	}
	return nw_span_begins(s, "<Probe>") || nw_span_begins(s, "<ProbeMatch>") ? NW_BASIS_CONTENT
										 : NW_BASIS_NONE;
}

static bool is_number(struct nw_span s)
{
	for (; s.p < s.end; s.p++) {
		if (*s.p < '0' || *s.p > '9') {
			return false;
		}
	}
	return true;
}

struct answer {
	struct nw_span type;	    /* a number of the maker's own, or the model */
	struct nw_span description; /* the model, or what kind of thing it is */
};

static void read_answer(const struct nw_xml *x, struct answer *answer, struct nw_facts *facts)
{
	static const struct {
		const char *name;
		enum nw_attr key;
	} rows[] = {
		{ "DeviceSN", NW_ATTR_DEVICE_SERIAL },
		{ "IPv4Address", NW_ATTR_DEVICE_IP },
		{ "SoftwareVersion", NW_ATTR_DEVICE_FIRMWARE },
	};

	if (nw_xml_in(x, 0, "DeviceType")) {
		answer->type = x->text;
	} else if (nw_xml_in(x, 0, "DeviceDescription")) {
		answer->description = x->text;
	} else if (nw_xml_in(x, 0, "MAC")) {
		nw_facts_add_mac(facts, x->text);
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		if (nw_xml_in(x, 0, rows[i].name)) {
			nw_facts_add(facts, rows[i].key, x->text);
		}
	}
}

/* ---- on Ethernet alone ------------------------------------------------------------------------ */

static const char *op_name(uint8_t op)
{
	switch (op) { /* what is one more answers it */
	case 3:
		return "inquiry";
	case 6:
		return "update";
	case 10:
		return "resetPassword";
	case 12:
		return "cmsInfo";
	case 16:
		return "modifyNetParam";
	default:
		return NULL;
	}
}

/* A text up to its first 0; nothing of one that the head does not have all of. */
static void add_field(struct nw_facts *facts, enum nw_attr key, struct nw_span s, size_t at)
{
	if (nw_span_skip(&s, at) && nw_span_left(&s) >= TEXT_LEN) {
		nw_facts_add(facts, key, nw_span_of(s.p, strnlen((const char *)s.p, TEXT_LEN)));
	}
}

static void add_mac(struct nw_facts *facts, const uint8_t *mac)
{
	char text[NW_MAC_TEXT];

	if (nw_mac_text_of(mac, text)) {
		nw_facts_add_text(facts, NW_ATTR_DEVICE_MAC, text, sizeof(text));
	}
}

static void add_ip(struct nw_facts *facts, const uint8_t *ip)
{
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff };
	char text[NW_ADDR_TEXT];

	memcpy(addr + 12, ip, 4);
	if (ip[0] != 0) { /* it has none yet */
		nw_facts_add_text(facts, NW_ATTR_DEVICE_IP, text, nw_addr_text(text, addr));
	}
}

static int decode_frame(struct nw_span s, struct nw_facts *facts)
{
	const char *name = op_name(s.p[NW_SADP_OP]);

	if (name) {
		nw_facts_add_text(facts, NW_ATTR_SERVICE_TYPE, name, strlen(name));
	}
	if (s.p[NW_SADP_OP] != OP_INQUIRY_ANSWER) {
		return 0;
	}
	add_mac(facts, s.p + NW_SADP_MAC);
	add_ip(facts, s.p + NW_SADP_IP);
	if (s.p[NW_SADP_LEN] >= ANSWER_LEN) {
		add_field(facts, NW_ATTR_DEVICE_SERIAL, s, SERIAL_AT);
		add_field(facts, NW_ATTR_DEVICE_FIRMWARE, s, FIRMWARE_AT);
	}
	return 0;
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct answer answer = { .type = { .p = NULL } };
	enum nw_xml_what what;
	bool is_sadp = false;
	struct nw_xml x;

	if (head->proto == NW_ETHERTYPE_SADP) {
		return decode_frame(nw_head_start(head), facts);
	}
	nw_xml_begin(&x, nw_head_start(head));
	while ((what = nw_xml_next(&x)) != NW_XML_END) {
		if (what != NW_XML_TEXT || x.depth != 2) {
			continue;
		}
		is_sadp |= nw_xml_in(&x, 0, "Types") || nw_xml_in(&x, 0, "DeviceSN");
		if (nw_xml_in(&x, 0, "Types") && nw_xml_in(&x, 1, "Probe")) {
			nw_facts_add(facts, NW_ATTR_SERVICE_TYPE, x.text);
		} else if (nw_xml_in(&x, 1, "ProbeMatch")) {
			read_answer(&x, &answer, facts);
		}
	}
	if (x.is_broken || !is_sadp) {
		return -EBADMSG;
	}
	if (is_number(answer.type)) {
		nw_facts_add(facts, NW_ATTR_DEVICE_MODEL, answer.description);
	} else {
		nw_facts_add(facts, NW_ATTR_DEVICE_MODEL, answer.type);
		nw_facts_add(facts, NW_ATTR_DEVICE_TYPE, answer.description);
	}
	return 0;
}

const struct nw_decoder nw_decoder_sadp = {
	.name = "sadp",
	.doc = "who looks for Hikvision's devices, and what those say of themselves",
	.begins = NW_BEGINS({ '<', '<' }, { 0x21, 0x21 }),
	.claims = claims,
	.decode = decode,
};
