#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=blind-spot half=report tool=find seconds=16 parts=dns,nas,outside-web
# The observer has the least buffer that may be configured and gets no processor for five seconds, in which find starts a program for each of 300 files.
# config: limits: {{ring_bytes: 65536}}
mkdir -p "$LAB/many"; for n in $(seq 1 300); do : >"$LAB/many/a-long-name-of-a-file-that-says-when-and-where-it-was-made-$n"; done
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
sleep 3; (kill -STOP "$watch"; sleep 5; kill -CONT "$watch") &
timeout 5 find "$LAB/many" -type f -exec /bin/true {} {} {} {} {} {} \;
wait; sleep 4; rm -r "$LAB/many"; true
