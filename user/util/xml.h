/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML of untrusted bytes, one token after the other: for the small documents of discovery and
 * device descriptions (SOAP, UPnP, SADP, ISAPI), which may be cut anywhere. Every byte is looked at
 * a fixed number of times, nothing is allocated, nothing is fetched, and of entities only the five
 * that XML itself has are known. A document type (<!DOCTYPE) ends it: none of these have one.
 *
 *	nw_xml_begin(&x, body);
 *	while ((what = nw_xml_next(&x)) != NW_XML_END) {
 *		if (what == NW_XML_TEXT && nw_xml_in(&x, 0, "Model")) ...x.text...
 *	}
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/span.h"

#define NW_XML_DEPTH_MAX 16 /* names of elements that are deeper are not known */

/* With which bytes a document can begin: space, its first element, a mark of the order of bytes. */
#define NW_XML_BEGINS                                               \
	{ '\t', '\n' }, { '\r', '\r' }, { ' ', ' ' }, { '<', '<' }, \
	{                                                           \
		0xef, 0xef                                          \
	}

enum nw_xml_what {
	NW_XML_END,   /* nothing whole is left, or it is no XML (is_broken). text: what is cut */
	NW_XML_OPEN,  /* <name text>: text is its attributes, for nw_xml_attribute() */
	NW_XML_TEXT,  /* in the element name: not empty, without space at its ends */
	NW_XML_CLOSE, /* </name>; <name/> comes as open and close */
};

struct nw_xml {
	struct nw_span left;
	struct nw_span name; /* of this token's element, without prefix; empty = too deep */
	struct nw_span text; /* raw: nw_xml_unescape() */
	unsigned depth;	     /* elements that are open; of a close, after it */
	bool is_raw;	     /* text stood in CDATA: it has no escapes */
	bool is_broken;
	bool is_empty; /* the open element was <name/>: its close comes next */
	struct nw_span open[NW_XML_DEPTH_MAX];
};

void nw_xml_begin(struct nw_xml *x, struct nw_span document);
enum nw_xml_what nw_xml_next(struct nw_xml *x);

/* May it be XML: "<?xml" or an element, behind a byte order mark and space? */
bool nw_xml_looks_like(struct nw_span document);

/* Is the open element that is so many above the innermost one (0) called so? */
bool nw_xml_in(const struct nw_xml *x, unsigned up, const char *name);
/* Is this span that word, byte by byte? */
bool nw_xml_is(struct nw_span text, const char *word);
/* Of the token NW_XML_OPEN: the value of an attribute, raw, by its name without prefix. */
bool nw_xml_attribute(const struct nw_xml *x, const char *name, struct nw_span *ret);

/*
 * The token's text with &lt; &gt; &quot; &apos; &amp; undone; what else begins with '&' stays.
 * Returns how many bytes it has, at most size: what does not fit is left out. No NUL.
 */
size_t nw_xml_unescape(const struct nw_xml *x, char *buf, size_t size);
