/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See dns_sd.h: RFC 6763 4, 6, 7 and 9. Names are read as the text that the decoder made of them.
 * Owns nothing; what is no service is left out.
 */
#include "dns_sd.h"

#include <strings.h>

#include "decoders/decoder.h"
#include "decoders/facts_mac.h"
#include "dns_wire.h"
#include "util/macro.h"
#include "util/text.h"

enum {
	TYPES_MAX = 6, /* of one message: a flow's store has room for other things too */
	LABEL_MAX = 63,
	TYPE_TEXT_MAX = 40, /* "_axis-video._tcp"; RFC 6763 7: 15 letters, which not all keep */
	TYPE_ANY = 255
};

/* "AXIS\032P3245\032-\032ACCC8E012345._axis-video._tcp.local" */
struct service {
	struct nw_span instance; /* as in the text; empty when there is none */
	struct nw_span type;	 /* "_axis-video._tcp" */
};

/* The label at *s, which moves behind its dot. */
static struct nw_span cut_label(struct nw_span *s)
{
	struct nw_span label = *s;

	while (s->p < s->end && *s->p != '.') {
		s->p += *s->p == '\\' && s->p + 1 < s->end ? 2 : 1;
	}
	label.end = s->p;
	s->p += s->p < s->end;
	return label;
}

static bool is_label(struct nw_span label, const char *word)
{
	size_t n = strlen(word);

	return nw_span_left(&label) == n && strncasecmp((const char *)label.p, word, n) == 0;
}

static bool is_service_label(struct nw_span label)
{
	return nw_span_left(&label) > 1 && *label.p == '_';
}

/* The last label with '_' before "_tcp" or "_udp" is the service's, what is before it whose it is. */
static bool read_service(const char *text, struct service *ret)
{
	struct nw_span s = nw_span_of(text, strlen(text));
	struct nw_span first = cut_label(&s);
	struct nw_span before = first;
	struct nw_span instance = *text == '_' ? nw_span_of(text, 0) : first;

	while (nw_span_left(&s)) {
		struct nw_span label = cut_label(&s);

		if (is_service_label(before) &&
		    (is_label(label, "_tcp") || is_label(label, "_udp"))) {
			ret->type = (struct nw_span){ .p = before.p, .end = label.end };
			ret->instance = instance;
			return nw_span_left(&ret->type) <= TYPE_TEXT_MAX;
		}
		before = label;
	}
	return false;
}

static bool is_told(const struct nw_facts *facts, enum nw_attr key)
{
	for (unsigned i = 0; i < facts->attrs; i++) {
		if (facts->attr[i].key == key) {
			return true;
		}
	}
	return false;
}

static void add_type(struct nw_facts *facts, struct nw_span type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < facts->attrs; i++) {
		if (facts->attr[i].key != NW_ATTR_SERVICE_TYPE) {
			continue;
		}
		if (facts->attr[i].len == nw_span_left(&type) &&
		    memcmp(facts->attr[i].text, type.p, facts->attr[i].len) == 0) {
			return;
		}
		n++;
	}
	if (n < TYPES_MAX) {
		nw_facts_add_text(facts, NW_ATTR_SERVICE_TYPE, (const char *)type.p,
				  nw_span_left(&type));
	}
}

/* "\032", "\." -> bytes, as nw_dns_put_label() made them. */
static void add_name(struct nw_facts *facts, struct nw_span label)
{
	char name[LABEL_MAX];
	size_t n = 0;

	if (is_told(facts, NW_ATTR_DEVICE_NAME)) {
		return;
	}
	while (label.p < label.end && n < sizeof(name)) {
		uint8_t c = *label.p++;

		if (c == '\\' && label.p < label.end) {
			c = *label.p++;
			if (c >= '0' && c <= '9' && nw_span_left(&label) >= 2) {
				c = (uint8_t)((c - '0') * 100 + (label.p[0] - '0') * 10 +
					      label.p[1] - '0');
				label.p += 2;
			}
		}
		name[n++] = (char)c;
	}
	nw_facts_add_text(facts, NW_ATTR_DEVICE_NAME, name, n);
}

/* Strings of "key=value". Apple's and HomeKit's keys of the model, Axis's of the MAC. */
static void read_txt(struct nw_facts *facts, struct nw_span s)
{
	struct nw_span value;
	uint8_t len;

	while (nw_span_u8(&s, &len) && nw_span_cut(&s, len, &value)) {
		struct nw_span key = value;
		const uint8_t *equals = memchr(value.p, '=', len);

		if (!equals) {
			continue;
		}
		key.end = equals;
		value.p = equals + 1;
		if ((is_label(key, "model") || is_label(key, "md")) &&
		    !is_told(facts, NW_ATTR_DEVICE_MODEL)) {
			nw_facts_add(facts, NW_ATTR_DEVICE_MODEL, value);
		} else if (is_label(key, "macaddress") && !is_told(facts, NW_ATTR_DEVICE_MAC)) {
			nw_facts_add_mac(facts, value);
		}
	}
}

static void add_ip(struct nw_facts *facts, const struct nw_dns *dns)
{
	const struct nw_dns_answer *best = NULL;

	for (unsigned i = 0; i < dns->answers_len; i++) {
		const struct nw_dns_answer *a = &dns->answer[i];

		if (a->is_addr && (!best || (a->type == NW_DNS_TYPE_A && best->type != a->type))) {
			best = a;
		}
	}
	if (best) {
		char text[NW_ADDR_TEXT];

		nw_facts_add_text(facts, NW_ATTR_DEVICE_IP, text, nw_addr_text(text, best->addr));
	}
}

static void read_answer(struct nw_facts *facts, const struct nw_dns_answer *a)
{
	const char *name = nw_dns_text(&facts->dns, a->name);
	struct service service;

	if (a->type == NW_DNS_TYPE_PTR) {
		name = nw_dns_text(&facts->dns, a->data);
	} else if (a->type != NW_DNS_TYPE_SRV) {
		return;
	}
	if (read_service(name, &service)) {
		add_type(facts, service.type);
		add_name(facts, service.instance);
	}
}

void nw_dns_sd_tell(const struct nw_dns_sd *sd, struct nw_facts *facts)
{
	const struct nw_dns *dns = &facts->dns;
	struct service service;

	facts->protocol = "mdns";
	/* answers in a question are others': who asks knows them already (RFC 6762 7.1) */
	if (!dns->is_response) {
		if ((dns->qtype == NW_DNS_TYPE_PTR || dns->qtype == TYPE_ANY) &&
		    read_service(nw_dns_text(dns, dns->question), &service)) {
			add_type(facts, service.type);
		}
		return;
	}
	for (unsigned i = 0; i < dns->answers_len; i++) {
		read_answer(facts, &dns->answer[i]);
	}
	for (unsigned i = 0; i < sd->txts; i++) {
		read_txt(facts, sd->txt[i]);
	}
	add_ip(facts, dns);
}
