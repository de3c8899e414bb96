#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=python3 seconds=16 parts=dns,nas,outside-web
# Services in containers: a namespace of their own behind a bridge, a health check each second.
# shellcheck disable=SC2034
ip netns add lab-ct 2>/dev/null; ip link add ct0 type veth peer name eth0 netns lab-ct
ip addr add 172.31.0.1/24 dev ct0; ip link set ct0 up
ip -n lab-ct addr add 172.31.0.2/24 dev eth0; ip -n lab-ct link set eth0 up; ip -n lab-ct link set lo up
timeout 14 ip netns exec lab-ct python3 -m http.server --bind 172.31.0.2 8000 >/dev/null 2>&1 &
sleep 3; for n in 1 2 3 4 5 6 7 8; do curl -s -o /dev/null http://172.31.0.2:8000/; sleep 1; done
wait; ip link del ct0; ip netns del lab-ct; true
