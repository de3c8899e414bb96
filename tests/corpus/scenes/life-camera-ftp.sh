#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=python3-pyftpdlib far=gate seconds=26 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A camera keeps pictures of events on the recording server by FTP, as cameras do.
if [ "$1" = gate ]; then sleep 4; for n in 1 2 3 4 5; do head -c 90000 /usr/bin/openssl >"$LAB/event$n.jpg"; lftp -e "put $LAB/event$n.jpg; bye" -u anonymous,x ftp://10.20.0.1:2121 >/dev/null 2>&1; sleep 3; done; exit 0; fi
mkdir -p "$LAB/events"; timeout 24 python3 -m pyftpdlib -i 10.20.0.1 -p 2121 -w -d "$LAB/events" >/dev/null 2>&1; rm -rf "$LAB/events"; true
