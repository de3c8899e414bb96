/* SPDX-License-Identifier: Apache-2.0 */
/* live-relay: what must raise it, what looks like it and must not, ways to hide, hostile events. */
#include "relay_host.h"

#define OUTSIDE "203.0.113.7"
#define READER	101 /* pid of who reads cameras where the subject only sends */
#define START	15.0

static const struct wire_way passed_on = { .factor = 1.01, .a_frame = 60, .jitter = 0.03 };

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

static double mean_of(const struct host *h, unsigned camera)
{
	return wire_total(&h->clock, &h->flow[camera].moved) / h->clock.at[h->clock.passes - 1];
}

/* ---- what must raise it --------------------------------------------------------------------- */

static void one_to_outside(struct host *h)
{
	cameras(h, HOST_SUBJECT, 1);
	host_only(h, host_relay(h, HOST_SUBJECT, OUTSIDE, 0, &passed_on), START, 1e9);
}

static void over_udp(struct host *h)
{
	one_to_outside(h);
	h->flow[1].e.proto = IPPROTO_UDP;
}

/* Sockets that are bound to a port, each peer's datagrams in a slot: RTP after RTSP, and a sink. */
static void over_bound_udp(struct host *h)
{
	over_udp(h);
	for (unsigned i = 0; i < 2; i++) {
		struct nw_ev_sock *e = &h->flow[i].e;

		e->proto = IPPROTO_UDP;
		e->slot = 1;
		e->flags = NW_SOCK_LISTENER | (i ? NW_SOCK_TX_FIRST : 0);
		e->lport_be = htons((uint16_t)(40624 + i));
		e->rport_be = htons(i ? 5004 : 41356);
	}
}

static void through_a_pipe(struct host *h)
{
	cameras(h, READER, 1);
	host_only(h, host_relay(h, HOST_SUBJECT, OUTSIDE, 0, &passed_on), START, 1e9);
	host_pipe(h, READER, NW_FD_WRITE);
	host_pipe(h, HOST_SUBJECT, NW_FD_READ);
}

/* Seen only by a scan of open files that comes after the flow's first record. */
static void through_a_pipe_seen_late(struct host *h)
{
	cameras(h, READER, 1);
	host_only(h, host_relay(h, HOST_SUBJECT, OUTSIDE, 0, &passed_on), START, 1e9);
}

static void late_pipe(struct host *h)
{
	struct nw_ev_fd e = { .ev = nw_feed_head(h->f, sizeof(e), NW_SHAPE_FD, NW_FD_END),
			      .scan_ns = h->f->now_ns };

	host_pipe(h, READER, NW_FD_WRITE);
	host_pipe(h, HOST_SUBJECT, NW_FD_READ);
	nw_feed_event(h->f, &e.ev);
}

static void through_loopback(struct host *h)
{
	static const struct wire_way local = { .factor = 1, .jitter = 0.005 };
	struct host_flow *there, *here;

	cameras(h, READER, 1);
	there = host_relay(h, READER, "127.0.0.1", 0, &local);
	here = host_flow(h, HOST_SUBJECT, "127.0.0.1");
	here->moved = there->moved;
	nw_feed_addr(there->e.laddr, "127.0.0.1");
	nw_feed_addr(here->e.laddr, "127.0.0.1");
	there->e.flags |= NW_SOCK_LOOPBACK;
	here->e.flags = NW_SOCK_ACCEPTED | NW_SOCK_LOOPBACK;
	there->e.lport_be = here->e.rport_be = htons(50000);
	there->e.rport_be = here->e.lport_be = htons(9000);
	host_only(h, host_relay(h, HOST_SUBJECT, OUTSIDE, 0, &passed_on), START, 1e9);
}

/* Each pass in another flow. */
static void split(struct host *h, unsigned ways, bool is_far)
{
	const struct wire_flow all = h->flow[1].moved;

	h->flows = 1;
	for (unsigned i = 0; i < ways; i++) {
		char addr[32];
		struct host_flow *hf;

		snprintf(addr, sizeof(addr), "203.0.%u.%u", is_far ? i : 113, i + 1);
		hf = host_out(h, HOST_SUBJECT, addr);
		hf->e.lport_be = htons((uint16_t)(41000 + i));
		for (unsigned k = 0; k < h->clock.passes; k++) {
			hf->moved.moved[k] = k % ways == i ? all.moved[k] : 0;
		}
	}
}

static void over_many_connections(struct host *h)
{
	one_to_outside(h);
	split(h, 16, false);
}

static void to_many_networks(struct host *h)
{
	one_to_outside(h);
	split(h, 12, true);
}

/* A new connection after every 2 s, gone before the next look. */
static void reconnecting(struct host *h)
{
	const struct wire_flow *all = &h->flow[1].moved;
	unsigned n = 0;

	one_to_outside(h);
	for (unsigned k = 0; k < h->clock.passes; k++) {
		n += all->moved[k] > 0;
	}
	assert_true(n > 100);
	h->reconnect = 10;
}

static void every_other_minute(struct host *h)
{
	one_to_outside(h);
	for (unsigned k = 0; k < h->clock.passes; k++) {
		if (fmod(h->clock.at[k] - START, 120) > 60) {
			h->flow[1].moved.moved[k] = 0;
		}
	}
}

static void padded(struct host *h)
{
	static const struct wire_way fat = { .factor = 1.7, .a_frame = 300, .jitter = 0.03 };

	cameras(h, HOST_SUBJECT, 1);
	host_only(h, host_relay(h, HOST_SUBJECT, OUTSIDE, 0, &fat), START, 1e9);
}

static void with_sound(struct host *h)
{
	static const struct wire_way loud = { .factor = 1.02, .audio = 8000, .jitter = 0.02 };

	cameras(h, HOST_SUBJECT, 1);
	host_only(h, host_relay(h, HOST_SUBJECT, OUTSIDE, 0, &loud), START, 1e9);
}

static void throttled(struct host *h)
{
	struct wire_way slow = { .factor = 1.01 };

	cameras(h, HOST_SUBJECT, 1);
	slow.link = mean_of(h, 0) * 1.25;
	host_only(h, host_relay(h, HOST_SUBJECT, OUTSIDE, 0, &slow), START, 1e9);
}

static void of_all_at_once(struct host *h)
{
	const struct wire_camera *all[8];

	cameras(h, HOST_SUBJECT, 6);
	for (unsigned i = 0; i < 6; i++) {
		all[i] = &h->camera[i];
	}
	host_out(h, HOST_SUBJECT, OUTSIDE);
	wire_relay(&h->clock, &h->chance, all, 6, &passed_on, &h->flow[6].moved);
	host_only(h, &h->flow[6], START, 1e9);
}

struct shown {
	const char *name;
	void (*make)(struct host *h);
	void (*midway)(struct host *h); /* ten seconds after the relay began */
	double seconds;
	unsigned score; /* at least */
	int named;	/* -1: nobody may be */
};

static void is_raised(void **state)
{
	static const struct shown shown[] = {
		{ "one", one_to_outside, NULL, 60, 80, 0 },
		{ "UDP", over_udp, NULL, 60, 80, 0 },
		{ "bound UDP", over_bound_udp, NULL, 60, 80, 0 },
		{ "pipe", through_a_pipe, NULL, 60, 80, 0 },
		{ "pipe, seen late", through_a_pipe_seen_late, late_pipe, 60, 80, 0 },
		{ "loopback", through_loopback, NULL, 60, 80, 0 },
		{ "many connections", over_many_connections, NULL, 60, 80, 0 },
		{ "many networks", to_many_networks, NULL, 70, 80, 0 },
		{ "reconnecting", reconnecting, NULL, 60, 75, 0 },
		{ "every other minute", every_other_minute, NULL, 60, 80, 0 },
		{ "padded", padded, NULL, 60, 80, 0 },
		{ "sound", with_sound, NULL, 60, 80, 0 },
		{ "throttled", throttled, NULL, 60, 80, 0 },
		{ "all at once", of_all_at_once, NULL, 60, 80, -1 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(shown); i++) {
		for (uint64_t seed = 1; seed <= 3; seed++) {
			struct host *h = host_new(seed * 7919, shown[i].seconds, "");
			struct host_found f;

			shown[i].make(h);
			host_run_to(h, 0, (unsigned)((START + 10) * 5));
			if (shown[i].midway) {
				shown[i].midway(h);
			}
			host_run_to(h, (unsigned)((START + 10) * 5), h->clock.passes);
			f = host_found(h);
			if (f.score < shown[i].score || f.named != shown[i].named) {
				printf("%s, seed %ju: score %u named %d\n", shown[i].name,
				       (uintmax_t)seed, f.score, f.named);
			}
			assert_true(f.score >= shown[i].score);
			assert_int_equal(f.named, shown[i].named);
			assert_int_equal(f.open, 1);
			host_free(h);
		}
	}
}

/* ---- what must not -------------------------------------------------------------------------- */

static void other(struct host *h, uint32_t pid, enum wire_other kind, double rate, double from,
		  double to)
{
	struct host_flow *hf = host_out(h, pid, OUTSIDE);

	wire_other(&h->clock, &h->chance, kind, rate, &hf->moved);
	host_only(h, hf, from, to);
}

static void operator_inside(struct host *h)
{
	cameras(h, HOST_SUBJECT, 16);
	host_relay(h, HOST_SUBJECT, "10.1.2.3", 4, &passed_on);
}

static void nightly_backup(struct host *h)
{
	cameras(h, HOST_SUBJECT, 16);
	other(h, HOST_SUBJECT, WIRE_BACKUP, 2.5e6, START, START + 24);
}

static void backup_beside_one(struct host *h)
{
	cameras(h, HOST_SUBJECT, 1);
	other(h, HOST_SUBJECT, WIRE_CONSTANT, 5e6, START, START + 6);
}

static void control_traffic(struct host *h)
{
	struct host_flow *hf;

	cameras(h, HOST_SUBJECT, 2);
	hf = host_out(h, HOST_SUBJECT, OUTSIDE);
	for (unsigned k = 0; k < h->clock.passes; k++) {
		hf->moved.moved[k] = k % 25 == 0 ? 300 : k % 299 == 0 ? 9000 : 0;
	}
}

static void steady_upload_of_a_recorder(struct host *h)
{
	cameras(h, HOST_SUBJECT, 16);
	other(h, HOST_SUBJECT, WIRE_CONSTANT, mean_of(h, 3), START, 1e9);
}

static void web_of_a_recorder(struct host *h)
{
	cameras(h, HOST_SUBJECT, 16);
	other(h, HOST_SUBJECT, WIRE_WEB, mean_of(h, 3), START, 1e9);
}

static void pulses_of_a_recorder(struct host *h)
{
	cameras(h, HOST_SUBJECT, 16);
	other(h, HOST_SUBJECT, WIRE_BURSTS, mean_of(h, 3), START, 1e9);
}

static void anothers_upload(struct host *h)
{
	cameras(h, READER, 4);
	other(h, HOST_SUBJECT, WIRE_CONSTANT, mean_of(h, 0), START, 1e9);
	other(h, HOST_SUBJECT + 50, WIRE_AIMD, mean_of(h, 1), START, 1e9);
}

/* Of a camera that is not this host's, with the same pictures at another time. */
static void anothers_stream(struct host *h)
{
	const struct wire_camera *one;
	struct wire_camera cam;

	cameras(h, READER, 4);
	cam = h->camera[0];
	cam.first = (cam.first + 40 * cam.table->fps) % cam.table->frames;
	one = &cam;
	host_out(h, HOST_SUBJECT, OUTSIDE);
	wire_relay(&h->clock, &h->chance, &one, 1, &passed_on, &h->flow[4].moved);
}

/* Somebody outside watches: remote-viewer's. */
static void pulled(struct host *h)
{
	one_to_outside(h);
	h->flow[1].e.flags = NW_SOCK_ACCEPTED;
}

static void pulled_beside_a_session(struct host *h)
{
	struct host_flow *session;

	one_to_outside(h);
	h->flow[1].e.proto = IPPROTO_UDP;
	h->flow[1].e.flags = NW_SOCK_TX_FIRST;
	session = host_out(h, HOST_SUBJECT, OUTSIDE);
	session->e.flags = NW_SOCK_ACCEPTED;
	session->moved.moved[5] = 400;
}

/* One each two seconds or so, less than half of what is read: snapshot-push's. */
static void single_pictures(struct host *h)
{
	struct host_flow *hf;

	cameras(h, HOST_SUBJECT, 1);
	hf = host_out(h, HOST_SUBJECT, OUTSIDE);
	for (unsigned k = (unsigned)(START * 5); k < h->clock.passes; k += 9 + k * 37 % 7) {
		hf->moved.moved[k] = (uint32_t)(mean_of(h, 0) * (0.9 + 0.2 * (k % 7) / 6));
	}
}

static void is_silent(void **state)
{
	static const struct {
		const char *name;
		void (*make)(struct host *h);
		unsigned score;
	} quiet[] = {
		{ "operator inside", operator_inside, 0 },
		{ "nightly backup", nightly_backup, 49 },
		{ "backup beside one camera", backup_beside_one, 0 },
		{ "control traffic", control_traffic, 0 },
		{ "steady upload of a recorder", steady_upload_of_a_recorder, 49 },
		{ "web of a recorder", web_of_a_recorder, 49 },
		{ "pulses of a recorder", pulses_of_a_recorder, 49 },
		{ "pulled", pulled, 45 },
		{ "pulled beside a session", pulled_beside_a_session, 45 },
		{ "single pictures", single_pictures, 45 },
		{ "another's upload", anothers_upload, 0 },
		{ "another's stream", anothers_stream, 0 },
	};

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(quiet); i++) {
		for (uint64_t seed = 1; seed <= 3; seed++) {
			struct host *h = host_new(seed * 104729, 110, "");
			struct host_found f;

			quiet[i].make(h);
			host_run(h);
			f = host_found(h);
			if (f.score > quiet[i].score) {
				printf("%s, seed %ju: score %u\n", quiet[i].name, (uintmax_t)seed,
				       f.score);
			}
			assert_true(f.score <= quiet[i].score);
			assert_true(f.named == -1 || quiet[i].score == 45);
			host_free(h);
		}
	}
}

/* Bytes that follow no camera take back what lineage alone said. */
static void is_withdrawn(void **state)
{
	struct host *h = host_new(4, 170, "");
	struct host_found f;

	(void)state;
	cameras(h, HOST_SUBJECT, 1);
	other(h, HOST_SUBJECT, WIRE_CONSTANT, mean_of(h, 0) * 0.5, START, 1e9);
	host_run(h);
	f = host_found(h);
	assert_int_equal(f.score, 60);
	assert_int_equal(f.last->outcome, NW_OUTCOME_CANNOT_TELL);
	assert_true(f.withdrawn > START + 60);
	assert_int_equal(f.open, 0);
	host_free(h);
}

/* A destination that the site declared is told, and is no alert. */
static void what_is_allowed_is_information(void **state)
{
	struct host *h = host_new(5, 60, "allowed: [{to: 203.0.113.0/24, why: control room}]");
	struct host_found f;

	(void)state;
	one_to_outside(h);
	host_run(h);
	f = host_found(h);
	assert_in_range(f.score, 1, NW_ALERT_SCORE - 1);
	assert_int_equal(f.open, 1);
	assert_int_equal(f.named, 0);
	host_free(h);
}

/* It ends, and is closed; the same again, over another connection, is the same finding's key. */
static void it_is_closed_and_keyed(void **state)
{
	struct host *h = host_new(6, 199, "");
	struct host_found f;

	(void)state;
	one_to_outside(h);
	host_only(h, &h->flow[1], START, START + 45);
	host_run(h);
	f = host_found(h);
	assert_int_equal(f.open, 0);
	assert_true(f.withdrawn > START + 45 + 110);
	assert_string_equal(f.last->rule_id, "live-relay");
	assert_string_equal(f.last->question, "live");
	assert_string_equal(f.last->technique[0], "T1125");
	host_free(h);
}

/* Counters that run backwards or over, flows without anybody, times out of order. */
static void hostile_measures(void **state)
{
	static const uint64_t odd[] = { 0, 1, UINT64_MAX, 1ULL << 63, UINT32_MAX, 5 };
	struct host *h = host_new(8, 30, "");

	(void)state;
	one_to_outside(h);
	host_run_to(h, 0, 100);
	for (unsigned i = 0; i < 4000; i++) {
		struct nw_ev_sock e = h->flow[i % 2].e;

		e.ev.ts_ns = h->f->now_ns +
			     odd[wire_below(&h->chance, 6)] % (i % 7 ? 1000000 : 1ULL << 62);
		e.t0_ns = odd[wire_below(&h->chance, 6)];
		e.tx_bytes = odd[wire_below(&h->chance, 6)];
		e.rx_bytes = odd[wire_below(&h->chance, 6)];
		e.t0_tx_bytes = odd[wire_below(&h->chance, 6)];
		e.cookie += i % 5 == 0 ? i : 0;
		e.owner = i % 11 ? nw_feed_pid(200 + i) : (struct nw_proc_id){ .tgid = 0 };
		e.ev.what = i % 13 ? NW_SOCK_BIN : NW_SOCK_CLOSE;
		nw_feed_event(h->f, &e.ev);
		h->f->told_count = 0;
		if (i % 50 == 0) {
			nw_feed_tick(h->f, 200000000);
		}
	}
	host_free(h);
}

NW_TESTS(indicators_live_relay, cmocka_unit_test(is_raised), cmocka_unit_test(is_silent),
	 cmocka_unit_test(is_withdrawn), cmocka_unit_test(what_is_allowed_is_information),
	 cmocka_unit_test(it_is_closed_and_keyed), cmocka_unit_test(hostile_measures));
