/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of nvrwatch that many tests share: in a VM each start costs seconds. Tests stay apart by
 * pid and port. What was open before the start is made here, before it. When the run could not be
 * started, every test that needs it says so at once.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "root/reads.h"
#include "root/support.h"

#define PLANT_STREAMS 24 /* as many as plant opens */

static struct nw_session session;
static bool is_begun;
static struct nw_planted planted;

static struct nw_actor *lasting(struct nw_actor *a)
{
	a->is_lasting = true;
	return a;
}

/* Each side says its truth after it carried NW_SESSION_BEFORE, then does the rest when told. */
#define BEFORE	    "send 10007 recv 10007 truth wait "
#define LATER_FIRST "send 20011 recv 30013 wait shut eof truth close"
#define LATER_THEN  "recv 20011 send 30013 eof truth close"

static void open_connections(struct nw_session *s)
{
	s->client_peer = lasting(nw_actor_start(
		NW_PLACE_FAR, "tcp listen 127.0.0.1 accept deafen " BEFORE LATER_THEN));
	s->client_port = nw_actor_port(s->client_peer);
	s->client = lasting(nw_actor_start(
		NW_PLACE_SEEN, "tcp connect 127.0.0.1 %u " BEFORE LATER_FIRST, s->client_port));
	s->server =
		lasting(nw_actor_start(NW_PLACE_SEEN, "tcp listen ::1 accept " BEFORE LATER_FIRST));
	s->server_port = nw_actor_port(s->server);
	s->server_peer = lasting(nw_actor_start(
		NW_PLACE_FAR, "tcp connect ::1 %u " BEFORE LATER_THEN, s->server_port));
	nw_actor_truth(s->client);
	nw_actor_truth(s->client_peer);
	nw_actor_truth(s->server);
	nw_actor_truth(s->server_peer);
}

static void open_listeners(struct nw_session *s)
{
	s->listener = lasting(nw_actor_start(NW_PLACE_SEEN, "tcp listen 127.0.0.1 wait"));
	s->listener_port = nw_actor_port(s->listener);
	s->udp = lasting(nw_actor_start(NW_PLACE_SEEN, "udp serve 127.0.0.1 echo 3 truth close"));
	s->udp_port = nw_actor_port(s->udp);
}

static void open_stub(struct nw_session *s)
{
	s->stub = lasting(nw_actor_start(NW_PLACE_SEEN, "dns_stub %s 53 %s 53 -",
					 nw_place_address(NW_SESSION_STUB),
					 nw_place_address(NW_SESSION_UPSTREAM)));
	nw_actor_truth(s->stub);
	s->asker = lasting(nw_actor_start(
		NW_PLACE_SEEN, "dns_ask ready wait udp %s 53 " NW_SESSION_NAME " A send %s %u %u",
		nw_place_address(NW_SESSION_STUB), nw_place_address(NW_SESSION_CAMERA),
		NW_SESSION_PORT, NW_SESSION_SENT));
	nw_actor_truth(s->asker);
}

static pid_t away_pid(struct nw_actor *a)
{
	return (pid_t)nw_rec_u64(nw_actor_truth(a), "pid");
}

/* ns: the verb that leaves this host's network */
static void open_away(struct nw_away *w, const char *ns)
{
	w->server = lasting(nw_actor_start(
		NW_PLACE_SEEN, "tcp %s listen 127.0.0.1 accept " BEFORE LATER_FIRST, ns));
	w->server_pid = away_pid(w->server);
	w->server_port = nw_actor_port(w->server);
	w->server_peer = lasting(
		nw_actor_start(NW_PLACE_FAR, "tcp enter %d connect 127.0.0.1 %u " BEFORE LATER_THEN,
			       w->server_pid, w->server_port));
	nw_actor_truth(w->server);
	nw_actor_truth(w->server_peer);
	w->udp = lasting(
		nw_actor_start(NW_PLACE_SEEN, "udp %s serve 127.0.0.1 echo 3 truth close", ns));
	w->udp_pid = away_pid(w->udp);
	w->udp_port = nw_actor_port(w->udp);
}

/* It sends to 10.98.0.2 by tun0, and later to 10.99.0.2 by a veth that is new and gets a new name. */
static void open_tunnel(struct nw_session *s)
{
	s->tunnel = lasting(nw_actor_start(
		NW_PLACE_SEEN,
		"udp newnet ip tuntap,add,dev,tun0,mode,tun ip addr,add,10.98.0.1/24,dev,tun0 "
		"ip link,set,tun0,up ready wait socket 4 spray 10.98.0.2 2 100 9 wait "
		"ip link,add,later,type,veth,peer,name,other ip link,set,later,name,last "
		"ip addr,add,10.99.0.1/24,dev,last ip link,set,last,up ip link,set,other,up "
		"ip neigh,add,10.99.0.2,lladdr,02:00:00:00:00:01,dev,last "
		"ready wait spray 10.99.0.2 2 100 9 close ready wait"));
	nw_actor_truth(s->tunnel);
	nw_actor_truth(s->tunnel);
}

/* ---- what it missed ---------------------------------------------------------------------------- */

#define QUIET_MS 500 /* a tool that has something to say begins in that time */

/* Records of who is no more, from one on: of a flood that was another run's to tell, 200 MB of them. */
static void forget_dead(struct nw_tool *t, size_t from)
{
	size_t kept = from;

	for (size_t i = from; i < t->recs_len; i++) {
		pid_t pid = nw_rec_get(t->recs[i], "process.pid")
				    ? (pid_t)nw_rec_u64(t->recs[i], "process.pid")
				    : 0;

		if (pid > 0 && kill(pid, 0) < 0) {
			json_object_put(t->recs[i]);
			continue;
		}
		t->ends[kept] = t->ends[i];
		t->recs[kept++] = t->recs[i];
	}
	t->recs_len = kept;
}

/* Reads until the end of a process is told, or nothing comes. */
static bool tells_end_of(struct nw_tool *t, pid_t pid)
{
	size_t before;

	do {
		size_t from = t->recs_len;

		if (nw_tool_count(t,
				  "event.dataset=nvrwatch.process event.action=exit process.pid=%d",
				  pid)) {
			return true;
		}
		forget_dead(t, from);
		before = t->out.len;
		nw_tool_read(t, QUIET_MS);
	} while (t->out.len > before);
	return false;
}

/* While a test watched another run, nobody read this one. A flood then fills its pipe and its ring, and
 * what is started before both have room again may be lost. Returns when they have. */
static void catch_up(struct nw_tool *t)
{
	uint64_t deadline = nw_deadline();
	struct nw_actor *a;

	if (t->out.is_eof || nw_tool_waiting(t) < (size_t)fcntl(t->out.fd, F_GETPIPE_SZ) / 2) {
		return;
	}
	do {
		if (nw_deadline_is_over(deadline)) {
			nw_tool_fail(t, "it does not catch up");
		}
		a = nw_actor_start(NW_PLACE_SEEN, "proc");
		nw_actor_end(a);
	} while (!tells_end_of(t, a->pid));
}

struct nw_session *nw_session(void)
{
	reads_end();
	if (!is_begun) {
		is_begun = true;
		open_connections(&session);
		open_listeners(&session);
		open_stub(&session);
		open_tunnel(&session);
		open_away(&session.newnet, "newnet");
		open_away(&session.container, "container");
		session.tool = nw_tool_trace("");
		session.tool->is_lasting = true;
	}
	if (!session.tool) {
		fail_msg("the shared run of nvrwatch could not be started");
	}
	catch_up(session.tool);
	return &session;
}

static void new_word(char word[NW_SESSION_WORD])
{
	unsigned char random[16];

	assert_int_equal(getrandom(random, sizeof(random), 0), sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++) {
		snprintf(word + 2 * i, 3, "%02x", random[i]);
	}
}

const struct nw_planted *nw_session_planted(void)
{
	if (!planted.word[0]) {
		new_word(planted.word);
	}
	return &planted;
}

/* Log-ins to a server that reads and says nothing, and a program with secrets in its arguments. */
static void plant(void)
{
	char script[1024] = "tcp listen 127.0.0.1";
	struct json_object *truth;
	struct nw_actor *a;

	for (unsigned i = 0; i < PLANT_STREAMS; i++) {
		strcat(script, " accept eof close");
	}
	a = nw_actor_start(NW_PLACE_FAR, "%s", script);
	a = nw_actor_start(NW_PLACE_SEEN, "plant 127.0.0.1 %u", nw_actor_port(a));
	nw_actor_say(a, nw_session_planted()->word);
	truth = nw_actor_truth(a);
	snprintf(planted.as_user, sizeof(planted.as_user), "%s", nw_rec_str(truth, "as_user"));
	snprintf(planted.as_plain, sizeof(planted.as_plain), "%s", nw_rec_str(truth, "as_plain"));
	nw_actor_say(a, "go");
	nw_actor_done(a);
	a = nw_actor_start(NW_PLACE_SEEN, "exec secret");
	nw_actor_say(a, planted.word);
	nw_actor_truth(a);
	nw_actor_say(a, "go");
	nw_actor_end(a);
}

void nw_session_do_something(struct nw_tool *t)
{
	const char *server = nw_place_address(NW_SESSION_SERVER);
	const char *resolver = nw_place_address(NW_SESSION_RESOLVER);
	struct nw_actor *far, *dns, *seen;

	dns = nw_actor_start(NW_PLACE_FAR, "dns_serve %s 53 something.nvrwatch.test=%s", resolver,
			     server);
	nw_actor_truth(dns);
	far = nw_actor_start(NW_PLACE_FAR, "tcp listen %s accept eof truth", server);
	seen = nw_actor_start(NW_PLACE_SEEN,
			      "dns_ask udp %s 53 something.nvrwatch.test A "
			      "tcp %s 53 none.nvrwatch.test AAAA send %s %u 54321",
			      resolver, resolver, server, nw_actor_port(far));
	nw_actor_done(seen);
	nw_actor_done(far);
	far = nw_actor_start(NW_PLACE_FAR, "udp bind ::1 1 echo 9");
	seen = nw_actor_start(NW_PLACE_SEEN, "udp connect ::1 %u send 9 800 recv 9 close",
			      nw_actor_port(far));
	nw_actor_done(seen);
	seen = nw_actor_start(NW_PLACE_SEEN, "icmp ping 4 3 100");
	nw_actor_say(seen, "go");
	nw_actor_done(seen);
	seen = nw_actor_start(NW_PLACE_SEEN, "exec names");
	nw_actor_say(seen, "go");
	nw_actor_end(seen);
	plant();
	if (t) {
		nw_tool_settle(t);
	}
}

const char *nw_session_recording(const struct nw_tool **ret_live)
{
	static char path[128];
	static struct nw_tool *tool;
	char more[160];

	if (!path[0]) {
		snprintf(more, sizeof(more), "-vv --record %s/session.nwr", nw_place_files());
		tool = nw_tool_trace(more);
		nw_session_do_something(tool);
		assert_int_equal(nw_tool_stop(tool, SIGINT), 0);
		tool->is_lasting = true;
		snprintf(path, sizeof(path), "%s/session.nwr", nw_place_files());
	}
	*ret_live = tool;
	return path;
}

int nw_root_teardown(void **state)
{
	(void)state;
	nw_actor_end_all();
	nw_tool_free_all();
	if (session.tool) {
		session.tool->before = session.tool->recs_len;
	}
	return 0;
}

#define LOOKS_MAX 4

void nw_session_looks(unsigned times)
{
	struct nw_session *s = nw_session();
	struct nw_actor *far = nw_actor_start(NW_PLACE_FAR, "tcp listen 127.0.0.1 accept eof");
	unsigned port = nw_actor_port(far);
	struct nw_actor *pulse = nw_actor_start(
		NW_PLACE_SEEN,
		"tcp connect 127.0.0.1 %u send 1 wait send 1 wait send 1 wait send 1 wait", port);
	struct nw_flow_key key = { .pid = pulse->pid, .transport = "tcp", .rport = port };

	assert_true(times <= LOOKS_MAX);
	for (unsigned i = 1; i <= times; i++) {
		nw_flow_reached(s->tool, &key, i, 0);
		nw_actor_say(pulse, "again");
	}
}
