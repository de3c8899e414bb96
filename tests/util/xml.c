/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML as tokens: one letter each, cut at every byte, and what is no XML. Python's expat (3.11 of
 * Debian 12) reads the same beginnings, ends and texts in "soap".
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "util/xml.h"

/* "(name attributes" "text" ")" in one line; '!' at the end = broken. In memory of its size. */
static const char *read_len(const char *document, size_t len)
{
	static char text[2048];
	char *copy = malloc(len ? len : 1);
	enum nw_xml_what what;
	struct nw_xml x;
	size_t n = 0;

	assert_non_null(copy);
	memcpy(copy, document, len);
	nw_xml_begin(&x, nw_span_of(copy, len));
	text[0] = '\0';
	while ((what = nw_xml_next(&x)) != NW_XML_END) {
		char unescaped[512];
		int size;

		if (what == NW_XML_TEXT) {
			size = (int)nw_xml_unescape(&x, unescaped, sizeof(unescaped));
			n += (size_t)sprintf(text + n, "'%.*s'", size, unescaped);
		} else {
			n += (size_t)sprintf(text + n, "%s%.*s%s%.*s",
					     what == NW_XML_OPEN ? "(" : ")",
					     (int)nw_span_left(&x.name), (const char *)x.name.p,
					     nw_span_left(&x.text) ? " " : "",
					     (int)nw_span_left(&x.text), (const char *)x.text.p);
		}
		assert_true(n < sizeof(text) - 600);
	}
	n += (size_t)sprintf(text + n, "%s%.*s", nw_span_left(&x.text) ? "~" : "",
			     (int)nw_span_left(&x.text), (const char *)x.text.p);
	assert_int_equal(nw_xml_next(&x), NW_XML_END);
	strcpy(text + n, x.is_broken ? "!" : "");
	free(copy);
	return text;
}

static const char *read_all(const char *document)
{
	for (size_t n = 0; n < strlen(document); n++) {
		(void)read_len(document, n);
	}
	return read_len(document, strlen(document));
}

static const char soap[] =
	"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a > b --><s:Envelope xmlns:s='http://x/>'>\n"
	"<s:Body><d:Types a=\"1\" q:b='2'> a &lt;&amp;&#65;&gt;&foo; </d:Types ><e/>"
	"<x y=\"1/\"/><![CDATA[ <&lt;]] ]]></s:Body></s:Envelope>\n";

static void tokens(void **state)
{
	(void)state;
	assert_string_equal(
		read_all(soap),
		"(Envelope xmlns:s='http://x/>'(Body(Types a=\"1\" q:b='2''a <&&#65;>&foo;'"
		")Types(e)e(x y=\"1/\")x'<&lt;]]')Body)Envelope");
	assert_string_equal(read_all("<a>1<b>2</b>3</a>"), "(a'1'(b'2')b'3')a");
	assert_string_equal(read_all(""), "");
	assert_string_equal(read_all("  \n"), "");
}

/* Half a token is none; what stood before it was told. */
static void cut(void **state)
{
	(void)state;
	assert_string_equal(read_all("<a><b>DS-2C"), "(a(b~DS-2C");
	assert_string_equal(read_all("<a><b> "), "(a(b");
	assert_string_equal(read_all("text"), "~text!");
	assert_string_equal(read_all("<a><b>DS</"), "(a(b'DS'");
	assert_string_equal(read_all("<a><b c='d"), "(a");
	assert_string_equal(read_all("<a><![CDATA[x]]"), "(a");
	assert_string_equal(read_all("<a><!-- x --"), "(a");
	assert_string_equal(read_all("<?xml ver"), "");
}

static void broken(void **state)
{
	(void)state;
	assert_string_equal(read_all("<a></b>"), "(a!");
	assert_string_equal(read_all("</a>"), "!");
	assert_string_equal(read_all("text<a>"), "!");
	assert_string_equal(read_all("<a>x</a>text<b>"), "(a'x')a!");
	assert_string_equal(read_all("<a>1 < 2 > 1</a>"), "(a'1'!");
	assert_string_equal(read_all("<a/b>"), "!");
	assert_string_equal(read_all("<:a>"), "!");
	assert_string_equal(read_all("<a:>"), "!");
	assert_string_equal(read_all("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "!");
	assert_string_equal(read_all("<![CDATA[x]]><a>"), "!");
}

static void deep(void **state)
{
	char text[8 * (NW_XML_DEPTH_MAX + 4) + 1] = "";
	struct nw_xml x;
	unsigned opened = 0;
	unsigned texts = 0;

	(void)state;
	for (unsigned i = 0; i < NW_XML_DEPTH_MAX + 4; i++) {
		strcat(text, "<e>x");
	}
	for (unsigned i = 0; i < NW_XML_DEPTH_MAX + 4; i++) {
		strcat(text, "</e>");
	}
	nw_xml_begin(&x, nw_span_of(text, strlen(text)));
	for (enum nw_xml_what what; (what = nw_xml_next(&x)) != NW_XML_END;) {
		opened += what == NW_XML_OPEN;
		texts += what == NW_XML_TEXT;
		if (what == NW_XML_TEXT) {
			assert_true(nw_xml_is(x.name, x.depth <= NW_XML_DEPTH_MAX ? "e" : ""));
			assert_int_equal(nw_xml_in(&x, 0, "e"), x.depth <= NW_XML_DEPTH_MAX);
		}
	}
	assert_false(x.is_broken);
	assert_int_equal(x.depth, 0);
	assert_int_equal(opened, NW_XML_DEPTH_MAX + 4);
	assert_int_equal(texts, NW_XML_DEPTH_MAX + 4);
}

static void places_and_attributes(void **state)
{
	static const char text[] = "<r><p:a n:x=\"1\" y = '2\"' z>t</p:a></r>";
	struct nw_xml x;
	struct nw_span value;
	char one[1];

	(void)state;
	nw_xml_begin(&x, nw_span_of(text, sizeof(text) - 1));
	assert_int_equal(nw_xml_next(&x), NW_XML_OPEN);
	assert_false(nw_xml_attribute(&x, "x", &value));
	assert_int_equal(nw_xml_next(&x), NW_XML_OPEN);
	assert_true(nw_xml_attribute(&x, "x", &value));
	assert_true(nw_xml_is(value, "1"));
	assert_true(nw_xml_attribute(&x, "y", &value));
	assert_true(nw_xml_is(value, "2\""));
	assert_false(nw_xml_attribute(&x, "z", &value));
	assert_int_equal(nw_xml_next(&x), NW_XML_TEXT);
	assert_true(nw_xml_in(&x, 0, "a"));
	assert_true(nw_xml_in(&x, 1, "r"));
	assert_false(nw_xml_in(&x, 2, "r"));
	assert_false(nw_xml_in(&x, 0, "r"));
	assert_int_equal(nw_xml_unescape(&x, one, 0), 0);
	assert_int_equal(nw_xml_unescape(&x, one, 1), 1);
	assert_true(nw_xml_looks_like(nw_span_of(soap, 8)));
	assert_true(nw_xml_looks_like(nw_span_of(" <a", 3)));
	assert_false(nw_xml_looks_like(nw_span_of("< a", 3)));
	assert_false(nw_xml_looks_like(nw_span_of("<", 1)));
	assert_false(nw_xml_looks_like(nw_span_of("GET", 3)));
}

NW_TESTS(util_xml, cmocka_unit_test(tokens), cmocka_unit_test(cut), cmocka_unit_test(broken),
	 cmocka_unit_test(deep), cmocka_unit_test(places_and_attributes));
