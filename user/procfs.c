/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded parsers; nothing is written on failure, nothing is owned. */
#include "procfs.h"

#include <string.h>

struct text {
	const char *p;
	const char *end;
};

static bool take_u64(struct text *t, uint64_t *ret)
{
	const char *began = t->p;
	uint64_t v = 0;

	while (t->p < t->end && *t->p >= '0' && *t->p <= '9') {
		unsigned digit = (unsigned)(*t->p - '0');

		if (v > (UINT64_MAX - digit) / 10) {
			return false;
		}
		v = v * 10 + digit;
		t->p++;
	}
	if (t->p == began) {
		return false;
	}
	*ret = v;
	return true;
}

static bool skip_word(struct text *t)
{
	while (t->p < t->end && *t->p != ' ') {
		t->p++;
	}
	if (t->p == t->end) {
		return false;
	}
	t->p++;
	return true;
}

bool nw_procfs_stat(const char *text, size_t len, struct nw_procfs_stat *ret)
{
	const char *open = memchr(text, '(', len);
	const char *close = open ? memrchr(open, ')', (size_t)(text + len - open)) : NULL;
	struct nw_procfs_stat s = {};
	struct text t;
	uint64_t session;
	uint64_t ppid;

	if (!close || close + 4 > text + len) {
		return false;
	}
	memcpy(s.comm, open + 1, NW_MIN((size_t)(close - open - 1), sizeof(s.comm) - 1));
	t = (struct text){ .p = close + 4, .end = text + len }; /* behind ") S " */
	if (!take_u64(&t, &ppid) || ppid > UINT32_MAX || !skip_word(&t)) {
		return false;
	}
	if (!skip_word(&t) || !take_u64(&t, &session) || session > UINT32_MAX || !skip_word(&t)) {
		return false;
	}
	for (int field = 7; field < 22; field++) {
		if (!skip_word(&t)) {
			return false;
		}
	}
	if (!take_u64(&t, &s.start_ticks) || t.p == t.end) { /* cut: the number may go on */
		return false;
	}
	s.ppid = (uint32_t)ppid;
	s.session = (uint32_t)session;
	*ret = s;
	return true;
}

/* Start of the line that begins with key, behind the key; NULL when there is none. */
static const char *find_line(const char *text, size_t len, const char *key)
{
	size_t key_len = strlen(key);
	const char *end = text + len;

	while (text && text < end) {
		if ((size_t)(end - text) >= key_len && memcmp(text, key, key_len) == 0) {
			return text + key_len;
		}
		text = memchr(text, '\n', (size_t)(end - text));
		text = text ? text + 1 : NULL;
	}
	return NULL;
}

static bool take_id(const char *text, size_t len, const char *key, uint32_t *ret)
{
	const char *p = find_line(text, len, key);
	struct text t = { .p = p, .end = text + len };
	uint64_t v;

	if (!p || !take_u64(&t, &v) || v > UINT32_MAX) {
		return false;
	}
	*ret = (uint32_t)v;
	return true;
}

bool nw_procfs_ids(const char *text, size_t len, uint32_t *ret_uid, uint32_t *ret_gid)
{
	uint32_t uid;
	uint32_t gid;

	if (!take_id(text, len, "Uid:\t", &uid) || !take_id(text, len, "Gid:\t", &gid)) {
		return false;
	}
	*ret_uid = uid;
	*ret_gid = gid;
	return true;
}

bool nw_procfs_cgroup(const char *text, size_t len, const char **ret, size_t *ret_len)
{
	const char *p = find_line(text, len, "0::");
	const char *end;

	if (!p) {
		return false;
	}
	end = memchr(p, '\n', (size_t)(text + len - p));
	*ret = p;
	*ret_len = (size_t)((end ? end : text + len) - p);
	return true;
}
