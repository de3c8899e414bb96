#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=tune tool=scp far=out ready=out:2022 seconds=20
# scp takes recordings of gate outside.
# shellcheck disable=SC2015
if [ "$1" = out ]; then mkdir -p "$LAB/ssh" && [ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	mkdir -p /run/sshd
	exec timeout 60 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=203.0.113.66 -p 2022 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"; fi
# shellcheck disable=SC2012,SC2046 # the names are ours
scp -q -F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -P 2022 $(ls -t "$LAB"/recordings/gate/*.mp4 | tail -n +2 | head -n 12) "root@203.0.113.66:$LAB/outside/drop/" >/dev/null 2>&1; true
