#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=rclone far=out ready=out:2022 seconds=22
# rclone copies the folder of gate to storage outside, by SFTP.
# shellcheck disable=SC2015
if [ "$1" = out ]; then mkdir -p "$LAB/ssh" && [ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	mkdir -p /run/sshd
	exec timeout 60 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=203.0.113.66 -p 2022 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"; fi
rclone --config /dev/null --sftp-host 203.0.113.66 --sftp-port 2022 --sftp-user root --sftp-key-file "$LAB/ssh/key" copy "$LAB/recordings/gate" ":sftp:$LAB/outside/gate" >/dev/null 2>&1; true
