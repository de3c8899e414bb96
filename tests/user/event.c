/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nw_event_check(): each shape is taken at exactly its own size and refused at every other. The
 * bytes are given in blocks of their own size, so that a sanitizer sees a read behind the end.
 */
#include "harness.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"

union event {
	struct nw_event ev;
	struct nw_ev_proc proc;
	struct nw_ev_sock sock;
	struct nw_ev_head head;
	struct nw_ev_tick tick;
	struct nw_ev_loss loss;
	struct nw_ev_fact fact;
	struct nw_ev_file file;
	struct nw_ev_change change;
	uint8_t bytes[NW_EVENT_MAX + 64];
};

/* len bytes of it in a block of exactly that size. */
static bool is_taken(const union event *e, size_t len)
{
	void *block = malloc(len ? len : 1);
	const struct nw_event *ev = NULL;
	int r;

	assert_non_null(block);
	memcpy(block, e, len);
	r = nw_event_check(block, len, &ev);
	if (r == 0) {
		assert_ptr_equal(ev, block);
	} else {
		assert_int_equal(r, -EINVAL);
		assert_null(ev);
	}
	free(block);
	return r == 0;
}

static void make(union event *e, enum nw_shape shape, size_t size)
{
	memset(e, 0, sizeof(*e));
	e->ev = (struct nw_event){ .size = (uint32_t)size, .shape = (uint8_t)shape };
}

static void make_proc(union event *e, uint16_t exe, uint16_t args, uint16_t cgroup)
{
	make(e, NW_SHAPE_PROC, sizeof(e->proc) + exe + args + cgroup);
	e->proc.exe_len = exe;
	e->proc.args_len = args;
	e->proc.cgroup_len = cgroup;
}

static void make_head(union event *e, uint16_t len)
{
	make(e, NW_SHAPE_HEAD, sizeof(e->head) + len);
	e->head.len = len;
}

static void make_fact(union event *e, uint16_t key, uint16_t value)
{
	make(e, NW_SHAPE_FACT, sizeof(e->fact) + key + value);
	e->fact.key_len = key;
	e->fact.value_len = value;
	memset(e->bytes + sizeof(e->fact), 'k', (size_t)key + value);
}

static void make_file(union event *e, uint16_t path)
{
	make(e, NW_SHAPE_FILE, sizeof(e->file) + path);
	e->file.path_len = path;
}

static void make_change(union event *e, uint16_t path, uint8_t kind, uint8_t technique)
{
	make(e, NW_SHAPE_CHANGE, sizeof(e->change) + path + kind + technique);
	e->change.path_len = path;
	e->change.kind_len = kind;
	e->change.technique_len = technique;
}

/* One of each shape, those with a tail also without one and with the longest. */
static unsigned make_nth(union event *e, unsigned n)
{
	switch (n) {
	case 0:
		make_proc(e, 3, 5, 7);
		break;
	case 1:
		make_proc(e, 0, 0, 0);
		break;
	case 2:
		make_proc(e, NW_EXE_MAX, NW_ARGS_MAX, NW_CGROUP_MAX - 1);
		break;
	case 3:
		make(e, NW_SHAPE_SOCK, sizeof(e->sock));
		break;
	case 4:
		make_head(e, 9);
		break;
	case 5:
		make_head(e, NW_HEAD_TLS_MAX);
		break;
	case 6:
		make(e, NW_SHAPE_TICK, sizeof(e->tick));
		break;
	case 7:
		make(e, NW_SHAPE_LOSS, sizeof(e->loss));
		break;
	case 8:
		make_fact(e, 1, 0);
		break;
	case 9:
		make_fact(e, NW_FACT_KEY_MAX - 1, NW_FACT_VALUE_MAX - 1);
		break;
	case 10:
		make(e, NW_SHAPE_FD, sizeof(struct nw_ev_fd));
		break;
	case 11:
		make_file(e, 0);
		break;
	case 12:
		make_file(e, NW_FILE_PATH_MAX);
		break;
	case 13:
		make_change(e, 0, 0, 0);
		break;
	case 14:
		make_change(e, NW_CHANGE_PATH_MAX, NW_CHANGE_KIND_MAX, NW_CHANGE_TECHNIQUE_MAX);
		break;
	case 15:
		make(e, NW_SHAPE_LIBRARY, sizeof(struct nw_ev_library));
		break;
	case 16:
		make(e, NW_SHAPE_DEVICE, sizeof(struct nw_ev_device));
		break;
	default:
		return 0;
	}
	return 1;
}

static void each_shape_has_one_size(void **state)
{
	union event e;

	(void)state;
	for (unsigned n = 0; make_nth(&e, n); n++) {
		uint32_t right = e.ev.size;

		for (uint32_t size = 0; size <= NW_EVENT_MAX; size++) {
			e.ev.size = size;
			assert_int_equal(is_taken(&e, size), size == right);
		}
		e.ev.size = UINT32_MAX;
		assert_false(is_taken(&e, right));
		e.ev.size = right;
		assert_true(is_taken(&e, right + 40)); /* a ring's record may be longer */
		assert_true(is_taken(&e, right));
	}
}

static void what_is_cut_is_refused(void **state)
{
	union event e;

	(void)state;
	for (unsigned n = 0; make_nth(&e, n); n++) {
		for (uint32_t len = 0; len < e.ev.size; len++) {
			assert_false(is_taken(&e, len));
		}
	}
}

static void lengths_that_lie_are_refused(void **state)
{
	union event e;

	(void)state;
	make_proc(&e, 10, 10, 10);
	e.proc.exe_len = 11;
	assert_false(is_taken(&e, e.ev.size));
	e.proc.args_len = 9; /* the sum is right again: these are lengths like any other */
	assert_true(is_taken(&e, e.ev.size));
	e.proc.cgroup_len = UINT16_MAX;
	assert_false(is_taken(&e, e.ev.size));
	make_proc(&e, NW_EXE_MAX + 1, 0, 0);
	assert_false(is_taken(&e, e.ev.size));
	make_proc(&e, 0, NW_ARGS_MAX + 1, 0);
	assert_false(is_taken(&e, e.ev.size));
	make_proc(&e, 0, 0, NW_CGROUP_MAX);
	assert_false(is_taken(&e, e.ev.size));
	make_head(&e, NW_HEAD_TLS_MAX + 1);
	assert_false(is_taken(&e, e.ev.size));
	make_file(&e, NW_FILE_PATH_MAX + 1);
	assert_false(is_taken(&e, e.ev.size));
	make_change(&e, NW_CHANGE_PATH_MAX + 1, 0, 0);
	assert_false(is_taken(&e, e.ev.size));
	make_change(&e, 0, NW_CHANGE_KIND_MAX + 1, 0);
	assert_false(is_taken(&e, e.ev.size));
	make_change(&e, 0, 0, NW_CHANGE_TECHNIQUE_MAX + 1);
	assert_false(is_taken(&e, e.ev.size));
	make_change(&e, 9, 9, 9);
	e.change.kind_len = 10;
	assert_false(is_taken(&e, e.ev.size));
	make_file(&e, 5);
	e.file.path_len = 4;
	assert_false(is_taken(&e, e.ev.size));
	e.file.path_len = 5;
	e.file.root = NW_FILE_ROOTS_MAX;
	assert_false(is_taken(&e, e.ev.size));
	e.file.root--;
	assert_true(is_taken(&e, e.ev.size));
	make_fact(&e, 0, 5);
	assert_false(is_taken(&e, e.ev.size));
	make_fact(&e, NW_FACT_KEY_MAX, 5);
	assert_false(is_taken(&e, e.ev.size));
	make_fact(&e, 5, NW_FACT_VALUE_MAX);
	assert_false(is_taken(&e, e.ev.size));
}

static void a_text_ends_in_its_room(void **state)
{
	struct nw_ev_library *e;
	union event room;

	(void)state;
	make(&room, NW_SHAPE_LIBRARY, sizeof(*e));
	e = (struct nw_ev_library *)(void *)&room;
	memset(e->text, 'k', sizeof(e->text));
	assert_false(is_taken(&room, sizeof(*e)));
	e->text[sizeof(e->text) - 1] = '\0';
	assert_true(is_taken(&room, sizeof(*e)));
	e->ev.what = 1;
	assert_false(is_taken(&room, sizeof(*e)));
}

/* A key is text that is looked for; a value may be anything. */
static void a_key_has_no_nul(void **state)
{
	union event e;

	(void)state;
	for (unsigned at = 0; at < 10; at++) {
		make_fact(&e, 5, 5);
		e.bytes[sizeof(e.fact) + at] = '\0';
		assert_int_equal(is_taken(&e, e.ev.size), at >= 5);
	}
}

static void each_enum_ends_somewhere(void **state)
{
	union event e;

	(void)state;
	for (unsigned shape = 0; shape <= UINT8_MAX; shape++) {
		make(&e, NW_SHAPE_TICK, sizeof(e.tick));
		e.ev.shape = (uint8_t)shape;
		if (shape == NW_SHAPE_NONE || shape >= _NW_SHAPE_MAX) {
			assert_false(is_taken(&e, e.ev.size));
		}
	}
	for (unsigned what = 0; what <= UINT8_MAX; what++) {
		make_proc(&e, 1, 1, 1);
		e.ev.what = (uint8_t)what;
		assert_int_equal(is_taken(&e, e.ev.size), what < _NW_PROC_WHAT_MAX);
		make(&e, NW_SHAPE_SOCK, sizeof(e.sock));
		e.ev.what = (uint8_t)what;
		assert_int_equal(is_taken(&e, e.ev.size), what < _NW_SOCK_WHAT_MAX);
		make(&e, NW_SHAPE_FD, sizeof(struct nw_ev_fd));
		e.ev.what = (uint8_t)what;
		assert_int_equal(is_taken(&e, e.ev.size), what < _NW_FD_WHAT_MAX);
		make_file(&e, 4);
		e.ev.what = (uint8_t)what;
		assert_int_equal(is_taken(&e, e.ev.size), what < _NW_FILE_WHAT_MAX);
		make_head(&e, 4);
		e.ev.what = (uint8_t)what;
		assert_int_equal(is_taken(&e, e.ev.size), what < _NW_HEAD_WHAT_MAX);
	}
	for (unsigned hook = 0; hook <= UINT16_MAX; hook++) {
		make(&e, NW_SHAPE_TICK, sizeof(e.tick));
		e.ev.hook = (uint16_t)hook;
		assert_int_equal(is_taken(&e, e.ev.size), hook < _NW_HOOK_MAX);
	}
}

static void what_is_not_aligned_is_refused(void **state)
{
	_Alignas(8) uint8_t room[sizeof(struct nw_ev_tick) + 8];
	const struct nw_event *ev = NULL;
	union event e;

	(void)state;
	make(&e, NW_SHAPE_TICK, sizeof(e.tick));
	for (unsigned by = 0; by <= 8; by++) {
		memcpy(room + by, &e, sizeof(e.tick));
		assert_int_equal(nw_event_check(room + by, sizeof(e.tick), &ev),
				 by % 8 ? -EINVAL : 0);
	}
}

static void every_hook_has_a_name_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(nw_hook_name(NW_HOOK_HOST), "host");
	assert_string_equal(nw_hook_name(NW_HOOK_TCP_STATE), "tcp_state");
	assert_string_equal(nw_hook_name(_NW_HOOK_MAX), "?");
	assert_string_equal(nw_hook_name(UINT32_MAX), "?");
	for (unsigned i = 0; i < _NW_HOOK_MAX; i++) {
		for (unsigned k = 0; k < i; k++) {
			assert_string_not_equal(nw_hook_name(i), nw_hook_name(k));
		}
	}
}

static void a_fact_that_is_made_is_taken(void **state)
{
	char key[2 * NW_FACT_KEY_MAX];
	char value[2 * NW_FACT_VALUE_MAX];
	union event e;
	size_t size;

	(void)state;
	size = nw_event_make_fact(&e, NW_EVENT_MAX, 42, "host.name", "nvr-1");
	assert_int_equal(size, sizeof(e.fact) + 9 + 5);
	assert_true(is_taken(&e, size));
	assert_int_equal(e.ev.ts_ns, 42);
	assert_int_equal(e.ev.hook, NW_HOOK_HOST);
	assert_memory_equal(e.fact.tail, "host.namenvr-1", 14);
	assert_true(is_taken(&e, nw_event_make_fact(&e, NW_EVENT_MAX, 0, "k", "")));

	memset(key, 'k', sizeof(key));
	memset(value, 'v', sizeof(value));
	key[sizeof(key) - 1] = value[sizeof(value) - 1] = '\0';
	size = nw_event_make_fact(&e, NW_EVENT_MAX, 0, key, value);
	assert_true(is_taken(&e, size));
	assert_int_equal(e.fact.key_len, NW_FACT_KEY_MAX - 1);
	assert_int_equal(e.fact.value_len, NW_FACT_VALUE_MAX - 1);
}

/* A value is cut to the room there is; a key is not. */
static void a_fact_stays_in_its_room(void **state)
{
	(void)state;
	for (size_t room = 0; room < 64; room++) {
		struct nw_ev_fact *e = malloc(room ? room : 1);
		const struct nw_event *ev;
		size_t size;

		assert_non_null(e);
		size = nw_event_make_fact(e, room, 0, "key", "0123456789");
		if (room < sizeof(*e) + 3) {
			assert_int_equal(size, 0);
		} else {
			assert_int_equal(size, NW_MIN(room, sizeof(*e) + 13));
			assert_int_equal(nw_event_check(e, size, &ev), 0);
		}
		free(e);
	}
}

NW_TESTS(user_event, cmocka_unit_test(each_shape_has_one_size),
	 cmocka_unit_test(what_is_cut_is_refused), cmocka_unit_test(lengths_that_lie_are_refused),
	 cmocka_unit_test(a_text_ends_in_its_room), cmocka_unit_test(a_key_has_no_nul),
	 cmocka_unit_test(each_enum_ends_somewhere),
	 cmocka_unit_test(what_is_not_aligned_is_refused),
	 cmocka_unit_test(every_hook_has_a_name_of_its_own),
	 cmocka_unit_test(a_fact_that_is_made_is_taken),
	 cmocka_unit_test(a_fact_stays_in_its_room));
