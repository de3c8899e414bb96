#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=php far=out seconds=16 parts=dns
# PHP's own web server lists a folder for whoever asks, on all addresses, and somebody outside asks.
# shellcheck disable=SC2016,SC2028 # PHP has its own variables
if [ "$1" = out ]; then sleep 4; for n in 1 2 3; do curl -s -o "$LAB/seen-$n" --max-time 3 "http://10.30.0.2:8088/?$n"; sleep 1; done; exit 0; fi
mkdir -p "$LAB/shown" && echo '<?php foreach (scandir("/etc") as $f) echo "$f\n";' >"$LAB/shown/index.php"
timeout 14 php -S 0.0.0.0:8088 -t "$LAB/shown" >/dev/null 2>&1
grep -q passwd "$LAB/seen-3"
