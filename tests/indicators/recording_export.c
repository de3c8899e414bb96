/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recording-export: what must be found however it leaves, what looks like it and must stay silent,
 * and how the score follows what is known. Every case is a script of a few words; the volumes are
 * those of recordings: 38 MB are ten minutes of a sub-stream.
 */
#include "feed.h"

#define MB (1ULL << 20)
#define KB (1ULL << 10)

enum step {
	END,
	OPEN,	/* a file of mb; id: which */
	READ,	/* opened and closed again */
	FRESH,	/* the same, of one that was written two seconds ago */
	JOIN,	/* id reads from a pipe what pid writes */
	LOOK,	/* how far it has come: mb of 38 */
	COUNT,	/* mb of 38 were read so far: counted */
	MAP,	/* the same, mapped */
	WRITE,	/* a recording grows */
	SEND,	/* over flow id, mb more to outside */
	INSIDE, /* to inside */
	PULLED, /* the far end began */
	OTHER,	/* to another address each time */
	WAIT,	/* seconds */
};

struct act {
	enum step step;
	unsigned pid, id, mb;
};

/* Sessions: 10, 11 and 12 have one; 30's parent is 10, but its session is its own; 20 is far away. */
static void add_proc(struct nw_feed *f, uint32_t pid, uint32_t parent, uint32_t session)
{
	uint64_t buf[NW_EVENT_MAX / sizeof(uint64_t)] = { 0 };
	struct nw_ev_proc *e = (struct nw_ev_proc *)(void *)buf;

	e->ev = nw_feed_head(f, sizeof(*e), NW_SHAPE_PROC, NW_PROC_EXEC);
	e->self = nw_feed_pid(pid);
	e->parent = nw_feed_pid(parent);
	e->session = session;
	strcpy(e->comm, pid == 20 ? "other" : "copier");
	nw_feed_event(f, &e->ev);
}

static struct nw_feed *start(const char *yaml)
{
	struct nw_feed *f = nw_feed_new(yaml, NW_FEED_SEC);

	nw_feed_pick(f, "recording-export");
	nw_feed_tick(f, NW_FEED_SEC);
	nw_feed_fact(f, "files.0", "/srv/rec\nopened, position");
	nw_feed_fact(f, "session", "start");
	add_proc(f, 10, 1, 10);
	add_proc(f, 11, 10, 10);
	add_proc(f, 12, 10, 10);
	add_proc(f, 20, 1, 20);
	add_proc(f, 30, 10, 30);
	return f;
}

static uint64_t sent[32];
static uint64_t unit = MB;

static void push(struct nw_feed *f, const struct act *a)
{
	struct nw_ev_sock e = nw_feed_sock(f, NW_SOCK_BIN, 100 + a->id, a->pid);
	char to[16] = "203.0.113.7";

	if (a->step == OTHER) {
		snprintf(to, sizeof(to), "203.0.113.%u", a->id);
	}
	nw_feed_addr(e.raddr, a->step == INSIDE ? "10.0.0.77" : to);
	e.lport_be = htons((uint16_t)(40000 + a->id));
	e.flags = a->step == PULLED ? NW_SOCK_ACCEPTED : NW_SOCK_CONNECTED;
	sent[a->id] += a->mb * unit;
	nw_feed_bytes(&e, sent[a->id], 1000);
	nw_feed_event(f, &e.ev);
}

static void join(struct nw_feed *f, const struct act *a)
{
	for (unsigned i = 0; i < 2; i++) {
		struct nw_ev_fd e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_PIPE),
				      .scan_ns = f->now_ns,
				      .self = nw_feed_pid(i ? a->id : a->pid),
				      .inode = 4711,
				      .flags = i ? NW_FD_READ : NW_FD_WRITE };

		nw_feed_event(f, &e.ev);
	}
}

static void handle(struct nw_feed *f, const struct act *a)
{
	struct nw_feed_file x = {
		.pid = a->pid, .inode = a->id + 1, .size = a->mb * unit, .age_s = 3600 + a->id
	};

	x.age_s = a->step == FRESH ? 2 : x.age_s;

	x.what = a->step == LOOK || a->step == WRITE ? NW_FILE_POSITION
		 : a->step == COUNT		     ? NW_FILE_READ
		 : a->step == MAP		     ? NW_FILE_MAPPED
						     : NW_FILE_USED;
	x.flags = a->step == READ || a->step == FRESH ? NW_FILE_OPENED | NW_FILE_CLOSED_READ
		  : a->step == OPEN		      ? NW_FILE_OPENED
		  : a->step == LOOK		      ? NW_FILE_CAN_READ
						      : NW_FILE_CAN_WRITE;
	if (a->step == LOOK || a->step == COUNT || a->step == MAP) {
		x.size = 38 * unit;
		x.position = a->mb * unit;
	}
	nw_feed_file(f, x);
}

static void play(struct nw_feed *f, const struct act *a)
{
	memset(sent, 0, sizeof(sent));
	for (; a->step != END; a++) {
		if (a->step == WAIT) {
			for (unsigned s = 0; s < a->mb; s += 10) {
				nw_feed_tick(f, 10 * NW_FEED_SEC);
			}
		} else if (a->step == JOIN) {
			join(f, a);
		} else if (a->step >= SEND) {
			push(f, a);
		} else {
			handle(f, a);
		}
		nw_feed_tick(f, NW_FEED_SEC / 5);
	}
}

/* The last finding, or NULL. */
static const struct nw_finding *found(const struct nw_feed *f)
{
	unsigned n = nw_feed_count(f, NW_DATASET_FINDING);

	return n ? &nw_feed_told(f, NW_DATASET_FINDING, n - 1)->finding : NULL;
}

static struct nw_evidence evidence(const struct nw_finding *x, const char *key)
{
	unsigned i = 0;

	while (i < x->evidence_len && strcmp(x->evidence[i].key, key) != 0) {
		i++;
	}
	if (i == x->evidence_len) {
		fail_msg("no evidence %s", key);
	}
	return x->evidence[i];
}

#define CASE_ACTS 24
struct scene {
	const char *what, *yaml;
	struct act act[CASE_ACTS];
	unsigned score; /* 0 = silent */
	const char *joined;
};

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
	{ "a copy that another program of the session sends",
	  "",
	  { { READ, 11, 1, 38 }, { WAIT, 0, 0, 600 }, { SEND, 12, 1, 38 } },
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
	/* ---- must stay silent, or below an alert ---- */
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
	{ "opened, but hardly read",
	  "",
	  { { COUNT, 10, 1, 0 }, { READ, 10, 1, 38 }, { SEND, 10, 1, 38 } },
	  0,
	  NULL },
	{ "played back inside", "", { { READ, 10, 1, 38 }, { INSIDE, 10, 1, 38 } }, 0, NULL },
	{ "the recorder records", "", { { WRITE, 10, 1, 38 }, { SEND, 10, 1, 38 } }, 0, NULL },
	{ "another one sends", "", { { READ, 10, 1, 38 }, { SEND, 20, 1, 38 } }, 0, NULL },
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

/* In kB. */
static const struct scene clips[] = {
	{ "a clip", "", { { READ, 10, 1, 700 }, { SEND, 10, 1, 720 } }, 60, "process" },
	{ "a clip in base64", "", { { READ, 10, 1, 300 }, { SEND, 10, 1, 415 } }, 60, "process" },
	{ "three clips",
	  "",
	  { { READ, 10, 1, 90 },
	    { READ, 10, 2, 90 },
	    { READ, 10, 3, 90 },
	    { SEND, 10, 1, 90 },
	    { SEND, 10, 2, 182 } },
	  60,
	  "process" },
	{ "a clip through a pipe",
	  "",
	  { { JOIN, 10, 20, 0 }, { READ, 10, 1, 700 }, { SEND, 20, 1, 720 } },
	  60,
	  "chain" },
	{ "a picture on a page, fetched",
	  "",
	  { { READ, 10, 1, 200 }, { PULLED, 10, 1, 204 } },
	  0,
	  NULL },
	{ "an icon", "", { { READ, 10, 1, 60 }, { SEND, 10, 1, 61 } }, 0, NULL },
	{ "a clip is read, less is sent",
	  "",
	  { { READ, 10, 1, 700 }, { SEND, 10, 1, 600 } },
	  0,
	  NULL },
	{ "a clip is read, much more is sent",
	  "",
	  { { READ, 10, 1, 100 }, { SEND, 10, 1, 400 } },
	  0,
	  NULL },
	{ "a clip is read, and as much comes together in hours",
	  "",
	  { { READ, 10, 1, 700 }, { SEND, 10, 1, 300 }, { WAIT, 0, 0, 700 }, { SEND, 10, 1, 400 } },
	  0,
	  NULL },
	{ "another of the session sends as much",
	  "",
	  { { READ, 11, 1, 700 }, { SEND, 12, 1, 720 } },
	  0,
	  NULL },
	{ "a recorder sends a picture of an alarm",
	  "",
	  { { WRITE, 10, 9, 100 }, { READ, 10, 1, 200 }, { SEND, 10, 1, 280 } },
	  0,
	  NULL },
	{ "a clip, to an allowed place",
	  "allowed: [{to: 203.0.113.7, why: alarms}]",
	  { { READ, 10, 1, 700 }, { SEND, 10, 1, 720 } },
	  0,
	  NULL },
};

static void check_scenes(const struct scene *scene, size_t count)
{
	for (const struct scene *s = scene; s < scene + count; s++) {
		struct nw_feed *f = start(s->yaml);
		const struct nw_finding *x;

		play(f, s->act);
		x = found(f);
		if ((x ? x->score : 0) != s->score) {
			fail_msg("%s: score %u", s->what, x ? x->score : 0);
		}
		if (x) {
			assert_string_equal(x->rule_id, "recording-export");
			assert_string_equal(evidence(x, "joined_by").text, s->joined);
			assert_string_equal(x->technique[0], "T1005");
		}
		nw_feed_free(f);
	}
}

static void each_scene(void **state)
{
	(void)state;
	check_scenes(scenes, NW_ARRAY_SIZE(scenes));
}

static void each_clip(void **state)
{
	(void)state;
	unit = KB;
	check_scenes(clips, NW_ARRAY_SIZE(clips));
	unit = MB;
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

NW_TESTS(indicators_recording_export, cmocka_unit_test(each_scene), cmocka_unit_test(each_clip),
	 cmocka_unit_test(what_it_says), cmocka_unit_test(counted_in_part),
	 cmocka_unit_test(many_groups));
