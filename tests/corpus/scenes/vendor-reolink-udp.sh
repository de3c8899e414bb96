#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=python3 far=out ready=out:9999 seconds=14
# A program says where it is to a maker's rendezvous (Reolink), over UDP.
if [ "$1" = out ]; then
	echo "203.0.113.66 p2p.reolink.com" >"$LAB/names/reolink"
	exec timeout 30 socat UDP-RECVFROM:9999,fork EXEC:cat
fi
python3 -c 'import socket, time
for n in range(5):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.sendto(b"<P2P><C2M_Q><uid>95270000XYZ</uid><p>MAC</p></C2M_Q></P2P>", (socket.gethostbyname("p2p.reolink.com"), 9999))
    time.sleep(2)' 
