/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By which interface a flow leaves and of which kind that is: known from the start in every network
 * namespace, and kept up to date when nvrwatch has no privilege any more.
 */
#include "root/support.h"

static void check(struct json_object *rec, const char *name, const char *kind)
{
	if (name) {
		assert_string_equal(nw_rec_str(rec, "observer.egress.interface.name"), name);
	} else {
		nw_rec_check(rec, "observer.egress.interface.id=");
	}
	assert_string_equal(nw_rec_str(rec, "nvrwatch.interface.kind"), kind);
}

/* The address is in trusted_networks; the way to it is not. */
static void check_tunnel(struct nw_session *s)
{
	struct nw_flow_key key = { s->tunnel->pid, "udp", "10.98.0.2", 0, 9 };
	struct json_object *rec;

	nw_actor_say(s->tunnel, "go");
	rec = nw_flow_reached(s->tool, &key, 200, 0).first;
	check(rec, "tun0", "tun");
	nw_rec_check(rec, "nvrwatch.peer.inside=false");
}

/* Made, and given its name, long after the drop. */
static void check_made_later(struct nw_session *s)
{
	struct nw_flow_key key = { s->tunnel->pid, "udp", "10.99.0.2", 0, 9 };
	struct json_object *rec;

	nw_actor_say(s->tunnel, "go");
	assert_non_null(nw_rec_get(nw_actor_truth(s->tunnel), "ready"));
	nw_tool_settle(s->tool);
	nw_actor_say(s->tunnel, "go");
	rec = nw_flow_ended(s->tool, &key).last;
	check(rec, "last", "veth");
	nw_rec_check(rec, "nvrwatch.peer.inside=true");
	nw_actor_say(s->tunnel, "go");
	nw_actor_done(s->tunnel);
}

static void test_another_namespace(void **state)
{
	(void)state;
	check_tunnel(nw_session());
	check_made_later(nw_session());
}

static void test_loopback(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	struct nw_actor *seen = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 9 close", nw_actor_port(far));
	struct nw_flow_key key = { .pid = seen->pid, .transport = "tcp" };
	struct json_object *rec = nw_flow_ended(s->tool, &key).last;

	(void)state;
	check(rec, "lo", "loopback");
	nw_rec_check(rec, "nvrwatch.peer.inside=true");
}

/* What only received has no egress yet; the first answer tells. */
static void test_received_first(void **state)
{
	struct nw_session *s = nw_session();
	struct nw_actor *seen =
		nw_actor_start(NW_PLACE_SEEN, "udp bind 127.0.0.1 1 recv 2 wait echo 1");
	unsigned port = nw_actor_port(seen);
	struct nw_actor *far = nw_actor_start(
		NW_PLACE_FAR, "udp connect 127.0.0.1 %u send 2 100 wait send 1 100 recv 1", port);
	struct nw_flow_key key = { seen->pid, "udp", "127.0.0.1", port, 0 };

	(void)state;
	check(nw_flow_reached(s->tool, &key, 0, 200).last, NULL, "unknown");
	nw_actor_say(seen, "go");
	nw_actor_say(far, "go");
	check(nw_flow_ended(s->tool, &key).last, "lo", "loopback");
}

/* More changes than their socket has room for, while the reader is stopped: that is counted. */
static void test_more_changes_than_room(void **state)
{
	struct nw_actor *a =
		nw_actor_start(NW_PLACE_SEEN, "router newnet ready wait shake lo 1000 ready wait");
	struct nw_tool *t;

	(void)state;
	nw_actor_truth(a);
	nw_actor_truth(a);
	t = nw_tool_trace("");
	nw_tool_pause(t);
	nw_actor_say(a, "shake");
	nw_actor_truth(a);
	nw_tool_resume(t);
	nw_tool_await_loss(t, "host");
	assert_true(nw_tool_lost(nw_tool_stopped(t), "host") >= 1);
}

NW_TESTS(e2e_interfaces, NW_ROOT_TEST(test_another_namespace), NW_ROOT_TEST(test_loopback),
	 NW_ROOT_TEST(test_received_first), NW_ROOT_TEST(test_more_changes_than_room));
