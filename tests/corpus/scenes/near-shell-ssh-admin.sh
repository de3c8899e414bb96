#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,ssh far=desk seconds=20
# An administrator works by ssh from the office: commands, a copy with scp.
# shellcheck disable=SC2015
if [ "$1" = desk ]; then
	sleep 5
	for line in id "ls -l /" "tail -n 3 /etc/services; date"; do ssh -F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -p 22 root@10.30.0.2 "$line" >/dev/null; sleep 2; done
	scp -q -F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no root@10.30.0.2:/etc/hosts /dev/null
	exit 0
fi
(mkdir -p "$LAB/ssh" && [ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	mkdir -p /run/sshd
	exec timeout 19 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.2 -p 22 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp")
true
