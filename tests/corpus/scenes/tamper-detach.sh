#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=tamper half=report tool=bpftool seconds=24 parts=dns,nas,outside-web
# Those of the observer's programs that hang at its cgroup are detached by number, and traffic goes on.
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 3; grep -h '^link_id' /proc/"$watch"/fdinfo/* | cut -f2 | sort -nu |
	while read -r link; do bpftool link show id "$link" | grep -q cgroup && bpftool link detach id "$link"; done
sleep 16; kill $busy; wait; true
