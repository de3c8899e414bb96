#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,new-listener half=tune tool=sshd camera=10.20.0.13 far=out seconds=50 parts=dns,camera-door,recorder-door,nas,outside-web
# Somebody comes in from outside by SSH and has motion's live picture of door forwarded to himself.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then
	sleep 4
	timeout 44 ssh "${ssh[@]}" -N -L 8181:127.0.0.1:8081 root@10.30.0.2 & sleep 2
	exec curl -s -o /dev/null --max-time 40 http://127.0.0.1:8181/
fi
ssh_keys
timeout 48 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22
true
