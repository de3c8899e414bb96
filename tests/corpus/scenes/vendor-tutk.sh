#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=python3 far=out seconds=12
# A library of many makers (ThroughTek) asks its masters by name, over UDP; nobody answers.
if [ "$1" = out ]; then printf '203.0.113.66 m%s.iotcplatform.com\n' 1 2 3 >"$LAB/names/tutk"; sleep 20; exit 0; fi
sleep 1
python3 -c 'import os, socket, time
for n in range(4):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for m in (1, 2, 3):
        s.sendto(os.urandom(88), (socket.gethostbyname(f"m{m}.iotcplatform.com"), 10240))
    time.sleep(2)' 
