#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=scp,ssh far=nas ready=nas:2022 seconds=16 parts=dns before=yes
# A job of the server's own fetches its keys and a job of cron from the office's store by scp; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then
	"$(dirname "$0")/../far/host-root.sh"
	mkdir -p "$LAB/ssh" /run/sshd
	[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
	exit
fi
if [ "$1" = nas ]; then
	cp "$LAB/ssh/key.pub" "$LAB/keys"; echo '0 4 * * * root /usr/bin/vmsd --clean' >"$LAB/vmsd.cron"
	exec timeout 30 /usr/sbin/sshd -D -f /dev/null -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp" -o ListenAddress=10.30.0.40 -p 2022
fi
sleep 2; o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR -P 2022)
scp -q "${o[@]}" "root@10.30.0.40:$LAB/keys" "$LAB/host/root/.ssh/authorized_keys"; sleep 2
scp -q "${o[@]}" "root@10.30.0.40:$LAB/vmsd.cron" "$LAB/host/etc/cron.d/vmsd"; sleep 4
grep -q vmsd "$LAB/host/etc/cron.d/vmsd" && grep -q ssh-ed25519 "$LAB/host/root/.ssh/authorized_keys"
