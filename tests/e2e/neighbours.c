/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a peer is on the link: its MAC, as this kernel's table has it, and who made what has such a
 * one. In the flow's first record: the entry goes with the interface, and so may have gone at its end.
 */
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "root/support.h"

#define MAC	      "44:19:b6:01:02:03"
#define NOT_KNOWN_YET "00:00:00:00:00:00"
#define SWEEP_MS      250 /* a bit more than user/live.c has */

static const char oui[] = "4419b6\thikvision\tHangzhou Hikvision\ta test\n";
static const char makers[] =
	"makers:\n"
	"  - {id: hikvision, name: Hikvision, country: CN, source: a test, date: 2026-11-28}\n";

/* From the table of that process's namespace, which is asked until it has one; in the form that a
 * record has. */
static void await_mac(int pid, const char *address, char ret[18])
{
	uint64_t deadline = nw_deadline();
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/net/arp", pid);
	for (*ret = '\0'; !*ret; poll(NULL, 0, 10)) {
		struct nw_lines l = nw_lines_of_file(path);
		const char *line;
		char ip[64], mac[18];

		while ((line = nw_lines_next(&l))) {
			if (sscanf(line, "%63s %*s %*s %17s", ip, mac) == 2 &&
			    strcmp(ip, address) == 0 && strcmp(mac, NOT_KNOWN_YET) != 0) {
				for (size_t i = 0; i < sizeof(mac); i++) {
					ret[i] = mac[i] == ':' ? '-'
							       : (char)toupper((uint8_t)mac[i]);
				}
			}
		}
		nw_lines_free(&l);
		assert_false(nw_deadline_is_over(deadline));
	}
}

/* The namespaces are older than nvrwatch: neighbours of younger ones are not told. */
static void test_mac_and_maker(void **state)
{
	struct nw_talk talk = nw_talk_start("ip link,set,v0,address," MAC);
	struct nw_tool *t = nw_tool_trace_own(oui, makers, "");
	struct nw_flow_sum sum;
	char expected[128];
	char mac[18];

	(void)state;
	nw_talk_open(&talk, t);
	await_mac(talk.key.pid, NW_TALK_FAR, mac);
	sum = nw_talk_end(&talk, t);
	snprintf(expected, sizeof(expected),
		 "destination.mac=%s source.mac= nvrwatch.peer.maker=hikvision", mac);
	nw_rec_check(sum.first, expected);
	assert_string_equal(nw_rec_str(sum.first, "nvrwatch.peer.organisation"),
			    "Hangzhou Hikvision");
}

/* Of a reader that was stopped until all it does by the clock is due: a flow that began and ended
 * meanwhile is told once, and who is on the link is read before. */
static void test_read_before_flows(void **state)
{
	struct nw_end seen = { .place = NW_PLACE_SEEN,
			       .addr = "203.0.113.1",
			       .script = "wait connect " NW_TALK_FAR " 4711 send 5 close wait" };
	struct nw_end far = { .place = NW_PLACE_FAR,
			      .addr = NW_TALK_FAR,
			      .script =
				      "ip link,set,v0,address," MAC " port 4711 listen " NW_TALK_FAR
				      " accept recv 5 eof close ready wait" };
	struct nw_flow_key key = { .transport = "tcp", .raddr = NW_TALK_FAR, .rport = 4711 };
	char expected[64], mac[18];
	struct nw_tool *t;

	(void)state;
	nw_ends_start(&seen, &far);
	assert_int_equal(nw_actor_port(far.actor), 4711);
	key.pid = seen.pid;
	t = nw_tool_trace("");
	nw_tool_pause(t);
	nw_actor_say(seen.actor, "connect");
	nw_actor_truth(far.actor);
	await_mac(key.pid, NW_TALK_FAR, mac);
	poll(NULL, 0, SWEEP_MS);
	nw_tool_resume(t);
	snprintf(expected, sizeof(expected), "destination.mac=%s", mac);
	nw_rec_check(nw_flow_ended(t, &key).first, expected);
}

NW_TESTS(e2e_neighbours, NW_ROOT_TEST(test_mac_and_maker), NW_ROOT_TEST(test_read_before_flows));
