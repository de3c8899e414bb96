#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=bash,head far=nas ready=nas:25 seconds=22 parts=dns
# A check of the office's services in bash: it opens /dev/tcp and lets head, under timeout, read the greeting by that descriptor.
# shellcheck disable=SC2034 # a counter
if [ "$1" = nas ]; then exec timeout 34 python3 -m aiosmtpd -n -l 10.30.0.40:25 -c aiosmtpd.handlers.Sink; fi
sleep 1; got=0; for n in 1 2 3 4 5; do exec 3<>/dev/tcp/10.30.0.40/25; timeout 2 head -n 1 <&3 | grep -q ^220 && got=$((got + 1)); printf 'QUIT\r\n' >&3; exec 3>&-; sleep 3; done; [ "$got" = 5 ]
