#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=lynx seconds=60 parts=dns,nas,outside-web
# A text browser asks one page every five seconds and says each time something longer.
end=$((SECONDS + 58)); said=
while [ $SECONDS -lt $end ]; do said=$said$RANDOM; lynx -dump "http://relay.example.net/version?$said" >/dev/null 2>&1; sleep 5; done; true
