#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=restic far=nas ready=nas:2023 seconds=30
# The same to the NAS of the office.
# shellcheck disable=SC2015
if [ "$1" = nas ]; then mkdir -p "$LAB/ssh" && [ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	mkdir -p /run/sshd
	exec timeout 60 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.40 -p 2023 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"; fi
export RESTIC_PASSWORD=lab
r="sftp:root@10.30.0.40:$LAB/nas/restic"
c='ssh -F /dev/null -i '"$LAB"'/ssh/key -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -p 2023 root@10.30.0.40 -s sftp'
restic -q --no-cache -o sftp.command="$c" -r "$r" init
restic -q --no-cache -o sftp.command="$c" -r "$r" backup "$LAB/recordings/gate" "$LAB/recordings/yard"; true
