/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recording-export: what must be found however it leaves, what looks like it and must stay silent,
 * and how the score follows what is known. Every case is a script of a few words; the volumes are
 * those of recordings: 38 MB are ten minutes of a sub-stream.
 */
#include "export_scene.h"

static const struct scene scenes[] = {
	/* ---- must be found ---- */
	{ "one process reads and sends",
	  "",
	  { { READ, 10, 1, 38 }, { SEND, 10, 1, 38 } },
	  90,
	  "process" },
	{ "it is closed when all was sent",
	  "",
	  { { OPEN, 10, 1, 38 }, { SEND, 10, 1, 38 }, { READ, 10, 1, 38 } },
	  90,
	  "process" },
	{ "opened for both, and seen reading",
	  "",
	  { { OPEN, 10, 1, 38 }, { LOOK, 10, 1, 20 }, { SEND, 10, 1, 21 } },
	  90,
	  "process" },
	{ "the file is told behind what was sent",
	  "",
	  { { SEND, 10, 1, 38 }, { READ, 10, 1, 38 } },
	  90,
	  "process" },
	{ "a child reads, its parent has sent",
	  "",
	  { { PULLED, 10, 1, 38 }, { READ, 30, 1, 38 } },
	  75,
	  "family" },
	{ "a copy that another program of the session sends",
	  "",
	  { { READ, 11, 1, 38 }, { WAIT, 0, 0, 600 }, { SEND, 12, 1, 38 } },
	  75,
	  "family" },
	{ "what an orphan read another one of its session sends",
	  "",
	  { { READ, 41, 1, 38 }, { SEND, 42, 1, 38 } },
	  75,
	  "family" },
	{ "a child with a session of its own",
	  "",
	  { { READ, 10, 1, 38 }, { SEND, 30, 1, 38 } },
	  75,
	  "family" },
	{ "in pieces, one an hour",
	  "",
	  { { READ, 10, 1, 1 },
	    { SEND, 10, 1, 1 },
	    { WAIT, 0, 0, 3600 },
	    { READ, 11, 2, 1 },
	    { SEND, 11, 2, 1 },
	    { WAIT, 0, 0, 3600 },
	    { READ, 12, 3, 1 },
	    { SEND, 12, 3, 1 } },
	  90,
	  "process" },
	{ "to many",
	  "",
	  { { READ, 10, 1, 8 },
	    { OTHER, 10, 1, 2 },
	    { OTHER, 10, 2, 2 },
	    { OTHER, 10, 3, 2 },
	    { OTHER, 10, 4, 2 } },
	  90,
	  "process" },
	{ "fetched by an outsider",
	  "listeners: [{port: 443, proto: tcp}]",
	  { { READ, 10, 1, 38 }, { PULLED, 10, 1, 38 } },
	  90,
	  "process" },
	{ "made smaller on the way",
	  "",
	  { { READ, 10, 1, 38 }, { SEND, 10, 1, 5 } },
	  60,
	  "process" },
	{ "with chaff", "", { { READ, 10, 1, 10 }, { SEND, 10, 1, 25 } }, 60, "process" },
	{ "it writes recordings, and sends them",
	  "",
	  { { WRITE, 10, 9, 1 }, { READ, 10, 1, 38 }, { SEND, 10, 1, 38 } },
	  75,
	  "process" },
	/* counted: of a large file a part is read, and that part leaves */
	{ "a part of it, counted",
	  "",
	  { { COUNT, 10, 1, 3 }, { READ, 10, 1, 38 }, { SEND, 10, 1, 3 } },
	  90,
	  "process" },
	{ "read three times, sent once",
	  "",
	  { { COUNT, 10, 1, 114 }, { SEND, 10, 1, 38 } },
	  90,
	  "process" },
	{ "read and sent three times",
	  "",
	  { { COUNT, 10, 1, 114 }, { SEND, 10, 1, 114 } },
	  90,
	  "process" },
	{ "mapped", "", { { MAP, 10, 1, 38 }, { SEND, 10, 1, 38 } }, 90, "process" },
	{ "segments as they come, sent",
	  "",
	  { { FRESH, 10, 1, 2 }, { SEND, 10, 1, 2 }, { FRESH, 10, 2, 2 }, { SEND, 10, 1, 2 } },
	  90,
	  "process" },
	{ "through a pipe",
	  "",
	  { { JOIN, 10, 20, 0 }, { READ, 10, 1, 38 }, { SEND, 20, 1, 38 } },
	  90,
	  "chain" },
	{ "to a mounted drive, seen writing",
	  "",
	  { { SERVE, 20, 0, 0 }, { STORE, 10, 0, 0 }, { READ, 10, 1, 38 }, { SEND, 20, 1, 38 } },
	  90,
	  "chain" },
	{ "to a mounted drive, in a moment",
	  "",
	  { { SERVE, 20, 0, 0 }, { READ, 10, 1, 38 }, { SEND, 20, 1, 38 } },
	  75,
	  "mount" },
	{ "to a mounted drive whose server sends by another",
	  "",
	  { { SERVE, 30, 0, 0 }, { JOIN, 30, 20, 0 }, { READ, 10, 1, 38 }, { SEND, 20, 1, 38 } },
	  75,
	  "mount" },
	/* ---- must stay silent, or below an alert ---- */
	{ "a drive sends long after",
	  "",
	  { { SERVE, 20, 0, 0 }, { READ, 10, 1, 38 }, { WAIT, 0, 0, 20 }, { SEND, 20, 1, 38 } },
	  0,
	  NULL },
	{ "who writes to a drive serves none",
	  "",
	  { { STORE, 20, 0, 0 }, { READ, 10, 1, 38 }, { SEND, 20, 1, 38 } },
	  0,
	  NULL },
	{ "segments as they come, fetched: a live picture",
	  "",
	  { { FRESH, 10, 1, 2 }, { PULLED, 10, 1, 2 }, { FRESH, 10, 2, 2 }, { PULLED, 10, 1, 2 } },
	  45,
	  "process" },
	{ "played back inside, while who is joined to it serves the outside",
	  "",
	  { { JOIN, 10, 20, 0 }, { READ, 10, 1, 38 }, { INSIDE, 10, 1, 38 }, { SEND, 20, 2, 38 } },
	  45,
	  "chain" },
	{ "copied inside, while another of the session sends something",
	  "",
	  { { READ, 11, 1, 38 }, { INSIDE, 11, 1, 38 }, { SEND, 12, 2, 38 } },
	  45,
	  "family" },
	{ "opened, but hardly read",
	  "",
	  { { COUNT, 10, 1, 0 }, { READ, 10, 1, 38 }, { SEND, 10, 1, 38 } },
	  0,
	  NULL },
	{ "played back inside", "", { { READ, 10, 1, 38 }, { INSIDE, 10, 1, 38 } }, 0, NULL },
	{ "the recorder records", "", { { WRITE, 10, 1, 38 }, { SEND, 10, 1, 38 } }, 0, NULL },
	{ "another one has sent", "", { { SEND, 20, 1, 38 }, { READ, 30, 1, 38 } }, 0, NULL },
	{ "another one sends", "", { { READ, 10, 1, 38 }, { SEND, 20, 1, 38 } }, 0, NULL },
	{ "another orphan sends", "", { { READ, 41, 1, 38 }, { SEND, 20, 1, 38 } }, 0, NULL },
	{ "little is sent", "", { { READ, 10, 1, 38 }, { SEND, 10, 1, 1 } }, 0, NULL },
	{ "little is read", "", { { OPEN, 10, 1, 0 }, { SEND, 10, 1, 38 } }, 0, NULL },
	{ "one file of very much", "", { { READ, 10, 1, 2 }, { SEND, 10, 1, 30 } }, 0, NULL },
	{ "sent long before",
	  "",
	  { { SEND, 10, 1, 38 }, { WAIT, 0, 0, 10 }, { READ, 10, 1, 38 } },
	  0,
	  NULL },
	{ "an allowed backup",
	  "allowed: [{to: 203.0.113.7, why: backup}]",
	  { { READ, 10, 1, 38 }, { SEND, 10, 1, 38 } },
	  0,
	  NULL },
	{ "a recorder's other traffic",
	  "",
	  { { WRITE, 10, 9, 1 }, { READ, 10, 1, 10 }, { SEND, 10, 1, 25 } },
	  45,
	  "process" },
	{ "played back inside, and something is sent too",
	  "",
	  { { READ, 10, 1, 38 }, { INSIDE, 10, 1, 38 }, { SEND, 10, 2, 6 } },
	  40,
	  "process" },
};

static void each_scene(void **state)
{
	(void)state;
	check_scenes(scenes, NW_ARRAY_SIZE(scenes));
}

/* Where not every way to read is counted, what was is weighed, and more may have been read. */
static void counted_in_part(void **state)
{
	static const struct act acts[] = { { COUNT, 10, 1, 3 },
					   { SEND, 10, 1, 3 },
					   { END, 0, 0, 0 } };
	struct nw_feed *f = start("");
	const struct nw_finding *x;

	(void)state;
	nw_feed_fact(f, "files.0", "/srv/rec\nread in part, opened, position");
	play(f, acts);
	x = found(f);
	assert_non_null(x);
	assert_int_equal(x->score, 90);
	assert_string_equal(evidence(x, "read_tier").text, "part");
	assert_int_equal(evidence(x, "bytes_read").number, 3 * MB);
	assert_int_equal(evidence(x, "bytes_read_at_most").number, 38 * MB);
	nw_feed_free(f);
}

static void what_it_says(void **state)
{
	static const struct act acts[] = { { OPEN, 10, 1, 38 },	 { LOOK, 10, 1, 38 },
					   { READ, 10, 2, 10 },	 { SEND, 10, 1, 20 },
					   { OTHER, 10, 2, 26 }, { END, 0, 0, 0 } };
	struct nw_feed *f = start("cameras: [{name: gate, address: 10.0.0.9}]");
	const struct nw_finding *x;

	(void)state;
	play(f, acts);
	x = found(f);
	assert_non_null(x);
	assert_int_equal(x->action, NW_FINDING_OPENED);
	assert_int_equal(evidence(x, "files").number, 2);
	assert_int_equal(evidence(x, "bytes_read_at_least").number, 38 * MB);
	assert_int_equal(evidence(x, "bytes_read_at_most").number, 48 * MB);
	assert_string_equal(evidence(x, "read_tier").text, "some");
	assert_string_equal(x->question, "afterwards");
	assert_int_equal(x->outcome, NW_OUTCOME_MATCH);
	assert_string_equal(evidence(x, "recorded_camera").text, "gate");
	assert_in_range(evidence(x, "recorded_last_s").number -
				evidence(x, "recorded_first_s").number,
			0, 2);
	nw_feed_tick(f, 700 * NW_FEED_SEC);
	assert_int_equal(found(f)->action, NW_FINDING_CLOSED);
	nw_feed_free(f);
}

/* Readers without end: the table stays as large as it is, and the last one is still found. */
static void many_groups(void **state)
{
	static const struct act last[] = { { READ, 10, 1, 38 },
					   { SEND, 10, 1, 38 },
					   { END, 0, 0, 0 } };
	struct nw_feed *f = start("");

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		add_proc(f, 1000 + i, 1, 1000 + i);
		nw_feed_file(f, (struct nw_feed_file){ .pid = 1000 + i,
						       .flags = NW_FILE_CLOSED_READ,
						       .inode = i,
						       .size = MB / 2,
						       .age_s = 9 });
		nw_feed_proc(f, (struct nw_feed_exec){ .what = NW_PROC_EXIT, .pid = 1000 + i });
		if (i % 500 == 0) {
			nw_feed_forget(f);
		}
	}
	nw_feed_forget(f);
	play(f, last);
	assert_int_equal(found(f)->score, 90);
	nw_feed_free(f);
}

NW_TESTS(indicators_recording_export, cmocka_unit_test(each_scene), cmocka_unit_test(what_it_says),
	 cmocka_unit_test(counted_in_part), cmocka_unit_test(many_groups));
