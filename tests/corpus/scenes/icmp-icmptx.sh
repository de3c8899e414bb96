#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel half=report tool=icmptx,curl far=out seconds=24
# icmptx carries IP in echo: an interface tun0 on both sides, and curl over it.
if [ "$1" = out ]; then
	trap 'echo 0 >/proc/sys/net/ipv4/icmp_echo_ignore_all' EXIT TERM
	echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all
	timeout 40 icmptx -s 10.99.0.1 >/dev/null 2>&1 &
	sleep 1; ip link set tun0 up; ip addr add 10.99.0.1/24 dev tun0; timeout 38 socat -u TCP-LISTEN:8080,fork /dev/null
	exit 0
fi
timeout 20 icmptx -c 203.0.113.66 >/dev/null 2>&1 &
sleep 1; ip link set tun0 up; ip addr add 10.99.0.2/24 dev tun0
head -c 800000 /usr/bin/openssl | timeout 14 nc -N 10.99.0.1 8080
wait; true
