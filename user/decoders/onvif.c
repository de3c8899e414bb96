/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ONVIF: WS-Discovery in UDP (SOAP-over-UDP, port 3702), where cameras tell who they are and what
 * finds them, and the services' SOAP in HTTP, where they tell it to who asks. Discovery that names
 * nothing of ONVIF (Windows, printers) is "ws-discovery". What is told is what a device says of
 * itself; of a datagram that is cut, what stands before the cut.
 */
#include <errno.h>
#include <netinet/in.h>

#include "decoders/decoder.h"
#include "decoders/facts_xml.h"
#include "util/macro.h"
#include "util/message.h"

#define ONVIF	  "www.onvif.org/"
#define SCOPE	  "onvif://www.onvif.org/"
#define DISCOVERY "/ws/2005/04/discovery" /* behind schemas.xmlsoap.org */
#define WS_DD	  "/ws-dd/ns/discovery/"  /* behind docs.oasis-open.org, WS-Discovery 1.1 */

enum {
	PORT_DISCOVERY = 3702,
	TOLD_MAX = 12, /* what comes again and again is no loss */
	TYPES_MAX = 128,
	LOCATION_MAX = 128,
};

static bool has(struct nw_span s, const char *word)
{
	return memmem(s.p, nw_span_left(&s), word, strlen(word));
}

/* The next word between spaces. */
static bool cut_word(struct nw_span *s, struct nw_span *ret)
{
	while (s->p < s->end && *s->p <= ' ') {
		s->p++;
	}
	ret->p = s->p;
	while (s->p<s->end && * s->p> ' ') {
		s->p++;
	}
	ret->end = s->p;
	return ret->p < ret->end;
}

/* ---- is it ONVIF? ---------------------------------------------------------------------------- */

static bool is_envelope(struct nw_span document)
{
	struct nw_xml x;

	if (!nw_xml_looks_like(document)) {
		return false;
	}
	nw_xml_begin(&x, document);
	return nw_xml_next(&x) == NW_XML_OPEN && nw_xml_is(x.name, "Envelope");
}

static bool is_discovery(struct nw_span s)
{
	return is_envelope(s) && (has(s, DISCOVERY) || has(s, WS_DD));
}

/* A field of SOAP that names an operation of ONVIF's. */
static bool has_action(const struct nw_message *m)
{
	struct nw_span fields = m->fields;
	struct nw_span name;
	struct nw_span value;

	while (nw_message_field(&fields, &name, &value)) {
		if ((nw_message_is(name, "SOAPAction") || nw_message_is(name, "Content-Type")) &&
		    has(value, ONVIF "ver")) {
			return true;
		}
	}
	return false;
}

/* "/onvif/" is where the services are by custom; POST to it, or SOAP that names them. */
static bool is_service(struct nw_span s, struct nw_message *m)
{
	struct nw_span path;

	if (!nw_message_read(s, "HTTP/", m)) {
		return false;
	}
	path = m->target;
	if (!m->is_answer && nw_message_is(m->method, "POST") &&
	    nw_span_left(&path) > sizeof("/onvif/") - 1) {
		path.end = path.p + sizeof("/onvif/") - 1;
		if (nw_message_is(path, "/onvif/")) {
			return true;
		}
	}
	return has_action(m) || (is_envelope(nw_xml_body(m->body)) && has(m->body, ONVIF "ver"));
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span s = nw_span_of(head->data, head->len);
	struct nw_message m;

	if (head->proto == IPPROTO_UDP) {
		return is_discovery(s)						  ? NW_BASIS_CONTENT
		       : nw_head_has_port(head, PORT_DISCOVERY) && is_envelope(s) ? NW_BASIS_PORT
										  : NW_BASIS_NONE;
	}
	return head->proto == IPPROTO_TCP && is_service(s, &m) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

/* ---- scopes: onvif://www.onvif.org/name/HIKVISION%20DS-2CD ----------------------------------- */

struct reader {
	struct nw_xml x;
	struct nw_facts *facts;
	unsigned told_max; /* attributes */
	bool is_onvif;
	size_t location_len;
	char location[LOCATION_MAX];
};

static int hex_of(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place. A '%' that two digits do not follow stays. */
static size_t undo_percent(char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++, n++) {
		int high = text[i] == '%' && i + 2 < len ? hex_of((uint8_t)text[i + 1]) : -1;
		int low = high >= 0 ? hex_of((uint8_t)text[i + 2]) : -1;

		text[n] = text[i];
		if (low >= 0) {
			text[n] = (char)(high << 4 | low);
			i += 2;
		}
	}
	return n;
}

/* Places are told part by part: "country/china", "city/hangzhou". */
static void add_location(struct reader *r, const char *text, size_t len)
{
	bool is_next = r->location_len > 0;

	if (len && r->location_len + is_next + len <= sizeof(r->location)) {
		if (is_next) {
			r->location[r->location_len++] = ' ';
		}
		memcpy(r->location + r->location_len, text, len);
		r->location_len += len;
	}
}

static void add_scope(struct reader *r, struct nw_span scope)
{
	static const struct {
		const char *name;
		enum nw_attr key;
	} known[] = {
		{ "name", NW_ATTR_DEVICE_NAME },	  { "hardware", NW_ATTR_DEVICE_HARDWARE },
		{ "location", NW_ATTR_DEVICE_LOCATION },  { "mac", NW_ATTR_DEVICE_MAC },
		{ "macaddr", NW_ATTR_DEVICE_MAC },	  { "serial", NW_ATTR_DEVICE_SERIAL },
		{ "firmware", NW_ATTR_DEVICE_FIRMWARE },  { "version", NW_ATTR_DEVICE_FIRMWARE },
		{ "manufacturer", NW_ATTR_DEVICE_MAKER }, { "model", NW_ATTR_DEVICE_MODEL },
	};
	char text[NW_ATTR_VALUE_MAX];
	struct nw_span part;
	struct nw_span value;
	size_t n;

	if (!nw_span_skip_word(&scope, SCOPE) || !nw_span_left(&scope)) {
		return;
	}
	r->is_onvif = true;
	part = nw_message_until(scope, "/");
	value = (struct nw_span){ .p = part.end, .end = scope.end };
	if (!nw_span_skip(&value, 1)) {
		return;
	}
	r->x.text = value;
	n = undo_percent(text, nw_xml_unescape(&r->x, text, sizeof(text)));
	for (size_t i = 0; i < NW_ARRAY_SIZE(known); i++) {
		if (!nw_message_is(part, known[i].name)) {
			continue;
		}
		if (known[i].key == NW_ATTR_DEVICE_LOCATION) {
			add_location(r, text, n);
		} else if (known[i].key == NW_ATTR_DEVICE_MAC) {
			nw_facts_add_mac(r->facts, nw_span_of(text, n));
		} else {
			nw_facts_add_text(r->facts, known[i].key, text, n);
		}
		return;
	}
}

/* Of a text that is cut the last word may be half of one. */
static void add_scopes(struct reader *r, bool is_cut)
{
	struct nw_span rest = r->x.text;
	struct nw_span scope;

	while (r->facts->attrs < r->told_max && cut_word(&rest, &scope) &&
	       !(is_cut && rest.p == rest.end)) {
		add_scope(r, scope);
	}
}

/* ---- discovery ------------------------------------------------------------------------------- */

/* "dn:NetworkVideoTransmitter tds:Device": prefixes are the sender's own. */
static void add_types(struct reader *r)
{
	struct nw_span rest = r->x.text;
	struct nw_span word;
	char text[TYPES_MAX];
	size_t n = 0;

	while (cut_word(&rest, &word)) {
		const uint8_t *colon = memchr(word.p, ':', nw_span_left(&word));
		size_t len;

		word.p = colon ? colon + 1 : word.p;
		len = nw_span_left(&word);
		if (len == 0 || n + (n > 0) + len > sizeof(text)) {
			continue;
		}
		if (n > 0) {
			text[n++] = ' ';
		}
		memcpy(text + n, word.p, len);
		n += len;
		r->is_onvif |= has(word, "NetworkVideo");
	}
	if (n) {
		nw_facts_add_text(r->facts, NW_ATTR_SERVICE_TYPE, text, n);
	}
}

/* "urn:uuid:…" or "uuid:…" */
static void add_uuid(struct reader *r)
{
	struct nw_span s = r->x.text;
	const uint8_t *at = memmem(s.p, nw_span_left(&s), "uuid:", 5);

	if (at && at - s.p <= 4) {
		s.p = at + 5;
		for (const uint8_t *p = s.p; p < s.end; p++) {
			if (hex_of(*p) < 0 && *p != '-') {
				return;
			}
		}
		nw_facts_add(r->facts, NW_ATTR_DEVICE_UUID, s);
	}
}

static bool is_address(struct nw_span s)
{
	for (const uint8_t *p = s.p; p < s.end; p++) {
		if ((*p < '0' || *p > '9') && *p != '.') {
			return false;
		}
	}
	return nw_span_left(&s) >= sizeof("1.1.1.1") - 1;
}

/* The first address, without query; none that has a user in it. */
static void add_url(struct reader *r)
{
	struct nw_span rest = r->x.text;
	struct nw_span word;
	struct nw_url url;

	if (!cut_word(&rest, &word)) {
		return;
	}
	nw_message_url(word, true, &url);
	if (url.domain.p == url.domain.end) {
		return;
	}
	if (*url.domain.p == '[') {
		nw_facts_add(r->facts, NW_ATTR_DEVICE_IP,
			     (struct nw_span){ url.domain.p + 1, url.domain.end - 1 });
	} else if (is_address(url.domain)) {
		nw_facts_add(r->facts, NW_ATTR_DEVICE_IP, url.domain);
	}
	if (!memchr(word.p, '@', nw_span_left(&word))) {
		nw_facts_add(r->facts, NW_ATTR_DEVICE_URL, nw_message_until(word, "?#"));
	}
}

/* Is this element, so many above the innermost one, where a device speaks of itself? */
static bool is_device(const struct nw_xml *x, unsigned up)
{
	return nw_xml_in(x, up, "ProbeMatch") || nw_xml_in(x, up, "ResolveMatch") ||
	       nw_xml_in(x, up, "Hello") || nw_xml_in(x, up, "Bye");
}

static void read_discovery(struct reader *r)
{
	const struct nw_xml *x = &r->x;

	if (nw_xml_in(x, 0, "Types") && (is_device(x, 1) || nw_xml_in(x, 1, "Probe"))) {
		add_types(r);
	} else if (nw_xml_in(x, 0, "Scopes") && is_device(x, 1)) {
		add_scopes(r, false);
	} else if (nw_xml_in(x, 0, "XAddrs") && is_device(x, 1)) {
		add_url(r);
	} else if (nw_xml_in(x, 0, "Address") &&
		   (is_device(x, 1) || (nw_xml_in(x, 1, "EndpointReference") && is_device(x, 2)))) {
		add_uuid(r);
	}
}

/* ---- services -------------------------------------------------------------------------------- */

static void read_service(struct reader *r)
{
	static const struct {
		const char *name;
		enum nw_attr key;
	} information[] = {
		{ "Manufacturer", NW_ATTR_DEVICE_MAKER },
		{ "Model", NW_ATTR_DEVICE_MODEL },
		{ "FirmwareVersion", NW_ATTR_DEVICE_FIRMWARE },
		{ "SerialNumber", NW_ATTR_DEVICE_SERIAL },
		{ "HardwareId", NW_ATTR_DEVICE_HARDWARE },
	};

	if (nw_xml_in(&r->x, 0, "ScopeItem") && nw_xml_in(&r->x, 2, "GetScopesResponse")) {
		add_scopes(r, false);
	} else if (nw_xml_in(&r->x, 0, "HwAddress")) {
		nw_facts_add_mac(r->facts, r->x.text);
	}
	if (!nw_xml_in(&r->x, 1, "GetDeviceInformationResponse")) {
		return;
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(information); i++) {
		if (nw_xml_in(&r->x, 0, information[i].name)) {
			nw_facts_add_xml(r->facts, information[i].key, &r->x);
		}
	}
}

/* One device: what a second answer in the same message says is another's. */
static void read_document(struct nw_span document, bool is_http, struct reader *r)
{
	enum nw_xml_what what = NW_XML_OPEN;

	nw_xml_begin(&r->x, document);
	while (r->facts->attrs < r->told_max) {
		what = nw_xml_next(&r->x);
		if (what == NW_XML_END ||
		    (what == NW_XML_CLOSE && !is_http && nw_xml_is(r->x.name, "ProbeMatch"))) {
			break;
		}
		if (what == NW_XML_TEXT && is_http) {
			read_service(r);
		} else if (what == NW_XML_TEXT) {
			read_discovery(r);
		}
	}
	if (what == NW_XML_END && !is_http && !r->x.is_broken && nw_xml_in(&r->x, 0, "Scopes") &&
	    is_device(&r->x, 1)) {
		add_scopes(r, true);
	}
	if (r->location_len) {
		nw_facts_add_text(r->facts, NW_ATTR_DEVICE_LOCATION, r->location, r->location_len);
	}
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	struct nw_span s = nw_span_of(head->data, head->len);
	struct reader r = { .facts = facts, .told_max = facts->attrs + TOLD_MAX };
	struct nw_message m;

	if (head->proto == IPPROTO_TCP) {
		if (!is_service(s, &m)) {
			return -EBADMSG;
		}
		facts->depth = 1;
		read_document(nw_xml_body(m.body), true, &r);
		return 0;
	}
	if (!is_envelope(s)) {
		return -EBADMSG;
	}
	r.is_onvif = has(s, ONVIF);
	read_document(s, false, &r);
	facts->protocol = r.is_onvif ? "onvif" : "ws-discovery";
	return 0;
}

const struct nw_decoder nw_decoder_onvif = {
	.name = "onvif",
	.doc = "WS-Discovery and ONVIF's services in HTTP: what cameras say of themselves",
	.over = NW_OVER_TCP | NW_OVER_UDP,
	.begins = NW_BEGINS(NW_MESSAGE_BEGINS, NW_XML_BEGINS),
	.claims = claims,
	.decode = decode,
};
