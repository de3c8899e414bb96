#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=node far=out seconds=18 parts=dns
# node answers on a UDP port of its own, on all addresses, to whoever knocks from outside.
if [ "$1" = out ]; then sleep 5; for n in 1 2 3; do echo "state $n" | socat -t 1 - UDP:10.30.0.2:9053; sleep 1; done >"$LAB/heard"; exit 0; fi
timeout 15 node -e 'const s = require("dgram").createSocket("udp4"); s.on("message", (m, r) => s.send("ok " + m, r.port, r.address)); s.bind(9053)'
[ "$(grep -c 'ok state' "$LAB/heard")" = 3 ]
