/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversations with both ends on this host: the record of each end names the process of the other,
 * over loopback and from one network namespace to another.
 */
#include "root/support.h"

/* What one record says of the other end is what the other end's own record says of itself. */
static void check_peer(struct json_object *rec, struct json_object *other, pid_t pid)
{
	static const char *const members[] = { "pid", "entity_id", "name", "executable" };

	assert_int_equal(nw_rec_u64(rec, "nvrwatch.peer_process.pid"), pid);
	for (size_t i = 0; i < NW_ARRAY_SIZE(members); i++) {
		char path[64];
		const char *is;

		snprintf(path, sizeof(path), "nvrwatch.peer_process.%s", members[i]);
		is = nw_rec_str(rec, path);
		snprintf(path, sizeof(path), "process.%s", members[i]);
		assert_non_null(is);
		assert_string_equal(is, nw_rec_str(other, path));
	}
}

/* Both were told to be open, each end moves something more, and both end. */
static void check_pair(struct nw_actor *client, pid_t server, unsigned port)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_flow_key to = { .pid = client->pid, .transport = "tcp", .rport = port };
	struct nw_flow_key from = { .pid = server, .transport = "tcp", .lport = port };
	struct json_object *a, *b;

	nw_flow_reached(t, &to, 5001, 0);
	nw_flow_reached(t, &from, 0, 5001);
	nw_actor_say(client, "go");
	nw_actor_done(client);
	a = nw_flow_ended(t, &to).last;
	b = nw_flow_ended(t, &from).last;
	check_peer(a, b, server);
	check_peer(b, a, client->pid);
}

static void test_loopback(void **state)
{
	struct nw_actor *server, *client;
	unsigned port;

	(void)state;
	nw_session();
	server = nw_actor_start(NW_PLACE_SEEN, "tcp listen ::1 accept eof");
	port = nw_actor_port(server);
	client = nw_actor_start(NW_PLACE_SEEN, "tcp connect ::1 %u send 5001 wait send 7 close",
				port);
	check_pair(client, server->pid, port);
}

/* A veth pair from a namespace to one of a container. */
static void test_two_namespaces(void **state)
{
	struct nw_end server = { .place = NW_PLACE_SEEN,
				 .ns = "container",
				 .addr = "10.97.0.2",
				 .script = "port 4711 listen 10.97.0.2 accept eof" };
	struct nw_end client = { .place = NW_PLACE_SEEN,
				 .addr = "10.97.0.1",
				 .script = "wait connect 10.97.0.2 4711 send 5001 wait send 7 "
					   "close" };

	(void)state;
	nw_session();
	nw_ends_start(&server, &client);
	assert_int_equal(nw_actor_port(server.actor), 4711);
	nw_actor_say(client.actor, "go");
	check_pair(client.actor, server.pid, 4711);
	nw_actor_done(server.actor);
}

/* Shorter than a bin: each end is told once, and the second knows the first. */
static void test_short(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *server =
		nw_actor_start(NW_PLACE_SEEN, "tcp listen 127.0.0.1 accept eof close");
	struct nw_actor *client = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 9 close", nw_actor_port(server));
	struct nw_flow_key to = { .pid = client->pid, .transport = "tcp" };
	struct nw_flow_key from = { .pid = server->pid, .transport = "tcp" };
	struct json_object *a = nw_flow_ended(t, &to).last;
	struct json_object *b = nw_flow_ended(t, &from).last;

	(void)state;
	if (nw_rec_u64(a, "event.sequence") > nw_rec_u64(b, "event.sequence")) {
		check_peer(a, b, server->pid);
	} else {
		check_peer(b, a, client->pid);
	}
}

static void test_datagrams(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *server = nw_actor_start(NW_PLACE_SEEN, "udp bind 127.0.0.1 1 echo 6");
	unsigned port = nw_actor_port(server);
	struct nw_actor *client = nw_actor_start(
		NW_PLACE_SEEN, "udp connect 127.0.0.1 %u send 3 100 recv 3 wait send 3 100 recv 3",
		port);
	struct nw_flow_key to = { client->pid, "udp", "127.0.0.1", 0, port };
	struct nw_flow_key from = { server->pid, "udp", "127.0.0.1", port, 0 };

	(void)state;
	nw_flow_reached(t, &to, 300, 300);
	nw_flow_reached(t, &from, 300, 300);
	nw_actor_say(client, "go");
	assert_int_equal(nw_rec_u64(nw_flow_ended(t, &to).last, "nvrwatch.peer_process.pid"),
			 server->pid);
	assert_int_equal(nw_rec_u64(nw_flow_ended(t, &from).last, "nvrwatch.peer_process.pid"),
			 client->pid);
}

/* The far end is not observed here: nobody is named. */
static void test_only_one_end_is_seen(void **state)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_actor *server = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	struct nw_actor *client = nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u send 9 close", nw_actor_port(server));
	struct nw_flow_key to = { .pid = client->pid, .transport = "tcp" };

	(void)state;
	nw_rec_check(nw_flow_ended(t, &to).last, "nvrwatch.peer_process.pid=");
}

NW_TESTS(e2e_both_ends, NW_ROOT_TEST(test_loopback), NW_ROOT_TEST(test_two_namespaces),
	 NW_ROOT_TEST(test_short), NW_ROOT_TEST(test_datagrams),
	 NW_ROOT_TEST(test_only_one_end_is_seen));
