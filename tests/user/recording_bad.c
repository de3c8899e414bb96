/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recordings that anybody may have written: what is damaged, lies about its lengths or comes from
 * elsewhere never gives an event that was not in it.
 */
#include <json-c/json.h>
#include <zstd.h>

#include "user/recording_file.h"

/* The same file with another header. */
static void replace_header(struct file *f, const char *text)
{
	size_t len = strlen(text);
	size_t old = header_len(f);

	assert_true(f->len - old + 8 + len <= sizeof(f->bytes));
	memmove(f->bytes + 8 + len, f->bytes + old, f->len - old);
	memcpy(f->bytes + 8, text, len);
	nw_put_le32(f->bytes + 4, (uint32_t)len);
	f->len = f->len - old + 8 + len;
}

static json_object *header(const struct file *f)
{
	char *text = calloc(1, header_len(f));
	json_object *o;

	assert_non_null(text);
	memcpy(text, f->bytes + 8, header_len(f) - 8);
	o = json_tokener_parse(text);
	assert_non_null(o);
	free(text);
	return o;
}

/* A file whose header has this in place of what key was, or lacks key. */
static void change_header(struct file *f, const char *key, json_object *value)
{
	json_object *o = header(f);

	if (value) {
		json_object_object_add(o, key, value);
	} else {
		json_object_object_del(o, key);
	}
	replace_header(f, json_object_to_json_string(o));
	json_object_put(o);
}

/* ---- damaged ---------------------------------------------------------------------------------- */

/* Whatever byte is changed: the events that come are those that were written (on_event looks), and
 * in the blocks a change is either seen or makes no difference to them. */
static void a_damaged_block_is_seen(void **state)
{
	struct file f;

	(void)state;
	record(&f, 8, 4);
	for (size_t at = header_len(&f); at < f.len; at++) {
		struct read r;

		f.bytes[at] ^= 0x55;
		r = read_file(&f);
		f.bytes[at] ^= 0x55;
		assert_int_equal(r.opened, 0);
		if (r.result == 0 && !r.is_cut) {
			assert_int_equal(r.events, 8);
		} else if (r.result < 0) {
			assert_int_equal(r.result, -EBADMSG);
		}
	}
}

static void what_follows_the_last_block_is_no_block(void **state)
{
	struct file f;
	struct read r;

	(void)state;
	record(&f, 4, 4);
	memset(f.bytes + f.len, 0, 512); /* some file systems leave zeros behind a crash */
	f.len += 512;
	r = read_file(&f);
	assert_int_equal(r.events, 4);
	assert_int_equal(r.result, -EBADMSG);
}

/* A block of this frame behind the header of a file. */
static void put_block(struct file *f, const void *plain, uint32_t plain_len, uint32_t said_len)
{
	uint8_t *lead = f->bytes + header_len(f);
	size_t n = ZSTD_compress(lead + 12, sizeof(f->bytes) - header_len(f) - 12, plain, plain_len,
				 1);

	assert_false(ZSTD_isError(n));
	memcpy(lead, NW_RECORDING_BLOCK_MAGIC, 4);
	nw_put_le32(lead + 4, (uint32_t)n);
	nw_put_le32(lead + 8, said_len);
	f->len = header_len(f) + 12 + n;
}

static void lengths_that_lie_are_refused(void **state)
{
	static uint8_t plain[NW_RECORDING_BLOCK_MAX + 8];
	const struct nw_event *ev = event(0);
	uint32_t room = (ev->size + 7U) & ~7U;
	uint32_t size;
	struct file f;

	(void)state;
	record(&f, 0, 1);
	memcpy(plain, ev, ev->size);
	put_block(&f, plain, room, room);
	assert_int_equal(read_file(&f).events, 1);
	put_block(&f, plain, room, room + 8);
	assert_int_equal(read_file(&f).result, -EBADMSG);
	put_block(&f, plain, room, room - 8);
	assert_int_equal(read_file(&f).result, -EBADMSG);
	put_block(&f, plain, room, UINT32_MAX);
	assert_int_equal(read_file(&f).result, -EBADMSG);
	put_block(&f, plain, 0, 0); /* the writer makes none: it would look like the end */
	assert_int_equal(read_file(&f).result, -EBADMSG);
	put_block(&f, plain, sizeof(plain), NW_RECORDING_BLOCK_MAX);
	assert_int_equal(read_file(&f).result, -EBADMSG);
	for (uint32_t cut = 1; cut < ev->size; cut++) {
		put_block(&f, plain, cut, cut);
		assert_int_equal(read_file(&f).result, -EBADMSG);
	}
	for (unsigned i = 0; i < 3; i++) {
		static const uint32_t bad[] = { 0, 15, UINT32_MAX };

		size = bad[i];
		memcpy(plain, &size, sizeof(size));
		put_block(&f, plain, room, room);
		assert_int_equal(read_file(&f).result, -EBADMSG);
		assert_int_equal(read_file(&f).events, 0);
	}
}

/* ---- made elsewhere --------------------------------------------------------------------------- */

static void a_foreign_file_is_refused(void **state)
{
	static const char *const foreign[] = {
		"", "N", "NWR", "NWR2\4\0\0\0{}{}", "#!/bin/sh\necho hello\n", "{\"format\":1}",
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(foreign); i++) {
		assert_int_equal(read_bytes(foreign[i], strlen(foreign[i])).opened, -ENOMSG);
	}
	assert_int_equal(read_bytes("NWR1\0\0\0\0", 8).opened, -EBADMSG);
	assert_int_equal(read_bytes("NWR1\xff\xff\xff\xff{}", 10).opened, -EBADMSG);
	assert_int_equal(read_bytes("NWR1\2\0\0\0[]", 10).opened, -EPROTONOSUPPORT);
	assert_int_equal(read_bytes("NWR1\2\0\0\0{]", 10).opened, -EBADMSG);
}

static json_object *names(size_t count)
{
	json_object *o = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		json_object_array_add(o, json_object_new_string("host"));
	}
	return o;
}

static int changed(const char *key, json_object *value)
{
	struct file f;

	record(&f, 1, 1);
	change_header(&f, key, value);
	return read_file(&f).opened;
}

static void another_format_is_refused(void **state)
{
	json_object *numbers = json_object_new_array();

	(void)state;
	json_object_array_add(numbers, json_object_new_int(1));
	assert_int_equal(changed("extra", json_object_new_int(1)), 0);
	assert_int_equal(changed("format", json_object_new_int(2)), -EPROTONOSUPPORT);
	assert_int_equal(changed("format", NULL), -EPROTONOSUPPORT);
	assert_int_equal(changed("abi", json_object_new_int(NW_ABI_VERSION + 1)), -EPROTONOSUPPORT);
	assert_int_equal(changed("abi", NULL), -EPROTONOSUPPORT);
	assert_int_equal(changed("hooks", NULL), -EBADMSG);
	assert_int_equal(changed("hooks", names(0)), -EBADMSG);
	assert_int_equal(changed("hooks", names(257)), -EBADMSG);
	assert_int_equal(changed("hooks", names(256)), 0);
	assert_int_equal(changed("hooks", numbers), -EBADMSG);
	assert_int_equal(changed("hooks", json_object_new_string("host")), -EBADMSG);
	assert_int_equal(changed("flow_interval_ns", NULL), -EBADMSG);
	assert_int_equal(changed("config", NULL), -EBADMSG);
	assert_int_equal(changed("config", json_object_new_int(1)), -EBADMSG);
	assert_true(changed("config", json_object_new_string("no_such_key: 1\n")) < 0);
}

/* A hook of another version: its events are left out and counted, the others keep their meaning. */
static void an_unknown_hook_is_left_out_and_counted(void **state)
{
	static uint64_t room[512];
	uint8_t *plain = (uint8_t *)room;
	struct nw_event *first = (struct nw_event *)(void *)plain;
	json_object *hooks = json_object_new_array();
	uint32_t used = 0;
	struct file f;
	struct read r;

	(void)state;
	json_object_array_add(hooks, json_object_new_string("from_the_future"));
	json_object_array_add(hooks, json_object_new_string("host"));
	record(&f, 0, 1);
	change_header(&f, "hooks", hooks);
	for (unsigned i = 0; i < 6; i++) {
		struct nw_event *ev = (struct nw_event *)(void *)(plain + used);
		const struct nw_event *made = event(i / 2);

		memcpy(ev, made, made->size);
		ev->hook = i % 2; /* "host" is the second name in that file */
		ev->shape = i % 2 ? ev->shape : 99;
		used += (made->size + 7U) & ~7U;
	}
	put_block(&f, plain, used, used);
	r = read_file(&f);
	assert_int_equal(r.opened, 0);
	assert_int_equal(r.result, 0);
	assert_int_equal(r.events, 3);
	assert_int_equal(r.unknown, 3);
	first->size = 15; /* what is left out must end all the same, and inside the block */
	put_block(&f, plain, used, used);
	assert_int_equal(read_file(&f).result, -EBADMSG);
	first->size = used + 1;
	put_block(&f, plain, used, used);
	assert_int_equal(read_file(&f).result, -EBADMSG);
	memcpy(plain, event(0), event(0)->size); /* in order but for a number without a name */
	first->hook = 2;
	put_block(&f, plain, used, used);
	assert_int_equal(read_file(&f).result, -EBADMSG);
}

NW_TESTS(user_recording_bad, cmocka_unit_test(a_damaged_block_is_seen),
	 cmocka_unit_test(what_follows_the_last_block_is_no_block),
	 cmocka_unit_test(lengths_that_lie_are_refused), QUIET(a_foreign_file_is_refused),
	 QUIET(another_format_is_refused),
	 cmocka_unit_test(an_unknown_hook_is_left_out_and_counted));
