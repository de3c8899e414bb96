#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=tune tool=ffmpeg,ssh camera=10.20.0.11 far=out ready=out:2022 seconds=25
# The picture of gate goes outside through ssh.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts - | ssh "${ssh[@]}" -p 2022 root@203.0.113.66 'cat >/dev/null'
true
