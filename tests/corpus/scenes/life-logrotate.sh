#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=logrotate,gzip seconds=8 parts=dns,nas,outside-web
# Logs are rotated and packed.
mkdir -p "$LAB/log"; for n in 1 2 3 4 5; do dpkg-query -W >"$LAB/log/$n.log"; done
printf '%s/*.log {\n rotate 3\n compress\n create\n}\n' "$LAB/log" >"$LAB/rotate.conf"
for n in 1 2 3; do logrotate -f -s "$LAB/rotate.state" "$LAB/rotate.conf" 2>/dev/null; sleep 1; done; true
