#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=python3 seconds=12
# A raw socket with a protocol of its own speaks to an address outside.
exec python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 99)
for n in range(40):
    s.sendto(b"x" * 500, ("203.0.113.66", 0))
    time.sleep(0.2)'
