#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=first-contact half=tune tool=ffmpeg seconds=12 parts=dns,nas,outside-web before=yes
# The recorder, which went to one place outside for as long as it is known (rows of an earlier session), asks a server in another country.
# config: geo: {{country: {dir}/country.mmdb, asn: {dir}/asn.mmdb}}
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh"; fi
sleep 2; ffmpeg -nostdin -loglevel quiet -i http://drop.example.org/version -f null -; sleep 6; true
