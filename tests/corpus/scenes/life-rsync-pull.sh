#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=rsync,sshd far=nas seconds=26 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The NAS comes by SSH and fetches the recordings by itself.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = nas ]; then sleep 5; mkdir -p "$LAB/nas-pull"; for n in 1 2 3; do rsync -a -e "ssh ${ssh[*]}" "root@10.30.0.2:$LAB/recordings/gate/" "$LAB/nas-pull/" || echo "$n"; sleep 4; done; exit 0; fi
ssh_keys; timeout 24 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; true
