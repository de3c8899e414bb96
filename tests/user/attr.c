/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in the order of their names, and the bounded store of one flow. */
#include <errno.h>
#include <string.h>

#include "attr.h"
#include "harness.h"

static void names_are_in_order(void **state)
{
	(void)state;
	for (unsigned key = 1; key < _NW_ATTR_MAX; key++) {
		assert_true(strcmp(nw_attr_name(key - 1), nw_attr_name(key)) < 0);
	}
}

static int add(struct nw_said *said, enum nw_attr key, const char *text)
{
	return nw_said_add(said, key, text, strlen(text));
}

static void assert_all(const struct nw_said *said, const char *want)
{
	struct nw_said_value v;
	char text[1024] = "";
	uint16_t at = 0;

	while (nw_said_next(said, &at, &v)) {
		strcat(strcat(strcat(text, nw_attr_name(v.key)), "="), v.text);
		strcat(text, " ");
	}
	assert_string_equal(text, want);
}

static void first_one_stays_and_lists_grow(void **state)
{
	struct nw_said said = { .len = 0 };

	(void)state;
	assert_null(nw_said_find(&said, NW_ATTR_REALM));
	assert_int_equal(add(&said, NW_ATTR_USER_AGENT, "one"), 0);
	assert_int_equal(add(&said, NW_ATTR_HTTP_METHOD, "GET"), 0);
	assert_int_equal(add(&said, NW_ATTR_USER_AGENT, "two"), 0);
	assert_int_equal(add(&said, NW_ATTR_MEDIA_CODEC, "H264"), 0);
	assert_int_equal(add(&said, NW_ATTR_MEDIA_CODEC, "PCMU"), 0);
	assert_int_equal(add(&said, NW_ATTR_MEDIA_CODEC, "H264"), 0);
	assert_all(&said, "http.request.method=GET nvrwatch.media.codec=H264 "
			  "nvrwatch.media.codec=PCMU user_agent.original=one ");
	assert_string_equal(nw_said_find(&said, NW_ATTR_MEDIA_CODEC), "H264");
	assert_null(nw_said_find(&said, NW_ATTR_REALM));
}

static void full_store_refuses_and_changes_nothing(void **state)
{
	struct nw_said said = { .len = 0 };
	struct nw_said before;
	char text[400];
	unsigned n = 0;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(nw_said_add(&said, NW_ATTR_URL_PATH, text, sizeof(text)), 0);
	assert_int_equal(strlen(nw_said_find(&said, NW_ATTR_URL_PATH)), NW_ATTR_VALUE_MAX);
	do {
		before = said;
		text[0] = (char)('b' + n);
	} while (nw_said_add(&said, NW_ATTR_MEDIA_CODEC, text, 20) == 0 && ++n < 20);
	assert_int_equal(n, (NW_SAID_MAX - NW_ATTR_VALUE_MAX - 3) / 23);
	assert_memory_equal(&said, &before, sizeof(said));
	assert_int_equal(nw_said_add(&said, NW_ATTR_MEDIA_CODEC, text, 20), -ENOSPC);
}

NW_TESTS(user_attr, cmocka_unit_test(names_are_in_order),
	 cmocka_unit_test(first_one_stays_and_lists_grow),
	 cmocka_unit_test(full_store_refuses_and_changes_nothing));
