/* SPDX-License-Identifier: Apache-2.0 */
/* What the site declared: which row a flow, a process, a listener and an address fit. */
#include "feed.h"

#include "state/policy.h"

static const char yaml[] = "recorders:\n"
			   "  - {name: vms, exe: [/opt/vms/], unit: vms.service}\n"
			   "  - {name: by-user, user: recorder}\n"
			   "cameras:\n"
			   "  - {name: door, address: 10.0.0.9}\n"
			   "  - {network: 10.0.9.0/24}\n"
			   "allowed:\n"
			   "  - {to: '*.example.org', port: 443, program: /opt/vms/}\n"
			   "  - {to: 203.0.113.0/24, program: rclone}\n"
			   "listeners:\n"
			   "  - {port: 443, from: 192.0.2.0/24}\n"
			   "  - {port: 37020, proto: udp}\n";

static void allowed(void **state)
{
	struct nw_feed *f = nw_feed_new(yaml, NW_FEED_SEC);
	struct nw_proc p = { .exe = "/opt/vms/bin/x" };
	struct nw_flow flow = { .is_outbound = true, .rport = 443, .owner = &p };

	(void)state;
	nw_feed_addr(flow.raddr, "198.51.100.1");
	assert_null(nw_policy_allowed(f->state, &flow));
	strcpy(flow.name, "a.b.Example.ORG");
	assert_non_null(nw_policy_allowed(f->state, &flow));
	strcpy(flow.name, "example.org"); /* itself is not below itself */
	assert_null(nw_policy_allowed(f->state, &flow));
	strcpy(flow.name, "notexample.org");
	assert_null(nw_policy_allowed(f->state, &flow));
	strcpy(flow.name, "a.example.org");
	flow.rport = 80;
	assert_null(nw_policy_allowed(f->state, &flow));
	nw_feed_addr(flow.raddr, "203.0.113.9");
	assert_null(nw_policy_allowed(f->state, &flow));
	strcpy(p.exe, "/usr/bin/rclone");
	assert_non_null(nw_policy_allowed(f->state, &flow));
	strcpy(p.exe, "/usr/bin/xrclone");
	assert_null(nw_policy_allowed(f->state, &flow));
	flow.owner = NULL;
	assert_null(nw_policy_allowed(f->state, &flow));
	nw_feed_free(f);
}

static void recorders_and_cameras(void **state)
{
	struct nw_feed *f = nw_feed_new(yaml, NW_FEED_SEC);
	struct nw_proc p = { .exe = "/opt/vms/bin/x", .uid = 7 };
	uint8_t addr[16];

	(void)state;
	assert_null(nw_policy_recorder(f->state, &p)); /* all keys of the row, not one */
	strcpy(p.unit, "vms.service");
	assert_string_equal(nw_policy_recorder(f->state, &p)->name, "vms");
	p.unit[0] = '\0';
	nw_feed_fact(f, "user.7", "recorder");
	assert_string_equal(nw_policy_recorder(f->state, &p)->name, "by-user");
	assert_null(nw_policy_recorder(f->state, NULL));
	nw_feed_addr(addr, "10.0.0.9");
	assert_string_equal(nw_policy_camera(f->state, addr)->name, "door");
	nw_feed_addr(addr, "10.0.9.200");
	assert_non_null(nw_policy_camera(f->state, addr));
	nw_feed_addr(addr, "10.0.8.200");
	assert_null(nw_policy_camera(f->state, addr));
	nw_feed_free(f);
}

static void listeners(void **state)
{
	struct nw_feed *f = nw_feed_new(yaml, NW_FEED_SEC);
	uint8_t in[16];
	uint8_t out[16];

	(void)state;
	nw_feed_addr(in, "192.0.2.3");
	nw_feed_addr(out, "192.0.3.3");
	assert_true(nw_policy_listener(f->state, IPPROTO_TCP, 443, in));
	assert_true(nw_policy_listener(f->state, IPPROTO_TCP, 443, NULL));
	assert_false(nw_policy_listener(f->state, IPPROTO_TCP, 443, out));
	assert_false(nw_policy_listener(f->state, IPPROTO_UDP, 443, in));
	assert_true(nw_policy_listener(f->state, IPPROTO_UDP, 37020, out));
	assert_true(nw_policy_guest(f->state, IPPROTO_TCP, 443, in));
	assert_false(nw_policy_guest(f->state, IPPROTO_TCP, 443, out));
	assert_false(nw_policy_guest(f->state, IPPROTO_UDP, 37020, out)); /* for everybody */
	nw_feed_free(f);
}

NW_TESTS(state_policy, cmocka_unit_test(allowed), cmocka_unit_test(recorders_and_cameras),
	 cmocka_unit_test(listeners));
