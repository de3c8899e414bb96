#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sftp,wget far=nas ready=nas:2022 seconds=40 parts=dns,camera-gate,recorder-gate,outside-web
# The nightly job puts the recordings of gate on the NAS of the office by sftp, then sends a report of 700 kB, packed logs, outside to whoever looks after the server.
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = nas ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=10.30.0.40 -p 2022; fi
sleep 16; mkdir -p "$LAB/archive"; (cd "$LAB/recordings/gate" && for f in 00[0-3].mp4; do echo "put $f $LAB/archive/$f"; done) | (cd "$LAB/recordings/gate" && sftp -q "${ssh[@]}" -P 2022 -b - root@10.30.0.40 >/dev/null)
head -c 700000 /dev/urandom >"$LAB/logs.gz"; wget -q -O /dev/null --method=PUT --body-file="$LAB/logs.gz" http://relay.example.net/drop/logs.gz; sleep 6
[ "$(du -sb "$LAB/archive" | cut -f1)" -gt 400000 ] && [ "$(stat -c %s "$LAB/outside/drop/logs.gz")" = 700000 ]
