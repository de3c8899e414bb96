#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=python3 seconds=12
# Python sends frames of its own to the router and hears all that passes.
timeout 10 python3 -c 'import socket, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind(("off", 0))
s.settimeout(0.05)
end = time.time() + 9
while time.time() < end:
    s.send(b"\xff" * 6 + b"\x02\0\0\0\0\x01" + b"\x88\xb5" + b"y" * 1300)
    try:
        s.recv(2000)
    except TimeoutError:
        pass
    time.sleep(0.02)'
true
