#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,scp far=nas seconds=20 parts=dns,nas,outside-web before=yes
# The administrator's playbook comes in by SSH from the office: a unit, a job of cron, a key; the host's root is a folder of the lab.
# config: host_root: {dir}/host
# shellcheck disable=SC2029 # the folder is known here
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = nas ]; then
	sleep 4
	printf '[Service]\nExecStart=/usr/bin/vmsd\n' >"$LAB/vmsd.service"
	scp -q "${ssh[@]}" "$LAB/vmsd.service" "root@10.30.0.2:$LAB/host/etc/systemd/system/vmsd.service"; sleep 2
	ssh "${ssh[@]}" root@10.30.0.2 "echo '0 4 * * * root /usr/bin/vmsd --clean' >$LAB/host/etc/cron.d/vmsd; tee -a $LAB/host/root/.ssh/authorized_keys" <"$LAB/ssh/key.pub" >/dev/null; exit 0
fi
ssh_keys
timeout 18 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22
true
