#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,new-listener half=tune tool=sshd camera=10.20.0.13 far=out seconds=50 parts=dns,camera-door,recorder-door,nas,outside-web
# Somebody comes in from outside by SSH and has motion's live picture of door forwarded to himself.
if [ "$1" = out ]; then
	sleep 4; o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR)
	timeout 44 ssh "${o[@]}" -N -L 8181:127.0.0.1:8081 root@10.30.0.2 & sleep 2
	exec curl -s -o /dev/null --max-time 40 http://127.0.0.1:8181/
fi
mkdir -p "$LAB/ssh" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
timeout 48 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.2 -p 22 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes
true
