#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=tamper half=report tool=bash,wget seconds=50 parts=dns,nas,outside-web
# The cgroup of the observer is frozen for thirty-five seconds.
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
group=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)$(sed -n "s/^0:://p" "/proc/$watch/cgroup")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 3; echo 1 >"$group/cgroup.freeze"; sleep 35; echo 0 >"$group/cgroup.freeze"; sleep 4; kill $busy; wait; true
