#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=python3 seconds=12
# A program that reads no camera asks five servers of a game or of time at once, over UDP, and gets nothing.
python3 -c 'import os, socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(3):
    for port in (27015, 27016, 27017, 5060, 3659):
        s.sendto(os.urandom(40), ("203.0.113.66", port))
    time.sleep(2)' 
