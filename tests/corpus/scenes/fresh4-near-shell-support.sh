#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,dash far=out services=nvr:22 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The maker's support, which is declared, comes in from outside by SSH, takes a terminal, looks at disks and logs, and gets a packet of logs by a command.
# config:   - {{to: 203.0.113.0/24, port: 0, why: the maker's support}}
# config: listeners: [{{port: 22, proto: tcp, from: 203.0.113.0/24}}]
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = services ]; then ssh_keys; exec timeout 90 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; fi
if [ "$1" = out ]; then
	sleep 4; (for line in df "ls -l $LAB/recordings/gate" "ps ax | head" exit; do sleep 2; echo "$line"; done) | timeout 16 ssh -tt "${ssh[@]}" root@10.30.0.2 >"$LAB/seen"
	sleep 2; timeout 10 ssh "${ssh[@]}" root@10.30.0.2 'tar czf - /etc/ssh /var/log/dpkg.log 2>/dev/null' >"$LAB/logs.tgz"; exit 0
fi
sleep 28; grep -q 000.mp4 "$LAB/seen" && [ "$(stat -c %s "$LAB/logs.tgz")" -gt 10000 ]
