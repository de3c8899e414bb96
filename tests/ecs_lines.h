/* SPDX-License-Identifier: Apache-2.0 */
/* Records as ECS lines, each read back with json-c, and what fields are in them. */
#pragma once

#include <json-c/json.h>
#include <stdio.h>

#include "ecs.h"
#include "records.h"

static inline struct nw_ecs *nw_lines_ecs(void)
{
	static struct nw_ecs ecs;

	return &ecs;
}

static inline struct json_object *nw_line_of(const struct nw_output *out)
{
	static char buf[NW_ECS_LINE_MAX + 1];
	struct json_tokener *t = json_tokener_new();
	size_t len = nw_ecs_line(nw_lines_ecs(), out, buf, NW_ECS_LINE_MAX);
	struct json_object *o;

	assert_true(len > 2);
	assert_int_equal(buf[len - 1], '\n');
	assert_null(memchr(buf, '\n', len - 1));
	json_tokener_set_flags(t, JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, buf, (int)len);
	assert_int_equal(json_tokener_get_error(t), json_tokener_success);
	json_tokener_free(t);
	return o;
}

static inline struct json_object *nw_line(struct nw_records *r, enum nw_dataset dataset,
					  enum nw_action action, const void *what)
{
	struct nw_output out = nw_records_output(r, dataset, action, what);

	return nw_line_of(&out);
}

/* "process.parent.pid"; NULL when it is not there. */
static inline struct json_object *nw_line_get(struct json_object *o, const char *path)
{
	char part[64];

	while (o && *path) {
		size_t n = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)n, path);
		if (!json_object_is_type(o, json_type_object) ||
		    !json_object_object_get_ex(o, part, &o)) {
			return NULL;
		}
		path += n + (path[n] == '.');
	}
	return o;
}

/* want: as JSON text, NULL for "no such field". */
static inline void nw_line_assert(struct json_object *o, const char *path, const char *want)
{
	struct json_object *v = nw_line_get(o, path);

	if (!want) {
		assert_null(v);
		return;
	}
	if (!v) {
		fail_msg("%s is missing", path);
	}
	assert_string_equal(json_object_to_json_string_ext(
				    v, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
			    want);
}

struct nw_line_field {
	const char *path, *want;
};

static inline void nw_line_assert_all(struct json_object *o, const struct nw_line_field *f,
				      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		nw_line_assert(o, f[i].path, f[i].want);
	}
}
#define NW_LINE_HAS(o, ...)                                            \
	do {                                                           \
		const struct nw_line_field fields[] = { __VA_ARGS__ }; \
		nw_line_assert_all(o, fields, NW_ARRAY_SIZE(fields));  \
	} while (0)

/* The session starts anew, and an earlier one of the same boot saw 50 of the 60 s before it, and of 30
 * of them not what one hook sees. */
static inline void nw_lines_history(struct nw_records *r)
{
	static const struct {
		unsigned to; /* so many seconds ago */
		const char *rest;
	} row[] = { { 10, " 4 0 0 0 0\t\tall" }, { 30, "\tdev_queue\toff.0000" } };
	char text[200];

	r->state->coverage.from_ns = r->state->coverage.gaps = 0;
	for (size_t i = 0; i < NW_ARRAY_SIZE(row); i++) {
		(void)snprintf(text, sizeof(text), "%llu %llu 0 %lld%s",
			       NW_RECORDS_BOOT_NS - 60 * NW_NSEC_PER_SEC,
			       NW_RECORDS_BOOT_NS - row[i].to * NW_NSEC_PER_SEC,
			       (long long)r->state->id_seed, row[i].rest);
		nw_records_fact(r->state, "kept.coverage", text);
	}
	nw_records_fact(r->state, "session", "start");
}

static inline int nw_lines_setup(void **state)
{
	struct nw_records *r = test_malloc(sizeof(*r));

	nw_records_init(r);
	*state = r;
	return 0;
}

static inline int nw_lines_teardown(void **state)
{
	nw_records_free(*state);
	test_free(*state);
	return 0;
}

#define NW_LINES_TEST(f) cmocka_unit_test_setup_teardown(f, nw_lines_setup, nw_lines_teardown)
