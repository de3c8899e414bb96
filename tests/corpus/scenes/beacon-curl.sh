#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=tune tool=curl seconds=50
# Every four seconds a small question to the same place.
end=$((SECONDS + 48))
while [ $SECONDS -lt $end ]; do curl -s -o /dev/null http://relay.example.net/version; sleep 4; done
