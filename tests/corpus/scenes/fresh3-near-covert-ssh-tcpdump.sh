#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,ssh,tcpdump far=nas seconds=20 parts=dns
# The administrator comes by SSH from the office, takes a terminal and looks with tcpdump at what passes, for some seconds.
# shellcheck disable=SC2034 # a number that counts
if [ "$1" = nas ]; then
	sleep 4; o=(-F /dev/null -i "$LAB/ssh/key" -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR)
	(sleep 1; echo "timeout 8 tcpdump -n -i off -c 40 >$LAB/dumped 2>&1"; sleep 2; for n in 1 2 3; do ping -c 1 10.30.0.2 >&2; sleep 2; done; echo exit; sleep 1) | ssh -tt "${o[@]}" root@10.30.0.2 >/dev/null; exit 0
fi
mkdir -p "$LAB/ssh" /run/sshd
[ -e "$LAB/ssh/host" ] || { ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/host"; ssh-keygen -q -t ed25519 -N "" -f "$LAB/ssh/key"; cp "$LAB/ssh/key.pub" "$LAB/ssh/authorized"; }
timeout 18 /usr/sbin/sshd -D -f /dev/null -h "$LAB/ssh/host" -o AuthorizedKeysFile="$LAB/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no -o PermitRootLogin=yes -o ListenAddress=10.30.0.2 -p 22
grep -q 'ICMP echo request' "$LAB/dumped"
