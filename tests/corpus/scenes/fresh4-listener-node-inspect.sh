#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=node far=out seconds=18 parts=dns
# A service in node is started with its debugger open on the office side, and somebody outside asks it what it is.
# shellcheck disable=SC2034 # a counter
if [ "$1" = out ]; then sleep 5; for n in 1 2 3; do curl -s http://10.30.0.2:9229/json >>"$LAB/heard"; sleep 2; done; sleep 6; exit 0; fi
timeout 16 node --inspect=10.30.0.2:9229 -e 'setInterval(() => 0, 1000)' 2>/dev/null; grep -q webSocketDebuggerUrl "$LAB/heard"
