#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg seconds=18
# Yard is away for some seconds and comes back; its recorder is started anew.
ip neigh flush dev cam; nft list tables >/dev/null 2>&1; ip route add blackhole 10.20.0.12/32; sleep 5; ip route del blackhole 10.20.0.12/32; sleep 1
timeout 9 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://yard.cam.lan/cam/realmonitor -c copy -f segment -segment_time 4 -reset_timestamps 1 -y "$LAB/recordings/yard/r%03d.mp4"; rm -f "$LAB"/recordings/yard/r*.mp4; true
