/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of nvrwatch that many tests share: in a VM each start costs seconds. Tests stay apart by
 * pid and port. What was open before the start is made here, before it. When the run could not be
 * started, every test that needs it says so at once.
 */
#include <stdlib.h>
#include <string.h>

#include "root/support.h"

static struct nw_session session;
static bool is_begun;

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

struct nw_session *nw_session(void)
{
	if (!is_begun) {
		is_begun = true;
		open_connections(&session);
		open_listeners(&session);
		session.tool = nw_tool_trace("");
		session.tool->is_lasting = true;
	}
	if (!session.tool) {
		fail_msg("the shared run of nvrwatch could not be started");
	}
	return &session;
}

int nw_root_teardown(void **state)
{
	(void)state;
	nw_actor_end_all();
	nw_tool_free_all();
	return 0;
}
