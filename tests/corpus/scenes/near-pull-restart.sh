#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=ffmpeg camera=10.20.0.12 seconds=18
# The recorder of yard is joined by a second of the same kind for a while, as at a change of its settings.
mkdir -p "$LAB/recordings/yard2"
ffmpeg -nostdin -loglevel error -rtsp_transport udp -i rtsp://yard.cam.lan/cam/realmonitor -t 15 -c copy -f segment -segment_time 4 -reset_timestamps 1 "$LAB/recordings/yard2/%03d.mp4"
rm -rf "$LAB/recordings/yard2"; true
