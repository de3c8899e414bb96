#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=ssh camera=10.20.0.11 far=out ready=out:2022 seconds=56 parts=dns,camera-gate,recorder-gate
# ssh -R gives a host outside a port that leads through the server to gate's stream; somebody there plays it with ffmpeg.
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; timeout 80 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022 & sleep 12; timeout 40 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://127.0.0.1:8554/Streaming/Channels/101 -t 36 -c copy "$LAB/got.ts"; wait; exit 0; fi
sleep 4; timeout 50 ssh "${ssh[@]}" -N -p 2022 -R 8554:10.20.0.11:554 root@203.0.113.66; [ "$(stat -c %s "$LAB/got.ts")" -gt 600000 ]
