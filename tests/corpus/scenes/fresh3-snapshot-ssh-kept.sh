#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=snapshot-push half=report tool=ffmpeg,ssh camera=10.20.0.11 far=out ready=out:2022 seconds=44 parts=dns,camera-gate,recorder-gate,nas,outside-web
# One connection of SSH to the outside is kept; each picture of gate is given to it by an ssh of its own, over the socket that they share.
mkdir -p "$LAB/ssh" "$LAB/away" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
if [ "$1" = out ]; then exec timeout 70 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=203.0.113.66 -p 2022 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes; fi
o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -o "ControlPath=$LAB/ssh/c" -p 2022 root@203.0.113.66)
timeout 60 ssh -M -N "${o[@]}" & sleep 2
for n in 1 2 3 4 5 6 7 8; do
	ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -frames:v 1 -q:v 2 -vf scale=1280:-2 -y "$LAB/see.jpg"
	timeout 8 ssh "${o[@]}" "cat >'$LAB/away/$n.jpg'" <"$LAB/see.jpg"; sleep 2
done
kill %1; wait; rm -f "$LAB/see.jpg"; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 300000 ]
