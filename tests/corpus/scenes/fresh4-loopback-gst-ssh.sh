#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay,direct-pull half=report tool=gst-launch-1.0,ssh camera=10.20.0.12 far=out ready=out:2022 seconds=46 parts=dns,camera-yard,recorder-yard,outside-web
# GStreamer gives yard to a port on loopback that ssh forwards to a place outside (-L).
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; timeout 70 socat -u TCP-LISTEN:9121,bind=127.0.0.1,reuseaddr "CREATE:$LAB/got" & exec timeout 70 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
timeout 46 ssh "${ssh[@]}" -N -L 127.0.0.1:7070:127.0.0.1:9121 -p 2022 root@203.0.113.66 &
sleep 2; timeout 40 gst-launch-1.0 -q rtspsrc location=rtsp://yard.cam.lan/cam/realmonitor protocols=tcp ! rtph264depay ! h264parse config-interval=1 ! mpegtsmux ! tcpclientsink host=127.0.0.1 port=7070 2>/dev/null
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
