#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=ffmpeg seconds=14 parts=dns,nas,outside-web before=yes
# The recorder goes on asking the place where it always went, and the office; rows of an earlier session say what it knew.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
for n in 1 2 3; do ffmpeg -nostdin -loglevel quiet -i "http://relay.example.net/version?$n" -f null -; ffmpeg -nostdin -loglevel quiet -i http://10.30.0.40:8000/x -f null -; sleep 2; done; true
