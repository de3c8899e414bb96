/* SPDX-License-Identifier: Apache-2.0 */
/* JSON token by token: what cameras send, every cut of it, and what only looks like it. */
#include "util/json_scan.h"

#include <stdlib.h>

#include "harness.h"

/* Each value as "name=text;", '{' and '}' for what opens and closes, '!' at the end when broken. */
static const char *read_cut(const char *json, size_t len)
{
	static char text[1024];
	uint8_t *copy = malloc(len ? len : 1);
	enum nw_json_what what;
	struct nw_json j;
	size_t n = 0;

	assert_non_null(copy);
	memcpy(copy, json, len);
	text[0] = '\0';
	nw_json_begin(&j, nw_span_of(copy, len));
	while ((what = nw_json_next(&j)) != NW_JSON_END) {
		if (what == NW_JSON_OPEN || what == NW_JSON_CLOSE) {
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%.*s%c",
					      what == NW_JSON_OPEN ? (int)nw_span_left(&j.name) : 0,
					      (const char *)j.name.p,
					      what == NW_JSON_OPEN ? '{' : '}');
		} else {
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%.*s=%.*s;",
					      (int)nw_span_left(&j.name), (const char *)j.name.p,
					      (int)nw_span_left(&j.text), (const char *)j.text.p);
		}
		assert_true(n < sizeof(text));
	}
	if (j.is_broken) {
		text[n++] = '!';
		text[n] = '\0';
	}
	free(copy);
	return text;
}

static const char *read(const char *json)
{
	for (size_t i = 0; i < strlen(json); i++) {
		(void)read_cut(json, i);
	}
	return read_cut(json, strlen(json));
}

static void values(void **state)
{
	(void)state;
	assert_string_equal(
		read("{ \"mac\" : \"4c:11\", \"n\" : -1.5e3, \"ok\":true,\"a\":[1,\"x\",{}],"
		     "\"o\":{\"p\":{\"q\":\"\"}} }\n"),
		"{mac=4c:11;n=-1.5e3;ok=true;a{=1;=x;{}}o{p{q=;}}}");
	assert_string_equal(read("{\"a\\\"b\":\"c\\\\\",\"d\":\"e\\u0041\"}"),
			    "{a\\\"b=c\\\\;d=e\\u0041;}");
	assert_string_equal(read(""), "");
	assert_string_equal(read("\"alone\""), "=alone;");
}

/* What the bytes do not hold whole is not told; what is no JSON says so. */
static void cut_and_broken(void **state)
{
	(void)state;
	assert_string_equal(read("{\"a\":\"b\",\"c\":\"d"), "{a=b;");
	assert_string_equal(read("{\"a\":\"b\",\"c"), "{a=b;");
	assert_string_equal(read("{\"a\":12"), "{!");
	assert_string_equal(read("{\"a\":\"b\\"), "{");
	assert_string_equal(read("GET / HTTP/1.1"), "!");
	assert_string_equal(read("{]"), "{!");
	assert_string_equal(read("}"), "!");
	assert_string_equal(read("{a:1}"), "{!");
	assert_string_equal(read("{\"a\" 1}"), "{");
	assert_string_equal(read("[1 {\"a\":2 }]"), "{=1;{a=2;}}");
}

static void where(void **state)
{
	static const char json[] = "{\"params\":{\"info\":{\"a\":{\"ip\":\"x\"}}}}";
	enum nw_json_what what;
	struct nw_json j;
	char deep[200];

	(void)state;
	nw_json_begin(&j, nw_span_of(json, sizeof(json) - 1));
	while ((what = nw_json_next(&j)) != NW_JSON_STRING) {
		assert_int_not_equal(what, NW_JSON_END);
	}
	assert_true(nw_json_in(&j, 0, "ip") && nw_json_in(&j, 1, "a") &&
		    nw_json_in(&j, 2, "info") && nw_json_in(&j, 3, "params"));
	assert_false(nw_json_in(&j, 4, "") || nw_json_in(&j, 5, "") || nw_json_in(&j, 1, "ip"));
	memset(deep, '[', sizeof(deep));
	nw_json_begin(&j, nw_span_of(deep, sizeof(deep)));
	while (nw_json_next(&j) != NW_JSON_END) {
	}
	assert_true(j.is_broken && j.depth == 64);
}

NW_TESTS(util_json_scan, cmocka_unit_test(values), cmocka_unit_test(cut_and_broken),
	 cmocka_unit_test(where));
