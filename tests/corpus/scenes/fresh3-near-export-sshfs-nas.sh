#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshfs,cp,scp far=nas,out ready=nas:2022 seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The NAS of the office is mounted with sshfs and cp copies recordings to it, while somebody sends a file of like size, which is no recording, outside by scp.
mkdir -p "$LAB/ssh" "$LAB/mnt" "$LAB/nas/copy" "$LAB/away" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
sshd=(/usr/sbin/sshd -D -f /dev/null -p 2022 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp")
if [ "$1" = nas ]; then exec timeout 60 "${sshd[@]}" -o ListenAddress=10.30.0.40; fi
if [ "$1" = out ]; then sleep 2; exec timeout 60 "${sshd[@]}" -o ListenAddress=203.0.113.66; fi
o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR)
head -c 740000 /dev/urandom >"$LAB/draft"; sleep 10
timeout 30 sshfs -f -p 2022 -o "ssh_command=ssh ${o[*]}" "root@10.30.0.40:$LAB/nas/copy" "$LAB/mnt" &
sleep 3; for n in 0 1 2 3 4; do cp "$LAB/recordings/gate/00$n.mp4" "$LAB/mnt/"; sleep 1; done
timeout 10 scp -q "${o[@]}" -P 2022 "$LAB/draft" "root@203.0.113.66:$LAB/away/"
sleep 6; fusermount3 -u "$LAB/mnt"; wait; [ "$(du -sb "$LAB/nas/copy" | cut -f1)" -gt 400000 ] && [ "$(du -sb "$LAB/away" | cut -f1)" -gt 700000 ]
