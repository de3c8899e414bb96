#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ssh far=out ready=out:2022 seconds=75 parts=dns
# An administrator works from the server on the company's jump host outside: a session of SSH that says each five seconds that it is alive, with a few commands in a minute.
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; exec timeout 100 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
sleep 1; (for pause in 3 9 4 17 2 13 8 6; do sleep "$pause"; echo "ls /etc | head -$pause"; done; echo exit) | timeout 72 ssh -tt "${ssh[@]}" -o ServerAliveInterval=5 -p 2022 root@203.0.113.66 >"$LAB/seen"
[ "$(grep -c adduser "$LAB/seen")" -gt 3 ]
