#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=upnp-port-map half=report tool=python3 far=net ready=net:5000 seconds=10
# A program asks for a port by PCP, in its own words.
if [ "$1" = net ]; then exec timeout 40 "$(dirname "$0")/../far/router.sh"; fi
ip route replace 239.255.255.250/32 dev off
python3 -c 'import os, socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("10.30.0.1", 5351))
me = b"\0" * 10 + b"\xff\xff" + socket.inet_aton("10.30.0.2")
s.send(b"\x02\x01\0\0" + (3600).to_bytes(4, "big") + me + os.urandom(12) + b"\x06\0\0\0" + (80).to_bytes(2, "big") + (8090).to_bytes(2, "big") + b"\0" * 10 + b"\xff\xff" + b"\0" * 4)
s.settimeout(2)
try:
    s.recv(1100)
except TimeoutError:
    pass
time.sleep(2)'
ip route del 239.255.255.250/32 dev off; true
