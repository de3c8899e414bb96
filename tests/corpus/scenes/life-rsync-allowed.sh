#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=rsync,ssh far=out ready=out:2022 seconds=32 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The nightly backup of recordings goes by rsync and SSH to the other site, which is declared in allowed.
# config:   - {{to: 203.0.113.66, port: 2022, why: the backup at the other site}}
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; exec timeout 50 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
mkdir -p "$LAB/other-site"
for n in 1 2 3; do rsync -a -e "ssh ${ssh[*]} -p 2022" "$LAB/recordings/gate/" "root@203.0.113.66:$LAB/other-site/" || echo "$n"; sleep 6; done; true
