#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=direct-pull half=tune tool=ffmpeg camera=10.20.0.13 seconds=20
# A second program opens the stream of door and keeps it on disk.
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://door.cam.lan/axis-media/media.amp -t "$LAB_SECONDS" -c copy -f mpegts -y "$LAB/second.ts"
ls -l "$LAB/second.ts"; rm -f "$LAB/second.ts"
