/* SPDX-License-Identifier: Apache-2.0 */
/* The few types of a kernel that matter: by libbpf's own reading of what was written. */
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "harness.h"
#include "load_types.h"
#include "util/macro.h"

struct made {
	struct btf *kernel;
	struct btf *object;
};

/* typedef struct other *called_t(const inner_t x[4]), of which struct calls says that it has one;
 * struct inner { int a; }; struct outer { const inner_t in[4]; struct other *to; }; struct other {...};
 * void f(void), twice; typedef struct inner f; struct outer again, of another size. */
static struct made make(void)
{
	struct made m = { .kernel = btf__new_empty(), .object = btf__new_empty() };
	int number, inner, other, array, type;

	number = btf__add_int(m.kernel, "int", 4, BTF_INT_SIGNED);
	inner = btf__add_struct(m.kernel, "inner", 4);
	assert_int_equal(btf__add_field(m.kernel, "a", number, 0, 0), 0);
	type = btf__add_typedef(m.kernel, "inner_t", inner);
	type = btf__add_const(m.kernel, type);
	array = btf__add_array(m.kernel, number, type, 4);
	other = btf__add_struct(m.kernel, "other", 4);
	assert_int_equal(btf__add_field(m.kernel, "b", number, 0, 0), 0);
	type = btf__add_ptr(m.kernel, other);
	assert_true(btf__add_struct(m.kernel, "outer", 24) > 0);
	assert_int_equal(btf__add_field(m.kernel, "in", array, 0, 0), 0);
	assert_int_equal(btf__add_field(m.kernel, "to", type, 128, 0), 0);
	type = btf__add_func_proto(m.kernel, other);
	assert_int_equal(btf__add_func_param(m.kernel, "x", array), 0);
	type = btf__add_typedef(m.kernel, "called_t", type);
	assert_true(btf__add_struct(m.kernel, "calls", 8) > 0);
	assert_int_equal(btf__add_field(m.kernel, "called", type, 0, 0), 0);
	type = btf__add_func_proto(m.kernel, 0);
	assert_true(btf__add_func(m.kernel, "f", BTF_FUNC_STATIC, type) > 0);
	assert_true(btf__add_func(m.kernel, "f", BTF_FUNC_STATIC, type) > 0);
	assert_true(btf__add_typedef(m.kernel, "f", inner) > 0);
	assert_true(btf__add_struct(m.kernel, "outer", 8) > 0);
	assert_int_equal(btf__add_field(m.kernel, "in", number, 0, 0), 0);

	assert_true(btf__add_struct(m.object, "outer___old", 0) > 0);
	assert_true(btf__add_struct(m.object, "absent", 0) > 0);
	assert_true(btf__add_struct(m.object, "calls", 0) > 0);
	return m;
}

static void unmake(struct made *m)
{
	btf__free(m->kernel);
	btf__free(m->object);
}

static struct btf *copy_of(const struct made *m)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct btf *copy;
	char path[32];

	assert_true(fd >= 0);
	assert_int_equal(nw_types_copy(m->kernel, m->object, fd), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	copy = btf__parse(path, NULL);
	assert_non_null(copy);
	close(fd);
	return copy;
}

static void test_copy(void **state)
{
	struct made m = make();
	struct btf *copy = copy_of(&m);
	int id = btf__find_by_name_kind(copy, "outer", BTF_KIND_STRUCT);
	const struct btf_type *outer = btf__type_by_id(copy, (__u32)id);
	const struct btf_type *t;

	(void)state;
	assert_true(id > 0);
	assert_int_equal(outer->size, 24);
	assert_int_equal(btf_vlen(outer), 2);
	assert_string_equal(btf__name_by_offset(copy, btf_members(outer)[1].name_off), "to");
	assert_int_equal(btf_members(outer)[1].offset, 128);
	assert_int_equal(btf__resolve_size(copy, btf_members(outer)[0].type), 16);
	t = btf__type_by_id(copy, btf_members(outer)[0].type);
	assert_true(btf_is_array(t));
	t = btf__type_by_id(copy, btf_array(t)->type);
	assert_true(btf_is_const(t));
	t = btf__type_by_id(copy, t->type);
	assert_true(btf_is_typedef(t));
	t = btf__type_by_id(copy, t->type);
	assert_string_equal(btf__name_by_offset(copy, t->name_off), "inner");
	t = btf__type_by_id(copy, btf_members(outer)[1].type);
	assert_true(btf_is_ptr(t));
	assert_int_equal(t->type, 0);
	btf__free(copy);
	unmake(&m);
}

/* Both of one name: which of them a field is of is for libbpf to say. */
static void test_copy_has_all_of_a_name(void **state)
{
	struct made m = make();
	struct btf *copy = copy_of(&m);
	unsigned outers = 0;

	(void)state;
	for (__u32 id = 1; id < btf__type_cnt(copy); id++) {
		const struct btf_type *t = btf__type_by_id(copy, id);

		outers += btf_is_struct(t) &&
			  strcmp(btf__name_by_offset(copy, t->name_off), "outer") == 0;
	}
	assert_int_equal(outers, 2);
	btf__free(copy);
	unmake(&m);
}

/* libbpf refuses the whole from 1.4 on when one type stands for another that is not there. */
static void test_copy_names_only_what_it_has(void **state)
{
	struct made m = make();
	struct btf *copy = copy_of(&m);
	const __u32 types = btf__type_cnt(copy);
	unsigned protos = 0;

	(void)state;
	assert_true(btf__find_by_name_kind(copy, "called_t", BTF_KIND_TYPEDEF) > 0);
	for (__u32 id = 1; id < types; id++) {
		const struct btf_type *t = btf__type_by_id(copy, id);

		if (btf_is_func_proto(t)) { /* it would say ids of where it came from */
			assert_int_equal(btf_vlen(t), 0);
			assert_int_equal(t->type, 0);
			protos++;
		}
		assert_true(!btf_is_ptr(t) || t->type == 0);
	}
	assert_int_equal(protos, 1);
	btf__free(copy);
	unmake(&m);
}

static void test_copy_leaves_the_rest(void **state)
{
	struct made m = make();
	struct btf *copy = copy_of(&m);

	(void)state;
	assert_true(btf__find_by_name(copy, "other") < 0);
	assert_true(btf__find_by_name(copy, "f") < 0);
	btf__free(copy);
	unmake(&m);
}

static void test_copy_without_room(void **state)
{
	struct made m = make();
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(nw_types_copy(m.kernel, m.object, fd), -ENOSPC);
	close(fd);
	unmake(&m);
}

static void test_find(void **state)
{
	struct nw_types_want want[] = {
		{ .name = "outer", .kind = BTF_KIND_STRUCT },
		{ .name = "f", .kind = BTF_KIND_FUNC },
		{ .name = "f", .kind = BTF_KIND_TYPEDEF },
		{ .name = "g", .kind = BTF_KIND_FUNC },
		{ .name = "inner", .kind = BTF_KIND_FUNC },
	};
	struct made m = make();

	(void)state;
	nw_types_find(m.kernel, want, NW_ARRAY_SIZE(want));
	for (size_t i = 0; i < NW_ARRAY_SIZE(want); i++) {
		int id = btf__find_by_name_kind(m.kernel, want[i].name, want[i].kind);

		assert_int_equal(want[i].id, id > 0 ? id : 0);
	}
	unmake(&m);
}

NW_TESTS(user_load_types, cmocka_unit_test(test_copy),
	 cmocka_unit_test(test_copy_has_all_of_a_name), cmocka_unit_test(test_copy_leaves_the_rest),
	 cmocka_unit_test(test_copy_names_only_what_it_has),
	 cmocka_unit_test(test_copy_without_room), cmocka_unit_test(test_find));
