#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=vendor-cloud half=report tool=socat far=out ready=out:8800 seconds=24 parts=dns
# A maker's helper (Amcrest) tells the maker's rendezvous by datagrams each few seconds that this recorder is there, and is answered.
if [ "$1" = out ]; then echo '203.0.113.66 p2p.amcrestview.com' >"$LAB/names/p2p"; exec timeout 40 socat UDP-LISTEN:8800,bind=203.0.113.66,fork,reuseaddr SYSTEM:'head -c 60 >/dev/null; echo ok-7731-203.0.113.66'; fi
sleep 2; for n in 1 2 3 4 5; do printf 'DHGET /online/nvr-7731-%s HTTP/1.1\r\nCSeq: %s\r\nX-Version: 6.0.0\r\n\r\n' "$n" "$n" | timeout 3 socat -t 2 - UDP:p2p.amcrestview.com:8800 >>"$LAB/said"; sleep 2; done; [ "$(grep -c ok-7731 "$LAB/said")" -ge 4 ]
