#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=nginx far=out seconds=40 parts=dns,camera-door,recorder-door,nas,outside-web,web
# The head office, outside, watches door live through the web front end, whose port is declared for its network.
# config:   - {{to: 203.0.113.0/24, port: 0, why: head office}}
# config: listeners: [{{port: 80, proto: tcp, from: 203.0.113.0/24}}]
if [ "$1" = out ]; then curl -s -o /dev/null --interface 203.0.113.66 --max-time 36 http://10.30.0.2/live/; exit 0; fi
sleep "$LAB_SECONDS"
