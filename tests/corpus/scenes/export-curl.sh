#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=tune tool=curl seconds=20
# curl uploads recordings of gate.
# shellcheck disable=SC2012 # the names are ours
for file in $(ls -t "$LAB/recordings/gate" | tail -n +2 | head -n 12); do
	curl -s -S -o /dev/null -T "$LAB/recordings/gate/$file" "http://drop.example.org/drop/$$-$file" || exit 1
done
