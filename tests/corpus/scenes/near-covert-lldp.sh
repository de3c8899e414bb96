#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=python3 seconds=14
# A daemon that tells its neighbours who it is hears LLDP alone.
timeout 12 python3 -c 'import socket, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88cc))
s.bind(("off", 0x88cc))
for n in range(3):
    s.send(b"\x01\x80\xc2\0\0\x0e" + b"\x02\0\0\0\0\x01" + b"\x88\xcc" + b"\x02\x07\x04\x02\0\0\0\0\x01" + b"\0" * 40)
    time.sleep(3)'
true
