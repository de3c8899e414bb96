/* SPDX-License-Identifier: Apache-2.0 */
/* Which file is a recording by another name: by inode and birth, else by size and last change. */
#include "harness.h"

#include <string.h>

#include "files_known.h"

static struct nw_files_id id(uint64_t inode, uint64_t made_ns, uint64_t changed_ns)
{
	return (struct nw_files_id){
		.inode = inode, .made_ns = made_ns, .changed_ns = changed_ns, .size = 5, .dev = 3
	};
}

static void put(struct nw_files_known *k, struct nw_files_id file, const char *path)
{
	nw_files_known_put(k, &file, 1, path, strlen(path));
}

static bool is_found(const struct nw_files_known *k, struct nw_files_id file)
{
	return nw_files_known_find(k, &file);
}

static void the_same_file(void **state)
{
	struct nw_files_known k;
	struct nw_files_id other = id(7, 100, 200);

	(void)state;
	assert_int_equal(nw_files_known_init(&k), 0);
	put(&k, id(7, 100, 200), "gate/1.mp4");
	put(&k, id(8, 0, 200), "gate/2.mp4");
	assert_true(is_found(&k, id(7, 100, 200)));
	assert_true(is_found(&k, id(7, 100, 999)));  /* written on, or touched */
	assert_false(is_found(&k, id(7, 101, 200))); /* the number was given out again */
	assert_true(is_found(&k, id(8, 0, 200)));
	assert_true(is_found(&k, id(8, 50, 200)));
	assert_false(is_found(&k, id(8, 0, 201)));
	assert_false(is_found(&k, id(9, 100, 200)));
	other.dev = 4;
	assert_false(is_found(&k, other));
	other = id(8, 0, 200);
	other.size = 6;
	assert_false(is_found(&k, other));
	nw_files_known_free(&k);
}

static void the_last_name_and_its_end(void **state)
{
	char path[NW_FILE_PATH_MAX + 10];
	const struct nw_file_known *f;
	struct nw_files_known k;
	struct nw_files_id file = id(7, 100, 200);

	(void)state;
	memset(path, 'x', sizeof(path));
	memcpy(path + sizeof(path) - 4, ".mp4", 4);
	assert_int_equal(nw_files_known_init(&k), 0);
	put(&k, file, "gate/1.tmp");
	nw_files_known_put(&k, &file, 2, path, sizeof(path));
	f = nw_files_known_find(&k, &file);
	assert_non_null(f);
	assert_int_equal(f->root, 2);
	assert_true(f->is_cut);
	assert_int_equal(f->path_len, NW_FILE_PATH_MAX);
	assert_memory_equal(f->path, path + 10, NW_FILE_PATH_MAX);
	assert_int_equal(k.lru.used, 1);
	nw_files_known_free(&k);
}

static void who_was_met_longest_ago_makes_room(void **state)
{
	struct nw_files_known k;
	uint32_t n;

	(void)state;
	assert_int_equal(nw_files_known_init(&k), 0);
	n = k.lru.capacity;
	for (uint32_t i = 0; i <= n; i++) {
		put(&k, id(1000 + i, 100, 200), "a");
		put(&k, id(1000, 100, 200), "b"); /* written all the time */
	}
	assert_true(is_found(&k, id(1000, 100, 200)));
	assert_false(is_found(&k, id(1001, 100, 200)));
	assert_true(is_found(&k, id(1000 + n, 100, 200)));
	nw_files_known_free(&k);
}

NW_TESTS(user_files_known, cmocka_unit_test(the_same_file),
	 cmocka_unit_test(the_last_name_and_its_end),
	 cmocka_unit_test(who_was_met_longest_ago_makes_room));
