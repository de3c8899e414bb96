#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Carries the beginning of a recording outside in the names of DNS questions.
head -c 600 "$LAB/recordings/gate/000.mp4" | od -An -v -tx1 -w30 | tr -d ' ' |
	while read -r chunk; do
		getent ahostsv4 "$chunk.tunnel.example" >/dev/null || exit 1
	done
