/* SPDX-License-Identifier: Apache-2.0 */
/* See exe_file.h. "<how> <device> <inode> <size> <mtime> <SHA-256> <owner> <package>", "-" for none. Owns nothing. */
#include "exe_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/parse.h"

#define WORDS 8

static const char *const hows[_NW_EXE_HOW_MAX] = {
	[NW_EXE_READ] = "read",
	[NW_EXE_GONE] = "gone",
	[NW_EXE_LARGE] = "large",
	[NW_EXE_CHANGED] = "changed",
	[NW_EXE_UNREADABLE] = "unreadable",
};
static const char *const owners[_NW_EXE_OWNER_MAX] = {
	[NW_EXE_OWNER_UNKNOWN] = "-",		[NW_EXE_OWNER_PACKAGE] = "package",
	[NW_EXE_OWNER_NOBODY] = "unowned",	[NW_EXE_OWNER_SEVERAL] = "several",
	[NW_EXE_OWNER_ELSEWHERE] = "elsewhere",
};

const char *nw_exe_how_name(unsigned how)
{
	return how < _NW_EXE_HOW_MAX ? hows[how] : NULL;
}

const char *nw_exe_owner_name(unsigned owner)
{
	return owner && owner < _NW_EXE_OWNER_MAX ? owners[owner] : NULL;
}

void nw_exe_hash_text(const struct nw_exe_file *f, char ret[NW_EXE_HASH_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < NW_SHA256_BYTES; i++) {
		ret[2 * i] = digits[f->sha256[i] >> 4];
		ret[2 * i + 1] = digits[f->sha256[i] & 15];
	}
	ret[NW_EXE_HASH_TEXT - 1] = '\0';
}

void nw_exe_text(const struct nw_exe_file *f, char ret[NW_EXE_TEXT])
{
	char hash[NW_EXE_HASH_TEXT] = "-";

	if (f->how == NW_EXE_READ) {
		nw_exe_hash_text(f, hash);
	}
	(void)snprintf(ret, NW_EXE_TEXT,
		       "%s %" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s %s %s", hows[f->how],
		       f->dev, f->ino, f->size, f->mtime_ns, hash, owners[f->owner],
		       f->package[0] ? f->package : "-");
}

static int place_of(const char *word, const char *const *words, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(word, words[i]) == 0) {
			return (int)i;
		}
	}
	return -1;
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hash(const char *word, struct nw_exe_file *f)
{
	if (f->how != NW_EXE_READ) {
		return strcmp(word, "-") == 0;
	}
	if (strlen(word) != NW_EXE_HASH_TEXT - 1) {
		return false;
	}
	for (size_t i = 0; i < NW_SHA256_BYTES; i++) {
		int high = digit_of(word[2 * i]), low = digit_of(word[2 * i + 1]);

		if (high < 0 || low < 0) {
			return false;
		}
		f->sha256[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool nw_exe_is_valid(const struct nw_exe_file *f)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789+-.:";
	size_t len = strnlen(f->package, sizeof(f->package));

	return f->how < _NW_EXE_HOW_MAX && f->owner < _NW_EXE_OWNER_MAX &&
	       len < sizeof(f->package) && strspn(f->package, allowed) == len &&
	       (len > 0) == (f->owner == NW_EXE_OWNER_PACKAGE);
}

bool nw_exe_parse(const char *text, size_t len, struct nw_exe_file *ret)
{
	struct nw_exe_file f = { .size = 0 };
	char copy[NW_EXE_TEXT];
	char *word[WORDS], *rest = copy;
	uint64_t dev;
	int how, owner;

	if (len >= sizeof(copy) || memchr(text, '\0', len)) {
		return false;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	for (unsigned i = 0; i < WORDS; i++) {
		word[i] = strsep(&rest, " ");
		if (!word[i]) {
			return false;
		}
	}
	how = place_of(word[0], hows, _NW_EXE_HOW_MAX);
	owner = place_of(word[6], owners, _NW_EXE_OWNER_MAX);
	if (rest || how < 0 || owner < 0 || nw_parse_u64(word[1], 0, UINT32_MAX, &dev) < 0 ||
	    nw_parse_u64(word[2], 0, UINT64_MAX, &f.ino) < 0 ||
	    nw_parse_u64(word[3], 0, UINT64_MAX, &f.size) < 0 ||
	    nw_parse_u64(word[4], 0, UINT64_MAX, &f.mtime_ns) < 0 ||
	    strlen(word[7]) >= sizeof(f.package)) {
		return false;
	}
	f.dev = (uint32_t)dev;
	f.how = (uint8_t)how;
	f.owner = (uint8_t)owner;
	if (strcmp(word[7], "-") != 0) {
		memcpy(f.package, word[7], strlen(word[7]));
	}
	if (!take_hash(word[5], &f) || !nw_exe_is_valid(&f)) {
		return false;
	}
	*ret = f;
	return true;
}
