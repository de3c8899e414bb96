#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,sftp,wget far=desk services=nvr:22 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Who is on duty in the office gets recordings by SFTP from the server's own SSH, for the police, while the server brings an update of like size from outside.
if [ "$1" = desk ]; then
	sleep 16; mkdir -p "$LAB/away"; cd "$LAB/away" || exit 1
	printf 'get %s\n' "$LAB"/recordings/gate/00{0,1,2,3,4}.mp4 | timeout 20 sftp -q -F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -b - root@10.30.0.2 >/dev/null; exit 0
fi
if [ "$1" = services ]; then
	mkdir -p "$LAB/ssh" /run/sshd; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"
	exec timeout 90 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.2 -p 22 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp /usr/lib/openssh/sftp-server"
fi
head -c 1500000 /usr/lib/x86_64-linux-gnu/libcrypto.so.3 >"$LAB/outside/drop/update.bin"; sleep 14; wget -q -O /dev/null --limit-rate=400k http://updates.example.com/drop/update.bin; sleep 12; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 400000 ]
