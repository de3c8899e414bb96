#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=busybox far=out seconds=14 parts=dns,nas,outside-web
# busybox gives a folder over HTTP on a port of its own, and somebody outside fetches from it.
if [ "$1" = out ]; then sleep 4; for n in 1 2 3; do curl -s -o /dev/null --max-time 3 "http://10.30.0.2:8899/list?$n"; sleep 1; done; exit 0; fi
mkdir -p "$LAB/shown" && ls -l /etc >"$LAB/shown/list"
timeout 12 busybox httpd -f -p 8899 -h "$LAB/shown"; true
