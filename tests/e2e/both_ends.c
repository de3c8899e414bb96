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
static void check_pair(struct nw_actor *client, struct nw_actor *server, unsigned port)
{
	struct nw_tool *t = nw_session()->tool;
	struct nw_flow_key to = { .pid = client->pid, .transport = "tcp", .rport = port };
	struct nw_flow_key from = { .pid = server->pid, .transport = "tcp", .lport = port };
	struct json_object *a, *b;

	nw_flow_reached(t, &to, 5001, 0);
	nw_flow_reached(t, &from, 0, 5001);
	nw_actor_say(client, "go");
	nw_actor_done(client);
	a = nw_flow_ended(t, &to).last;
	b = nw_flow_ended(t, &from).last;
	check_peer(a, b, server->pid);
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
	check_pair(client, server, port);
}

/* A veth pair from a namespace to one of a container. */
static void test_two_namespaces(void **state)
{
	struct nw_actor *server, *client, inner;

	(void)state;
	nw_session();
	server = nw_actor_start(NW_PLACE_SEEN,
				"tcp container wait ip addr,add,10.97.0.2/24,dev,v1 "
				"ip link,set,v1,up port 4711 listen 10.97.0.2 accept eof");
	inner = (struct nw_actor){
		.pid = (pid_t)nw_rec_u64(nw_actor_truth(server), "pid"),
	};
	client = nw_actor_start(NW_PLACE_SEEN,
				"tcp newnet ip link,add,v0,type,veth,peer,name,v1,netns,%d "
				"ip addr,add,10.97.0.1/24,dev,v0 ip link,set,v0,up "
				"ready wait connect 10.97.0.2 4711 send 5001 wait send 7 close",
				inner.pid);
	nw_actor_truth(client);
	assert_non_null(nw_rec_get(nw_actor_truth(client), "ready"));
	nw_actor_say(server, "go");
	assert_int_equal(nw_actor_port(server), 4711);
	nw_actor_say(client, "go");
	check_pair(client, &inner, 4711);
	nw_actor_done(server);
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
