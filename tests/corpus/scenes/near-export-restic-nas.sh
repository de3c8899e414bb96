#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=restic far=nas ready=nas:2023 seconds=30
# The same to the NAS of the office.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = nas ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=10.30.0.40 -p 2023; fi
export RESTIC_PASSWORD=lab
r="sftp:root@10.30.0.40:$LAB/nas/restic"
c="ssh ${ssh[*]} -p 2023 root@10.30.0.40 -s sftp"
restic -q --no-cache -o sftp.command="$c" -r "$r" init
restic -q --no-cache -o sftp.command="$c" -r "$r" backup "$LAB/recordings/gate" "$LAB/recordings/yard"; true
