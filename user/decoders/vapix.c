/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VAPIX, Axis' own interface in HTTP: what param.cgi answers, a parameter a line, of which the
 * brand's and the properties' say what the device is; cameras, loudspeakers and doors alike. Other
 * answers are http's alone.
 */
#include <errno.h>

#include "decoders/decoder.h"
#include "util/macro.h"
#include "util/message.h"

#define ROOT "root."

static const struct {
	const char *name;
	enum nw_attr key;
} parameters[] = {
	{ "Brand.Brand", NW_ATTR_DEVICE_BRAND },
	{ "Brand.ProdNbr", NW_ATTR_DEVICE_MODEL },
	{ "Brand.ProdType", NW_ATTR_DEVICE_TYPE },
	{ "Properties.Firmware.Version", NW_ATTR_DEVICE_FIRMWARE },
	{ "Properties.System.SerialNumber", NW_ATTR_DEVICE_SERIAL },
};

/* "root.Brand.Brand=AXIS": whole lines only; *ret_i is SIZE_MAX for one that is not told. */
static bool next_line(struct nw_span *s, struct nw_span *ret_value, size_t *ret_i)
{
	const uint8_t *end = s->p < s->end ? memchr(s->p, '\n', nw_span_left(s)) : NULL;
	struct nw_span line = { .p = s->p, .end = end };

	if (!end) {
		return false;
	}
	s->p = end + 1;
	*ret_i = SIZE_MAX;
	(void)nw_span_skip_word(&line, ROOT);
	for (size_t i = 0; i < NW_ARRAY_SIZE(parameters); i++) {
		struct nw_span rest = line;

		if (nw_span_skip_word(&rest, parameters[i].name) && nw_span_skip_word(&rest, "=")) {
			*ret_value = nw_message_until(rest, "\r");
			*ret_i = i;
			return true;
		}
	}
	return true;
}

/* The first lines of the body are parameters of this kind. */
static bool read_answer(const struct nw_ev_head *head, struct nw_span *ret)
{
	struct nw_message m;

	if (!nw_message_read(nw_span_of(head->data, head->len), "HTTP/", &m) || !m.is_answer ||
	    m.status / 100 != 2 || !m.has_fields) {
		return false;
	}
	*ret = m.body;
	return nw_span_skip_word(&m.body, ROOT "Brand.") ||
	       nw_span_skip_word(&m.body, ROOT "Properties.");
}

static enum nw_basis claims(const struct nw_ev_head *head)
{
	struct nw_span body;

	return read_answer(head, &body) ? NW_BASIS_CONTENT : NW_BASIS_NONE;
}

static int decode(const struct nw_ev_head *head, struct nw_facts *facts)
{
	bool is_told[NW_ARRAY_SIZE(parameters)] = { false };
	struct nw_span body;
	struct nw_span value;
	size_t i;

	if (!read_answer(head, &body)) {
		return -EBADMSG;
	}
	facts->depth = 1;
	while (next_line(&body, &value, &i)) {
		if (i != SIZE_MAX && !is_told[i]) {
			is_told[i] = true;
			nw_facts_add(facts, parameters[i].key, value);
		}
	}
	return 0;
}

const struct nw_decoder nw_decoder_vapix = {
	.name = "vapix",
	.doc = "Axis' VAPIX in HTTP: what a device says of itself",
	.over = NW_OVER_TCP,
	.begins = NW_BEGINS(NW_MESSAGE_BEGINS),
	.claims = claims,
	.decode = decode,
};
