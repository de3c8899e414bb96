#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=borg,ssh far=nas ready=nas:2024 seconds=20 parts=dns,nas,outside-web
# borg keeps the configuration and a day of recordings on the NAS, over SSH.
# shellcheck disable=SC2015
if [ "$1" = nas ]; then mkdir -p "$LAB/ssh" && [ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	mkdir -p /run/sshd
	exec timeout 60 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.40 -p 2024 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"; fi
mkdir -p "$LAB/recordings/gate"; head -c 3000000 /usr/bin/ffmpeg /usr/bin/openssl /usr/bin/rsync >"$LAB/recordings/gate/001.mp4"
export BORG_PASSPHRASE=lab BORG_RSH="ssh -F /dev/null -i $LAB/ssh/key -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -p 2024" HOME="$LAB" BORG_RELOCATED_REPO_ACCESS_IS_OK=yes
borg init -e repokey "ssh://root@10.30.0.40$LAB/nas/borg" >/dev/null 2>&1
borg create "ssh://root@10.30.0.40$LAB/nas/borg::day" /etc/hosts /etc/services "$LAB/recordings"
