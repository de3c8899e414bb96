/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that a recording holds, as plain bytes, without asking nvrwatch: whatever else the file is, its
 * zstd frames begin with zstd's magic number. What is not compressed is there too.
 */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "root/support.h"

#define PLAIN_MAX (64 << 20) /* of one frame */

static void append(struct nw_lines *b, const void *data, size_t len)
{
	char *grown = realloc(b->text, b->len + len + 1);

	assert_non_null(grown);
	b->text = grown;
	memcpy(b->text + b->len, data, len);
	b->len += len;
	b->text[b->len] = 0;
}

struct nw_lines nw_lines_of_recording(const char *path)
{
	static const unsigned char magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
	struct nw_lines file = nw_lines_of_file(path);
	struct nw_lines plain = { .fd = -1 };
	char *out = malloc(PLAIN_MAX);
	size_t at = 0;

	assert_non_null(out);
	append(&plain, file.text, file.len);
	while (at + sizeof(magic) < file.len) {
		const char *frame = memmem(file.text + at, file.len - at, magic, sizeof(magic));
		size_t left, size, n;

		if (!frame) {
			break;
		}
		left = file.len - (size_t)(frame - file.text);
		size = ZSTD_findFrameCompressedSize(frame, left);
		if (ZSTD_isError(size)) {
			at = (size_t)(frame - file.text) + 1;
			continue;
		}
		n = ZSTD_decompress(out, PLAIN_MAX, frame, size);
		assert_false(ZSTD_isError(n));
		append(&plain, out, n);
		at = (size_t)(frame - file.text) + size;
	}
	free(out);
	nw_lines_free(&file);
	return plain;
}
