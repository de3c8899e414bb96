#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=ffmpeg seconds=12
# All cameras are taken at once by the recorder, as after a power cut.
for u in gate.cam.lan/Streaming/Channels/101 yard.cam.lan/cam/realmonitor door.cam.lan/axis-media/media.amp; do
	timeout 10 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i "rtsp://$u" -c copy -f matroska -y "$LAB/recordings/gate/all-${u%%.*}.mkv" &
done; wait; rm -f "$LAB"/recordings/gate/all-*; true
