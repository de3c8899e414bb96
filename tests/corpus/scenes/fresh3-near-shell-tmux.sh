#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,ssh,tmux far=nas seconds=24 parts=dns
# The administrator comes by SSH from the office, works in tmux, leaves it running and comes back to it.
# shellcheck disable=SC2029 # the folder is known here
if [ "$1" = nas ]; then
	sleep 4; o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR)
	for n in 1 2; do
		(sleep 2; for line in "df -h" "tail -n 3 /etc/services" "id >$LAB/ran$n"; do printf '%s\r' "$line"; sleep 1; done; printf '\002d'; sleep 1) | ssh -tt "${o[@]}" root@10.30.0.2 "TERM=xterm TMUX_TMPDIR=$LAB tmux -L admin -f /dev/null new-session -A -s work" >/dev/null; sleep 1
	done
	ssh "${o[@]}" root@10.30.0.2 "TMUX_TMPDIR=$LAB tmux -L admin kill-server"; exit 0
fi
mkdir -p "$LAB/ssh" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
timeout 22 /usr/sbin/sshd -D -f /dev/null -o ListenAddress=10.30.0.2 -p 22 -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o Subsystem="sftp internal-sftp"
[ -s "$LAB/ran1" ] && [ -s "$LAB/ran2" ]
