/* SPDX-License-Identifier: Apache-2.0 */
/* Where a recording is, whose picture that says it is, and when it is another. */
#include "state/recording_feed.h"

static void whose_picture_it_is(void **state)
{
	static const struct {
		const char *path, *camera;
		bool is_known;
	} t[] = {
		{ "gate/10.mp4", "gate", false },
		{ "10.mp4", "", false },
		{ "2026/10.0.0.9_main/a.mp4", "Back Door", true },
		{ "2026/110.0.0.9/a.mp4", "2026", false },
		{ "2026/10.0.0.90/a.mp4", "2026", false },
		{ "day/back_door/1.mkv", "Back Door", true },
		{ "day/back-door-2026.mkv", "Back Door", true },
		{ "day/backdoors/1.mkv", "day", false },
		{ "/x", "", false },
	};
	char path[64];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		struct nw_feed *f = start(
			"cameras: [{name: Back Door, address: 10.0.0.9}, {address: 10.0.0.7}]");
		const struct nw_rec *r;

		nw_feed_file(f, (struct nw_feed_file){ .pid = 10,
						       .flags = NW_FILE_CLOSED_READ,
						       .size = MB,
						       .age_s = 50,
						       .path = t[i].path });
		r = nw_rec_next(f->state, NULL, NULL);
		assert_string_equal(r->camera, t[i].camera);
		assert_int_equal(r->is_camera_known, t[i].is_known);
		assert_int_equal(nw_rec_path(f->state, r, path, sizeof(path)),
				 9 + strlen(t[i].path));
		assert_memory_equal(path, "/srv/rec/", 9);
		assert_int_equal(nw_rec_path(f->state, r, path, 5), 4);
		nw_feed_free(f);
	}
}

/* As the walk over open files tells it; also what no honest kernel would. */
static void a_path_in_parts(void **state)
{
	static const struct {
		const char *parts;
		size_t len;
		const char *path, *camera;
	} t[] = {
		{ "10.mp4\0day\0gate\0", 16, "gate/day/10.mp4", "gate" },
		{ "10.mp4\0", 7, "10.mp4", "" },
		{ "10.mp4", 6, "10.mp4", "" },
		{ "", 0, "", "" },
		{ "\0\0\0", 3, "//", "" },
		{ "10.mp4\0ga", 9, "ga/10.mp4", "ga" },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(t); i++) {
		struct nw_feed *f = start("");
		uint64_t buf[64] = { 0 };
		struct nw_ev_file *e = (struct nw_ev_file *)(void *)buf;

		e->ev = nw_feed_head(f, sizeof(*e) + t[i].len, NW_SHAPE_FILE, NW_FILE_POSITION);
		e->self = nw_feed_pid(10);
		e->flags = NW_FILE_PARTS | NW_FILE_CAN_READ;
		e->path_len = (uint16_t)t[i].len;
		memcpy(e->tail, t[i].parts, t[i].len);
		nw_feed_event(f, &e->ev);
		assert_string_equal(nw_rec_next(f->state, NULL, NULL)->path, t[i].path);
		assert_string_equal(nw_rec_next(f->state, NULL, NULL)->camera, t[i].camera);
		nw_feed_free(f);
	}
}

/* The oldest is removed for the newest, which gets its inode; a file that is open keeps it. */
static void an_inode_again(void **state)
{
	static const struct nw_feed_file used[] = {
		{ .flags = NW_FILE_OPENED, .path = "gate/1.mp4" },
		{ .flags = NW_FILE_CLOSED_READ,
		  .path = "gate/renamed.mp4" }, /* the same: it was open */
		{ .flags = NW_FILE_OPENED, .path = "door/2.mp4" },
		{ .flags = NW_FILE_CLOSED_READ, .path = "door/2.mp4" },
	};
	struct nw_feed *f = start("");
	const struct nw_rec *r = NULL;

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(used); i++) {
		struct nw_feed_file x = used[i];

		x.pid = 10;
		x.size = (i < 2 ? 5 : 3) * MB;
		x.age_s = 100;
		nw_feed_file(f, x);
		nw_feed_tick(f, NW_FEED_SEC);
		r = nw_rec_next(f->state, proc(f, 10), NULL);
		assert_string_equal(r->path, i < 2 ? "gate/1.mp4" : "door/2.mp4");
	}
	assert_int_equal(use(f, 10)->files, 2);
	assert_int_equal(use(f, 10)->bytes_most, 8 * MB);
	assert_string_equal(r->camera, "door");
	assert_int_equal(r->size, 3 * MB);
	assert_null(nw_rec_next(f->state, proc(f, 10), r)); /* and one place in the table */
	nw_feed_free(f);
}

/* What the kernel counted of the file before is not counted once more. */
static void a_count_goes_on_over_it(void **state)
{
	struct nw_feed *f = start("");

	(void)state;
	nw_feed_file(f, (struct nw_feed_file){ .pid = 10,
					       .flags = NW_FILE_OPENED,
					       .size = 5 * MB,
					       .path = "gate/1.mp4",
					       .age_s = 100 });
	nw_feed_file(f, (struct nw_feed_file){ .what = NW_FILE_READ,
					       .pid = 10,
					       .size = 5 * MB,
					       .position = 4 * MB,
					       .birth = 7,
					       .path = "gate/1.mp4" });
	nw_feed_file(f, (struct nw_feed_file){ .pid = 10,
					       .flags = NW_FILE_CLOSED_READ,
					       .size = 5 * MB,
					       .path = "gate/1.mp4",
					       .age_s = 100 });
	nw_feed_file(f, (struct nw_feed_file){ .pid = 10,
					       .flags = NW_FILE_OPENED,
					       .size = 5 * MB,
					       .path = "door/2.mp4",
					       .age_s = 100 });
	nw_feed_file(f, (struct nw_feed_file){ .what = NW_FILE_READ,
					       .pid = 10,
					       .size = 5 * MB,
					       .position = 6 * MB,
					       .birth = 7,
					       .path = "" });
	assert_int_equal(use(f, 10)->bytes, 6 * MB);
	assert_int_equal(nw_rec_next(f->state, proc(f, 10), NULL)->bytes, 2 * MB);
	nw_feed_free(f);
}

NW_TESTS(state_recording_path, cmocka_unit_test(whose_picture_it_is),
	 cmocka_unit_test(a_path_in_parts), cmocka_unit_test(an_inode_again),
	 cmocka_unit_test(a_count_goes_on_over_it));
