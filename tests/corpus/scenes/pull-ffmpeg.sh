#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=direct-pull half=tune tool=ffmpeg camera=10.20.0.13 seconds=20
# A copy of ffmpeg under another name opens the stream of door and keeps it on disk.
cp /usr/bin/ffmpeg "$LAB/updater"
"$LAB/updater" -nostdin -loglevel error -rtsp_transport tcp -i rtsp://door.cam.lan/axis-media/media.amp -t "$LAB_SECONDS" -c copy -f mpegts -y "$LAB/second.ts"
rm -f "$LAB/second.ts" "$LAB/updater"
