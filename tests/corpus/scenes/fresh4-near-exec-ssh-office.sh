#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ssh,dash far=nas ready=nas:2022 seconds=18 parts=dns
# A job of the administrator's reads a script from the office's store by ssh and has a shell run it as it comes.
# shellcheck disable=SC1091,SC2034,SC2154 # far/ssh.sh, a counter, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = nas ]; then ssh_keys; echo "df -h >$LAB/ran; uptime >>$LAB/ran; sleep 2" >"$LAB/job"; exec timeout 30 "${sshd[@]}" -o ListenAddress=10.30.0.40 -p 2022; fi
sleep 1; for n in 1 2; do timeout 8 ssh "${ssh[@]}" -p 2022 root@10.30.0.40 "cat $LAB/job" | sh; sleep 2; done; grep -q load "$LAB/ran"
