#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=tamper half=report tool=bpftool,wget seconds=34 parts=dns,outside-web
# Somebody writes nought over the variables of the observer's programs in the kernel, three times, while traffic goes on.
# shellcheck disable=SC2013,SC2034,SC2046 # numbers and words
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 5; changed=0
for n in 1 2 3; do
	for map in $(grep -h '^map_id' /proc/"$watch"/fdinfo/* | cut -f2 | sort -nu); do
		what=$(bpftool map show id "$map"); [[ $what == *"name nvrwatch.bss"* ]] || continue
		size=${what##*value }; size=${size%%B*}
		[ $n = 1 ] && { bpftool -j map dump id "$map" | grep -Eq '"0x(0[1-9a-f]|[1-9a-f].)"' || exit 1; }
		bpftool map update id "$map" key 0 0 0 0 value hex $(yes 00 | head -n "$size") && changed=$((changed + 1))
	done
	sleep 6
done
kill $busy; wait; [ $changed = 3 ]
