/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a test makes, in a folder of its own that goes with it; and what is logged about them. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

struct files {
	char folder[64];
	char path[8][128];
	unsigned count;
};

static inline void files_begin(struct files *f)
{
	*f = (struct files){ .folder = "/tmp/nvrwatch-test-XXXXXX" };
	assert_non_null(mkdtemp(f->folder));
}

/* The path, good until files_end(). */
static inline const char *files_put(struct files *f, const char *name, const void *data, size_t len)
{
	char path[sizeof(f->path[0])];
	FILE *out;

	assert_true(f->count < 8);
	snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	memcpy(f->path[f->count], path, sizeof(path));
	out = fopen(path, "we");
	assert_non_null(out);
	assert_int_equal(fwrite(data, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
	return f->path[f->count++];
}

static inline const char *files_text(struct files *f, const char *name, const char *text)
{
	return files_put(f, name, text, strlen(text));
}

static inline void files_end(const struct files *f)
{
	for (unsigned i = 0; i < f->count; i++) {
		unlink(f->path[i]);
	}
	assert_int_equal(rmdir(f->folder), 0);
}

/* What goes to stderr between the two. */
struct logged {
	int before;
	FILE *file;
	char text[1024];
};

static inline void logged_begin(struct logged *l)
{
	fflush(stderr);
	l->file = tmpfile();
	assert_non_null(l->file);
	l->before = dup(STDERR_FILENO);
	assert_true(l->before >= 0 && dup2(fileno(l->file), STDERR_FILENO) >= 0);
}

static inline const char *logged_end(struct logged *l)
{
	size_t n;

	fflush(stderr);
	assert_true(dup2(l->before, STDERR_FILENO) >= 0);
	close(l->before);
	rewind(l->file);
	n = fread(l->text, 1, sizeof(l->text) - 1, l->file);
	l->text[n] = '\0';
	fclose(l->file);
	return l->text;
}

#define assert_logged(l, part)                                          \
	do {                                                            \
		const char *said_ = logged_end(l);                      \
		if (!strstr(said_, part)) {                             \
			fail_msg("logged '%s', not '%s'", said_, part); \
		}                                                       \
	} while (0)
