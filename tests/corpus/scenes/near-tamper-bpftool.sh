#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=bpftool seconds=24 parts=dns,nas,outside-web
# Somebody lists programs, maps and links of the kernel, reads the observer's, and makes it a nicer process.
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 3; for n in prog map link; do bpftool $n show >/dev/null; done
for map in $(grep -h '^map_id' /proc/"$watch"/fdinfo/* | cut -f2 | sort -nu | head -n 6); do bpftool map dump id "$map" >/dev/null 2>&1; done
renice -n 5 -p "$watch" >/dev/null; ionice -c 3 -p "$watch"; sleep 12; kill $busy; wait; true
