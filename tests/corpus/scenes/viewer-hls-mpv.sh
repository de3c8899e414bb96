#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer half=report tool=ffmpeg,nginx far=out seconds=45
# The web front end has the gate as HLS, made by ffmpeg; somebody outside plays it with mpv.
if [ "$1" = out ]; then sleep 5; exec timeout 40 mpv --no-config --vo=null --ao=null --really-quiet http://10.30.0.2/recordings/hls/live.m3u8; fi
mkdir -p "$LAB/recordings/hls"
timeout "$LAB_SECONDS" ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -f hls -hls_time 2 -hls_flags delete_segments "$LAB/recordings/hls/live.m3u8"
rm -rf "$LAB/recordings/hls"; true
