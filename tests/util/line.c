/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people: columns, cuts at every size, colour that always ends. */
#include "util/line.h"

#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "util/text.h"

static void assert_line(struct nw_line *l, const char *want)
{
	size_t n = nw_line_end(l);

	assert_int_equal(n, strlen(want));
	assert_memory_equal(l->start, want, n);
}

static void test_columns(void **state)
{
	char buf[256];
	struct nw_line l;

	(void)state;
	nw_line_init(&l, buf, sizeof(buf), false);
	nw_line_add(&l, "a");
	nw_line_pad(&l, 4);
	nw_line_foreign(&l, "\xe6\x9d\xb1\xc3\xbc", 5, 20); /* 2 characters of 5 bytes */
	nw_line_pad(&l, 8);
	nw_line_u64(&l, 12345);
	nw_line_pad(&l, 8); /* past it: still one space */
	nw_line_colour(&l, "31");
	nw_line_add(&l, "\xe2\x86\x92");
	nw_line_plain(&l);
	nw_line_pad(&l, 16);
	nw_line_foreign(&l, "\x1b[31m", 5, 20);
	nw_line_pad(&l, 40);
	assert_line(&l, "a   \xe6\x9d\xb1\xc3\xbc  12345 \xe2\x86\x92 \\x1b[31m\n");
}

static void test_foreign_cut(void **state)
{
	char buf[256];
	struct nw_line l;

	(void)state;
	nw_line_init(&l, buf, sizeof(buf), false);
	nw_line_foreign(&l, "0123456789", 10, 10);
	nw_line_add(&l, " ");
	nw_line_foreign(&l, "0123456789a", 11, 10);
	assert_line(&l, "0123456789 0123456\xe2\x80\xa6\n");
}

static void test_colour(void **state)
{
	char buf[256];
	struct nw_line l;

	(void)state;
	nw_line_init(&l, buf, sizeof(buf), true);
	nw_line_colour(&l, "31;1");
	nw_line_add(&l, "x");
	nw_line_plain(&l);
	nw_line_pad(&l, 3);
	nw_line_add(&l, "y");
	assert_line(&l, "\033[31;1mx\033[0m  y\n");
}

/* Whatever the size: nothing past the end, valid UTF-8, and no colour is left on. */
static void test_any_size(void **state)
{
	(void)state;
	for (size_t size = NW_LINE_SIZE_MIN; size < 200; size++) {
		for (int colour = 0; colour < 2; colour++) {
			char *buf = malloc(size); /* of its exact size, for the sanitizer */
			struct nw_line l;
			const char *on = NULL;
			size_t n;

			nw_line_init(&l, buf, size, colour);
			for (int i = 0; i < 9; i++) {
				nw_line_colour(&l, "1");
				nw_line_add(&l, "\xe2\x86\x92-");
				nw_line_foreign(&l, "\xe6\x9d\xb1\xff 0123", 9, 16);
				nw_line_plain(&l);
				nw_line_pad(&l, 16 * (unsigned)i);
			}
			n = nw_line_end(&l);
			assert_true(n <= size);
			assert_int_equal(buf[n - 1], '\n');
			for (size_t i = 0; i < n;) {
				int32_t c;

				if (n - i >= 4 && memcmp(buf + i, "\033[1m", 4) == 0) {
					on = buf + i;
				} else if (n - i >= 4 && memcmp(buf + i, "\033[0m", 4) == 0) {
					on = NULL;
				}
				i += nw_utf8_next(buf + i, n - i, &c);
				assert_true(c >= 0);
			}
			assert_null(on);
			free(buf);
		}
	}
}

NW_TESTS(util_line, cmocka_unit_test(test_columns), cmocka_unit_test(test_foreign_cut),
	 cmocka_unit_test(test_colour), cmocka_unit_test(test_any_size));
