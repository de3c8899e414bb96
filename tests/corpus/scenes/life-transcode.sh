#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=ffmpeg seconds=12
# The night makes old recordings smaller.
for n in 000 001 002; do nice ffmpeg -nostdin -loglevel error -i "$LAB/recordings/gate/$n.mp4" -vf scale=160:-2 -c:v libx264 -preset ultrafast -y "$LAB/small.mp4"; sleep 1; done; rm -f "$LAB/small.mp4"; true
