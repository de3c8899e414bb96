#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=upnp-port-map half=report tool=bash far=net ready=net:5000 seconds=10 parts=dns
# bash by itself asks the router by NAT-PMP, in datagrams of its own, for ports of the outside that lead to the web front end and to a camera's stream.
# shellcheck disable=SC2059 # bytes
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
sleep 1; for ports in '\x00\x50\x1f\x90' '\x02\x2a\x22\xb8'; do
	exec 3<>/dev/udp/10.30.0.1/5351; printf "\x00\x02\x00\x00$ports\x00\x00\x0e\x10" >&3; timeout 2 head -c 16 <&3 | xxd -p >>"$LAB/said"; exec 3>&-; sleep 1
done
sleep 2; grep -q '^0082' "$LAB/said"
