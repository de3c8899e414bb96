#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=nc far=desk seconds=12
# Somebody in the office fetches a file from a port that waits for a moment, as copies are made.
if [ "$1" = desk ]; then sleep 4; nc -w 5 10.30.0.2 9000 >/dev/null; exit 0; fi
timeout 10 nc -l -s 10.30.0.2 -p 9000 -N </etc/services; true
