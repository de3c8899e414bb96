#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=bash,xargs,ping far=nas ready=nas:7000 seconds=24 parts=dns
# A job asks the office which hosts there are, and xargs, that has the connection as its input, starts a ping for each of them.
# shellcheck disable=SC2034 # a counter
if [ "$1" = nas ]; then printf '%s\n' 10.30.0.40 10.30.0.53 10.30.0.1 >"$LAB/hosts"; exec timeout 40 socat -U TCP-LISTEN:7000,bind=10.30.0.40,reuseaddr,fork "OPEN:$LAB/hosts,rdonly"; fi
sleep 1; for n in 1 2 3 4; do exec 3<>/dev/tcp/10.30.0.40/7000; xargs -n 1 ping -c 1 -W 1 <&3 >>"$LAB/said"; exec 3>&-; sleep 3; done; [ "$(grep -c ' 0% packet loss' "$LAB/said")" -ge 8 ]
