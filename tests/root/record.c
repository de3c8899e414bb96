/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to one JSON record. Owns nothing. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "root/support.h"

struct json_object *nw_rec_get(struct json_object *rec, const char *path)
{
	struct json_object *found = NULL;
	char key[128];
	size_t len;

	if (!rec || json_object_object_get_ex(rec, path, &found)) {
		return found;
	}
	/* the longest first member that is there: {"a.b":{"c":1}} has a.b.c too */
	for (const char *dot = strrchr(path, '.'); dot;) {
		len = (size_t)(dot - path);
		assert_true(len < sizeof(key));
		memcpy(key, path, len);
		key[len] = 0;
		if (json_object_object_get_ex(rec, key, &found)) {
			return nw_rec_get(found, dot + 1);
		}
		dot = memrchr(path, '.', len);
	}
	return NULL;
}

uint64_t nw_rec_u64(struct json_object *rec, const char *path)
{
	struct json_object *o = nw_rec_get(rec, path);

	if (!o || !json_object_is_type(o, json_type_int)) {
		fail_msg("no number %s in %s", path, json_object_to_json_string(rec));
	}
	return json_object_get_uint64(o);
}

uint64_t nw_rec_session(struct json_object *rec)
{
	const char *at = "process.session_leader.pid";

	return nw_rec_get(rec, at) ? nw_rec_u64(rec, at) : 0;
}

const char *nw_rec_str(struct json_object *rec, const char *path)
{
	struct json_object *o = nw_rec_get(rec, path);

	return o ? json_object_get_string(o) : NULL;
}

bool nw_rec_matches(struct json_object *rec, const char *query)
{
	const char *at = query;
	char path[128];
	char value[256];
	int used;

	while (sscanf(at, " %127[^= ]=%n", path, &used) == 1) {
		const char *is = nw_rec_str(rec, path);

		at += used;
		value[0] = 0;
		if (!isspace((unsigned char)*at) && sscanf(at, "%255s%n", value, &used) == 1) {
			at += used;
		}
		if (value[0] ? !is || strcmp(is, value) != 0 : is != NULL) {
			return false;
		}
	}
	return true;
}

void nw_rec_check(struct json_object *rec, const char *query)
{
	if (!nw_rec_matches(rec, query)) {
		fail_msg("not %s: %s", query, json_object_to_json_string(rec));
	}
}

void nw_rec_unhex(const char *hex, char *ret, size_t size)
{
	unsigned byte;

	assert_true(strlen(hex) / 2 < size);
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		*ret++ = (char)byte;
	}
	*ret = 0;
}
