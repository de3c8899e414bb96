/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenes of recording-export: who reads which files of how many MB (or kB: unit), joined to whom, and
 * who sends how much where; what must be found of it.
 */
#pragma once

#include "feed.h"

#define MB (1ULL << 20)
#define KB (1ULL << 10)

enum step {
	END,
	OPEN,	/* a file of mb; id: which */
	READ,	/* opened and closed again */
	FRESH,	/* the same, of one that was written two seconds ago */
	JOIN,	/* id reads from a pipe what pid writes */
	SERVE,	/* pid serves a file system */
	STORE,	/* pid has a file of one open to write */
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

/* Sessions: 10, 11 and 12 have one; 30's parent is 10, but its session is its own; 20 is far away.
 * 41 and 42 are orphans of one session whose leader is gone. */
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
	add_proc(f, 41, 1, 40);
	add_proc(f, 42, 1, 40);
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

static void mount(struct nw_feed *f, const struct act *a)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(f, sizeof(e), NW_SHAPE_FD, NW_FD_MOUNT),
			      .scan_ns = f->now_ns,
			      .self = nw_feed_pid(a->pid),
			      .flags = a->step == SERVE ? NW_FD_READ | NW_FD_WRITE | NW_FD_MASTER
							: NW_FD_WRITE };

	nw_feed_event(f, &e.ev);
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
		} else if (a->step == SERVE || a->step == STORE) {
			mount(f, a);
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

static bool is_pulled(const struct act *a)
{
	while (a->step != END && a->step != PULLED) {
		a++;
	}
	return a->step == PULLED;
}

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
			assert_true(x->far && x->far->port == 443 &&
				    x->far->is_outbound == !is_pulled(s->act));
		}
		nw_feed_free(f);
	}
}
