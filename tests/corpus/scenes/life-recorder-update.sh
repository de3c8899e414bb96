#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=cp seconds=14
# The recorder's program is replaced: the new version comes as a file from outside and the recorder is started again.
curl -s -o "$LAB/version" http://updates.example.com/version; cp /usr/bin/ffmpeg "$LAB/ffmpeg.new" && "$LAB/ffmpeg.new" -version >/dev/null && sleep 2
timeout 8 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -f segment -segment_time 4 -y "$LAB/recordings/gate/u%03d.mp4"; rm -f "$LAB/ffmpeg.new" "$LAB"/recordings/gate/u*; true
