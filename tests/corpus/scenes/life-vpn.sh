#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=openvpn far=out ready=out:1194 seconds=18 parts=dns,nas,outside-web
# A tunnel to the head office is up, with its pings.
# shellcheck disable=SC2034
if [ "$1" = out ]; then (sleep 4; for n in 1 2 3; do ping -c 1 -W 1 10.98.0.2 >/dev/null; sleep 2; done) & exec timeout 40 openvpn --dev tun9 --dev-type tun --ifconfig 10.98.0.1 10.98.0.2 --local 203.0.113.66 --port 1194 --auth none --cipher none --ping 2 --verb 0; fi
timeout 18 openvpn --dev tun8 --dev-type tun --ifconfig 10.98.0.2 10.98.0.1 --remote 203.0.113.66 --port 1194 --auth none --cipher none --ping 2 --verb 0 >/dev/null 2>&1 &
sleep 4; for n in 1 2 3; do nc -z -w 1 10.98.0.1 80; sleep 2; done; wait; true
