#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=rsync,sshd far=nas seconds=26 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The NAS comes by SSH and fetches the recordings by itself.
mkdir -p "$LAB/ssh" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
sshd=(/usr/sbin/sshd -D -f /dev/null -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes)
if [ "$1" = nas ]; then sleep 5; mkdir -p "$LAB/nas-pull"; for n in 1 2 3; do rsync -a -e "ssh -F /dev/null -i $LAB/ssh/key -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR" "root@10.30.0.2:$LAB/recordings/gate/" "$LAB/nas-pull/" || echo "$n"; sleep 4; done; exit 0; fi
timeout 24 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; true
