/* SPDX-License-Identifier: Apache-2.0 */
/* live-relay: a camera on a thin line, of some 50 kbit/s, is a picture that moves too. */
#include "relay_host.h"

#define THIN 6000.0 /* bytes a second */

static const struct wire_way passed_on = { .factor = 1.01, .a_frame = 60, .jitter = 0.03 };

static void is_found_by_its_bytes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct host *h = host_new(seed * 7919, 100, "");
		double seconds = h->clock.at[h->clock.passes - 1];
		struct wire_camera cam;
		struct host_found f;
		double part;

		wire_camera(&cam, &h->chance, wire_below(&h->chance, WIRE_TABLES));
		host_camera(h, HOST_SUBJECT, &cam);
		(void)host_relay(h, HOST_SUBJECT, "203.0.113.7", 0, &passed_on);
		part = THIN * seconds / wire_total(&h->clock, &h->flow[0].moved);
		for (unsigned i = 0; i < 2 * h->clock.passes; i++) {
			struct wire_flow *m = &h->flow[i % 2].moved;

			m->moved[i / 2] *= part;
		}
		host_run(h);
		f = host_found(h);
		assert_true(f.score >= 80);
		assert_int_equal(f.named, 0);
		host_free(h);
	}
}

NW_TESTS(indicators_live_relay_thin, cmocka_unit_test(is_found_by_its_bytes));
