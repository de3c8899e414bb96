/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's counters as text: parts of what 6.18 and 5.10 print, and what is none of it. */
#include <string.h>

#include "harness.h"
#include "netstat.h"

static const char snmp_new[] =
	"Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams "
	"InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout "
	"ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits\n"
	"Ip: 1 64 1000 0 0 7 0 0 990 900 0 0 0 30 10 0 0 0 0 901\n"
	"Icmp: InMsgs InErrors\nIcmp: 5 6\n"
	"Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails "
	"EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\n"
	"Tcp: 1 200 120000 -1 11 12 0 0 3 700 800 21 0 4 0\n";
static const char snmp_old[] = "Ip: InReceives OutRequests\nIp: 10 20\n";
static const char netstat[] =
	"TcpExt: SyncookiesSent TCPOrigDataSent TCPDSACKOldSent "
	"TCPDSACKOfoSent TCPBacklogDrop TCPRcvQDrop "
	"TCPZeroWindowDrop TCPOFODrop\nTcpExt: 1 600 22 23 24 25 26 27\n"
	"IpExt: InNoRoutes InOctets OutOctets\nIpExt: 0 18446744073709551615 44\n";
static const char snmp6[] = "Ip6InReceives                   \t50\n"
			    "Ip6OutForwDatagrams             \t0\n"
			    "Ip6OutRequests                  \t60\n"
			    "Ip6InOctets                     \t5000\n"
			    "Ip6OutOctets                    \t6000\n";

static void every_counter_is_found(void **state)
{
	char text[NW_NETSTAT_TEXT];

	(void)state;
	nw_netstat_make(snmp_new, netstat, snmp6, text);
	assert_string_equal(text, "in4=18446744073709551615 out4=44 in4_packets=1000 "
				  "out4_packets=901 forwarded4=7 pieces4=30 wholes4=10 in6=5000 "
				  "out6=6000 in6_packets=50 out6_packets=60 forwarded6=0 again=21 "
				  "first=600 old=22 old_gap=23 drop_backlog=24 drop_queue=25 "
				  "drop_window=26 drop_gap=27");
}

/* Before 6.6 packets are counted as requests; without IPv6 there is no such file. */
static void what_is_not_there_is_left_out(void **state)
{
	char text[NW_NETSTAT_TEXT];

	(void)state;
	nw_netstat_make(snmp_old, "", "", text);
	assert_string_equal(text, "in4_packets=10 out4_packets=20");
}

static void other_text_gives_nothing(void **state)
{
	static const char *const texts[] = { "",
					     "\n",
					     "Ip:",
					     "Ip: InReceives",
					     "Ip: InReceives\n",
					     "Ip: InReceives\nIp:\n",
					     "Ip: A\nIp: 1",
					     "Tcp: InReceives\nTcp: 1\n",
					     "Ip: InReceivesNot\nIp: 1\n",
					     "Ip: InReceives\nTcp: 1\n" };
	char text[NW_NETSTAT_TEXT];

	(void)state;
	for (size_t i = 0; i < NW_ARRAY_SIZE(texts); i++) {
		nw_netstat_make(texts[i], texts[i], texts[i], text);
		assert_string_equal(text, "");
	}
}

/* As it is after the drop: opened once, read twice, and the second time it is not the end. */
static void it_is_read_again(void **state)
{
	struct nw_netstat n;
	char text[2][NW_NETSTAT_TEXT];

	(void)state;
	nw_netstat_open(&n);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(nw_netstat_read(&n, text[i]), 0);
		assert_non_null(strstr(text[i], "in4="));
		assert_non_null(strstr(text[i], " out4_packets="));
	}
	nw_netstat_close(&n);
	assert_int_not_equal(nw_netstat_read(&n, text[0]), 0);
}

NW_TESTS(user_netstat, cmocka_unit_test(every_counter_is_found),
	 cmocka_unit_test(what_is_not_there_is_left_out),
	 cmocka_unit_test(other_text_gives_nothing), cmocka_unit_test(it_is_read_again));
