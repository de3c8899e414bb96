#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=openvpn far=out seconds=44 parts=dns
# Somebody starts openvpn on the server, which waits on a port; from outside a tunnel comes up to it, and pings go through.
if [ "$1" = out ]; then
	sleep 8; timeout 32 openvpn --dev tun7 --dev-type tun --ifconfig 10.97.0.2 10.97.0.1 --remote 10.30.0.2 --port 1195 --auth none --cipher none --ping 3 --verb 0 >/dev/null 2>&1 &
	for _ in $(seq 12); do sleep 2; ping -c 1 -W 1 10.97.0.1 >>"$LAB/pings"; done; wait; exit 0
fi
timeout 42 openvpn --dev tun6 --dev-type tun --ifconfig 10.97.0.1 10.97.0.2 --local 10.30.0.2 --port 1195 --auth none --cipher none --ping 3 --verb 0 >/dev/null 2>&1
grep -q '1 received' "$LAB/pings"
