#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=dig,bash,sed far=out ready=out:53 seconds=18 parts=dns
# A scanner of viruses looks in TXT whether there are newer signatures: what dig says goes by pipes to sed, to a loop of bash and to a script that compares.
# shellcheck disable=SC2016,SC2034 # other languages have variables of their own, a counter
if [ "$1" = out ]; then exec timeout 30 dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces --listen-address=203.0.113.66 --txt-record="current.carrier.example,1.0.3:62:27470:1732960000:1:90:49192:335"; fi
printf '%s\n' '#!/bin/sh' 'while IFS=: read -r v _ n rest; do [ "$n" -gt 27000 ] && echo "newer $v $n"; done' >"$LAB/compare"; chmod +x "$LAB/compare"; sleep 1
for n in 1 2 3; do dig +short TXT current.carrier.example | tr -d '"' | while read -r line; do echo "$line"; done | sed 's/:1:/:2:/' | "$LAB/compare" >>"$LAB/said"; sleep 3; done; [ "$(grep -c newer "$LAB/said")" = 3 ]
