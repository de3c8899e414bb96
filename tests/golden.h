/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a test wrote, compared with the file beside it. With NVRWATCH_GOLDEN=write in the
 * environment the file is written instead: then look at the difference before you commit it.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

/* "tests/sinks/text.c" -> "tests/sinks/text.out" */
#define NW_GOLDEN(text, len) nw_golden(__FILE__, text, len)

static inline void nw_golden(const char *source, const char *text, size_t len)
{
	static char want[1 << 20];
	const char *mode = getenv("NVRWATCH_GOLDEN");
	bool is_write = mode && strcmp(mode, "write") == 0;
	char path[256];
	size_t n, same = 0, line = 1;
	FILE *f;

	snprintf(path, sizeof(path), "%.*s.out", (int)(strrchr(source, '.') - source), source);
	f = fopen(path, is_write ? "we" : "re");
	if (!f) {
		fail_msg("cannot open %s (tests run from the top folder)", path);
	}
	if (is_write) {
		assert_int_equal(fwrite(text, 1, len, f), len);
		assert_int_equal(fclose(f), 0);
		return;
	}
	n = fread(want, 1, sizeof(want) - 1, f);
	fclose(f);
	want[n] = '\0';
	while (same < n && same < len && want[same] == text[same]) {
		line += want[same++] == '\n';
	}
	if (n != len || same != n) {
		fail_msg("%s:%zu: differs from byte %zu on: %.200s", path, line, same, text + same);
	}
}
