/* SPDX-License-Identifier: Apache-2.0 */
/* live-relay: what leaves by a proxy of the office, which is inside, goes where the proxy was asked for. */
#include "relay_host.h"
#include "state/camera_feed.h"

#define PROXY "10.0.0.40"

static const struct wire_way passed_on = { .factor = 1.01, .a_frame = 60, .jitter = 0.03 };

static struct host_found asked(const char *request, const char *config, char ret_evidence[64])
{
	struct host *h = host_new(11, 60, config);
	struct bytes b = { request, strlen(request) };
	struct wire_camera cam;
	struct host_flow *out;
	struct host_found f;

	wire_camera(&cam, &h->chance, wire_below(&h->chance, WIRE_TABLES));
	host_camera(h, HOST_SUBJECT, &cam);
	out = host_relay(h, HOST_SUBJECT, PROXY, 0, &passed_on);
	out->e.rport_be = htons(3128);
	camera_head(h->f, &out->e, NW_HEAD_TX, &b);
	host_run(h);
	f = host_found(h);
	ret_evidence[0] = '\0';
	for (unsigned i = 0; f.last && i < f.last->evidence_len; i++) {
		if (strcmp(f.last->evidence[i].key, "asked_of_a_proxy") == 0) {
			snprintf(ret_evidence, 64, "%s", f.last->evidence[i].text);
		}
	}
	host_free(h);
	return f;
}

static void what_a_proxy_is_asked_for(void **state)
{
	static const struct {
		const char *request, *config, *says;
		bool is_alert, is_silent;
	} rows[] = {
		{ "CONNECT media.example.org:443 HTTP/1.1\r\n\r\n", "", "media.example.org", true,
		  false },
		{ "PUT http://203.0.113.9/live HTTP/1.1\r\nHost: 203.0.113.9\r\n\r\n", "",
		  "203.0.113.9", true, false },
		{ "CONNECT media.example.org:443 HTTP/1.1\r\n\r\n",
		  "allowed: [{to: \"*.example.org\", port: 443, why: control room}]",
		  "media.example.org", false, false },
		/* no proxy, or for what is inside too */
		{ "PUT /live HTTP/1.1\r\nHost: media.example.org\r\n\r\n", "", "", false, true },
		{ "CONNECT 10.0.0.77:443 HTTP/1.1\r\n\r\n", "", "", false, true },
		{ "CONNECT [fd00::7]:443 HTTP/1.1\r\n\r\n", "", "", false, true },
		{ "CONNECT store:443 HTTP/1.1\r\n\r\n", "", "", false, true },
	};
	char says[64];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(rows); i++) {
		struct host_found f = asked(rows[i].request, rows[i].config, says);

		assert_int_equal(f.score >= NW_ALERT_SCORE, rows[i].is_alert);
		assert_int_equal(f.score == 0, rows[i].is_silent);
		assert_string_equal(says, rows[i].says);
	}
}

NW_TESTS(indicators_live_relay_proxy, cmocka_unit_test(what_a_proxy_is_asked_for));
