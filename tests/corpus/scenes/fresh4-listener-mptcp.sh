#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=python3 far=out seconds=18 parts=dns
# Python listens by MPTCP on all addresses; somebody outside comes, by that and by TCP, and gets a list of files.
if [ "$1" = out ]; then sleep 5; for kind in 262 6 262; do timeout 4 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, int(sys.argv[1])); s.connect(("10.30.0.2", 7777)); s.shutdown(socket.SHUT_WR); sys.stdout.write(s.makefile().read())' "$kind" >>"$LAB/heard"; sleep 1; done; sleep 6; exit 0; fi
timeout 16 python3 -c 'import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); s.setsockopt(1, 2, 1); s.bind(("0.0.0.0", 7777)); s.listen()
while True: c, _ = s.accept(); c.sendall("\n".join(os.listdir("/etc")).encode()); c.close()'
[ "$(grep -c passwd "$LAB/heard")" -ge 3 ]
