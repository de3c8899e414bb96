#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=tune tool=sshd,sftp far=out services=nvr:22 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Somebody with a stolen key comes in from outside by the server's own SSH and gets recordings by SFTP.
if [ "$1" = out ]; then
	sleep 16; mkdir -p "$LAB/away"; cd "$LAB/away" || exit 1
	printf 'get %s\n' "$LAB"/recordings/gate/00{0,1,2,3,4}.mp4 | timeout 20 sftp -q -F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -b - root@10.30.0.2 >/dev/null; exit 0
fi
if [ "$1" = services ]; then
	mkdir -p "$LAB/ssh" /run/sshd; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"
	exec timeout 90 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.2 -p 22 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp /usr/lib/openssh/sftp-server"
fi
sleep 30; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 400000 ]
