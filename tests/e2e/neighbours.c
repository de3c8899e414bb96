/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a peer is on the link: its MAC, as this kernel's table has it, and who made what has such a
 * one. In the flow's first record: the entry goes with the interface, and so may have gone at its end.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "root/support.h"

#define MAC "44:19:b6:01:02:03"

static const char oui[] = "4419b6\thikvision\tHangzhou Hikvision\ta test\n";
static const char makers[] =
	"makers:\n"
	"  - {id: hikvision, name: Hikvision, country: CN, source: a test, date: 2026-11-28}\n";

/* From the table of that process's namespace; in the form that a record has. */
static void mac_of(int pid, const char *address, char ret[18])
{
	struct nw_lines l;
	const char *line;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/net/arp", pid);
	l = nw_lines_of_file(path);
	*ret = '\0';
	while ((line = nw_lines_next(&l))) {
		char ip[64];
		char mac[18];

		if (sscanf(line, "%63s %*s %*s %17s", ip, mac) == 2 && strcmp(ip, address) == 0) {
			for (size_t i = 0; i < sizeof(mac); i++) {
				ret[i] = mac[i] == ':' ? '-' : (char)toupper((uint8_t)mac[i]);
			}
		}
	}
	nw_lines_free(&l);
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
	mac_of(talk.key.pid, NW_TALK_FAR, mac);
	assert_int_equal(strlen(mac), 17);
	sum = nw_talk_end(&talk, t);
	snprintf(expected, sizeof(expected),
		 "destination.mac=%s source.mac= nvrwatch.peer.maker=hikvision", mac);
	nw_rec_check(sum.first, expected);
	assert_string_equal(nw_rec_str(sum.first, "nvrwatch.peer.organisation"),
			    "Hangzhou Hikvision");
}

NW_TESTS(e2e_neighbours, NW_ROOT_TEST(test_mac_and_maker));
