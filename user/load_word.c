/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listens to libbpf. Owns the last complaint of the program's one loader. A verifier's log is long
 * and its verdict short: that is kept.
 */
#include "load_word.h"

#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

static char last_word[160];
static char refused[64];

/* The verifier's verdict is the last line of its log before "processed N insns". */
static void keep_verdict(char *log)
{
	char *end = strstr(log, "\nprocessed ");
	char *line;

	if (!end) {
		return;
	}
	*end = '\0';
	line = strrchr(log, '\n');
	if (!line) {
		return; /* refused before the verifier looked */
	}
	snprintf(last_word, sizeof(last_word), "%.150s", line + 1);
}

static int print(enum libbpf_print_level level, const char *fmt, va_list args)
{
	static char text[65536];
	int n = vsnprintf(text, sizeof(text), fmt, args);

	if (level == LIBBPF_DEBUG || n < 0) {
		return n;
	}
	nw_dbg("%.900s", text);
	if (level != LIBBPF_WARN) {
		return n;
	}
	if (strstr(text, "BEGIN PROG LOAD LOG")) {
		keep_verdict(text);
	} else if (last_word[0] == '\0') {
		text[strcspn(text, "\n")] = '\0';
		snprintf(last_word, sizeof(last_word), "%.150s", text);
	}
	(void)sscanf(text, "libbpf: prog '%63[^']'", refused);
	return n;
}

void nw_load_word_listen(void)
{
	libbpf_set_print(print);
}

void nw_load_word_forget(void)
{
	last_word[0] = '\0';
	refused[0] = '\0';
}

const char *nw_load_word(void)
{
	return last_word;
}

const char *nw_load_word_about(void)
{
	return refused;
}
