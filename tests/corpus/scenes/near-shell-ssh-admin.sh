#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,ssh far=desk seconds=20
# An administrator works by ssh from the office: commands, a copy with scp.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = desk ]; then
	sleep 5
	for line in id "ls -l /" "tail -n 3 /etc/services; date"; do ssh "${ssh[@]}" -p 22 root@10.30.0.2 "$line" >/dev/null; sleep 2; done
	scp -q "${ssh[@]}" root@10.30.0.2:/etc/hosts /dev/null
	exit 0
fi
ssh_keys; timeout 19 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; true
