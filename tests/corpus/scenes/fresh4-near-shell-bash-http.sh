#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=bash,cat far=out seconds=24 parts=dns,outside-web
# A check of the line in bash, without curl: it asks a page outside by its own /dev/tcp, and cat reads the answer by that descriptor, under timeout.
# shellcheck disable=SC2034 # a counter
if [ "$1" = out ]; then exit 0; fi
sleep 1; got=0; for n in 1 2 3 4 5; do exec 3<>/dev/tcp/updates.example.com/80; printf 'GET /version HTTP/1.0\r\nHost: updates.example.com\r\n\r\n' >&3; timeout 3 cat <&3 | grep -q 5.6.3 && got=$((got + 1)); exec 3>&-; sleep 3; done; [ "$got" = 5 ]
