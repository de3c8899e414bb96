#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,scp far=nas seconds=20 parts=dns,nas,outside-web before=yes
# The administrator's playbook comes in by SSH from the office: a unit, a job of cron, a key; the host's root is a folder of the lab.
# config: host_root: {dir}/host
# shellcheck disable=SC2029 # the folder is known here
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = nas ]; then
	sleep 4; o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR)
	printf '[Service]\nExecStart=/usr/bin/vmsd\n' >"$LAB/vmsd.service"
	scp -q "${o[@]}" "$LAB/vmsd.service" "root@10.30.0.2:$LAB/host/etc/systemd/system/vmsd.service"; sleep 2
	ssh "${o[@]}" root@10.30.0.2 "echo '0 4 * * * root /usr/bin/vmsd --clean' >$LAB/host/etc/cron.d/vmsd; tee -a $LAB/host/root/.ssh/authorized_keys" <"$LAB/ssh/key.pub" >/dev/null; exit 0
fi
mkdir -p "$LAB/ssh" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
timeout 18 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.2 -p 22 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"
true
