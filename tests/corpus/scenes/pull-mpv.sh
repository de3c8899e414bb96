#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=direct-pull half=report tool=mpv camera=10.20.0.13 seconds=16
# mpv opens the door on the server itself and keeps what it gets.
timeout 15 mpv --no-config --rtsp-transport=tcp --vo=null --ao=null --really-quiet --stream-record="$LAB/kept.mkv" rtsp://door.cam.lan/axis-media/media.amp
rm -f "$LAB/kept.mkv"; true
