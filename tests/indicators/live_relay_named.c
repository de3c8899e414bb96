/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live-relay: whose picture it says that it is. Beside the subject a recorder reads cameras that
 * have nothing to do with it, and these are the first of the book.
 */
#include "relay_host.h"

#define OUTSIDE	 "203.0.113.7"
#define RECORDER 101
#define READER	 102 /* reads, and writes into a pipe that the subject reads */
#define START	 15.0
#define NONE	 (-1)

struct stage {
	double at; /* seconds after the relay began */
	int named;
	const char *key, *text; /* evidence; NULL = none of these */
};

static const struct {
	const char *name;
	bool is_own;	  /* the subject reads them itself */
	unsigned beside;  /* cameras of the recorder */
	unsigned cameras; /* that the subject's data can be of */
	unsigned relayed; /* which of all */
	struct stage stage[2];
} shown[] = {
	{ "its own", true, 2, 1, 2, { { 11, 2, "camera", "cam2" }, { 40, 2, "camera", "cam2" } } },
	{ "over a chain",
	  false,
	  2,
	  1,
	  2,
	  { { 11, NONE, "one_of", "cam2" }, { 40, 2, "camera", "cam2" } } },
	{ "one of its own",
	  true,
	  1,
	  3,
	  2,
	  { { 11, NONE, "one_of", "cam1, cam2, cam3" },
	    { 18.5, NONE, "one_of", "cam2, cam1, cam3" } } },
	{ "one of a chain's",
	  false,
	  1,
	  2,
	  2,
	  { { 11, NONE, "one_of", "cam1, cam2" }, { 18.5, NONE, "one_of", "cam2, cam1" } } },
	{ "more than are told apart",
	  true,
	  1,
	  6,
	  2,
	  { { 11, NONE, NULL, NULL }, { 11.2, NONE, NULL, NULL } } },
};

static void cameras(struct host *h, uint32_t pid, unsigned n)
{
	while (n > 0) {
		struct wire_camera cam;

		wire_camera(&cam, &h->chance, wire_below(&h->chance, WIRE_TABLES));
		if (!host_has_like(h, &cam)) {
			host_camera(h, pid, &cam);
			n--;
		}
	}
}

/* "" = it has none. */
static const char *evidence(const struct nw_finding *f, const char *key)
{
	for (unsigned i = 0; f && i < f->evidence_len; i++) {
		if (strcmp(f->evidence[i].key, key) == 0) {
			return f->evidence[i].text;
		}
	}
	return "";
}

static void assert_stage(const struct host *h, const char *name, const struct stage *s)
{
	static const char *const keys[] = { "camera", "cameras", "one_of" };
	struct host_found f = host_found(h);

	assert_non_null(f.last);
	if (!f.last) {
		return;
	}
	if (host_camera_of(f.last) != s->named) {
		printf("%s, after %.1f s: named %d\n", name, s->at, host_camera_of(f.last));
	}
	assert_int_equal(host_camera_of(f.last), s->named);
	assert_int_equal(f.open, 1); /* and under one key */
	if (s->named == NONE) {
		assert_null(strstr(f.last->key, "cam2"));
	}
	for (size_t i = 0; i < NW_ARRAY_SIZE(keys); i++) {
		bool is_due = s->key && strcmp(s->key, keys[i]) == 0;

		assert_string_equal(evidence(f.last, keys[i]), is_due ? s->text : "");
	}
}

static void only_who_it_can_be_is_named(void **state)
{
	static const struct wire_way passed_on = { .factor = 1.01, .a_frame = 60, .jitter = 0.03 };

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(shown); i++) {
		struct host *h = host_new((i + 1) * 7919, 60, "");
		unsigned from = 0;

		cameras(h, RECORDER, shown[i].beside);
		cameras(h, shown[i].is_own ? HOST_SUBJECT : READER, shown[i].cameras);
		host_only(h, host_relay(h, HOST_SUBJECT, OUTSIDE, shown[i].relayed, &passed_on),
			  START, 1e9);
		if (!shown[i].is_own) {
			host_pipe(h, READER, NW_FD_WRITE);
			host_pipe(h, HOST_SUBJECT, NW_FD_READ);
		}
		for (size_t k = 0; k < NW_ARRAY_SIZE(shown[i].stage); k++) {
			unsigned to = (unsigned)((START + shown[i].stage[k].at) * 5);

			host_run_to(h, from, to);
			assert_stage(h, shown[i].name, &shown[i].stage[k]);
			from = to;
		}
		host_free(h);
	}
}

/* As much leaves as comes in, at a constant rate: whose it is nobody can say, but that it is none
 * of the recorder's.
 */
static void who_is_conserved_may_be_the_other(void **state)
{
	struct host *h = host_new(7, 60, "");
	struct host_flow *out;
	struct host_found f;

	(void)state;
	cameras(h, RECORDER, 1);
	cameras(h, HOST_SUBJECT, 2);
	out = host_out(h, HOST_SUBJECT, OUTSIDE);
	wire_other(&h->clock, &h->chance, WIRE_CONSTANT,
		   1.1 * wire_total(&h->clock, &h->flow[2].moved) /
			   h->clock.at[h->clock.passes - 1],
		   &out->moved);
	host_only(h, out, START, 1e9);
	host_run(h);
	f = host_found(h);
	assert_int_equal(f.score, 80);
	assert_int_equal(f.named, NONE);
	assert_string_equal(evidence(f.last, "one_of"), "cam2, cam1");
	host_free(h);
}

NW_TESTS(indicators_live_relay_named, cmocka_unit_test(only_who_it_can_be_is_named),
	 cmocka_unit_test(who_is_conserved_may_be_the_other));
