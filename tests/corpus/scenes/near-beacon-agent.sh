#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=nc far=nas ready=nas:10051 seconds=40
# Monitoring's agent tells its server in the office every 3 s how it is.
if [ "$1" = nas ]; then exec timeout 60 socat TCP-LISTEN:10051,bind=10.30.0.40,reuseaddr,fork EXEC:cat; fi
for n in $(seq 1 12); do echo "ZBXD active checks $n" | nc -N -w 2 10.30.0.40 10051 >/dev/null; sleep 3; done; true
