#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay half=report tool=ffmpeg,stunnel camera=10.20.0.11 far=out ready=out:4433 seconds=45
# A relay sends to a local port, where stunnel carries it outside in TLS.
# shellcheck disable=SC2140
if [ "$1" = out ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/s.key" -out "$LAB/s.pem" 2>/dev/null
	exec timeout 70 socat -u OPENSSL-LISTEN:4433,bind=203.0.113.66,reuseaddr,fork,verify=0,cert="$LAB/s.pem",key="$LAB/s.key" OPEN:/dev/null
fi
printf '%s\n' 'foreground = yes' 'pid =' '[x]' 'client = yes' 'accept = 127.0.0.1:9902' 'connect = 203.0.113.66:4433' >"$LAB/stunnel.conf"
timeout 46 stunnel "$LAB/stunnel.conf" >/dev/null 2>&1 &
sleep 1
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 42 -c copy -f mpegts tcp://127.0.0.1:9902
wait; true
