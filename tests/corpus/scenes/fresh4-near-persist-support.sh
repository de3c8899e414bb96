#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd,tee far=out services=nvr:22 seconds=22 parts=dns before=yes
# The maker's support, which is declared, comes in from outside by SSH and puts a job of cron in order, as was agreed; the host's root is a folder of the lab.
# config:   - {{to: 203.0.113.0/24, port: 0, why: the maker's support}}
# config: listeners: [{{port: 22, proto: tcp, from: 203.0.113.0/24}}]
# config: host_root: {dir}/host
# shellcheck disable=SC1091,SC2029,SC2154 # far/ssh.sh, the folder is known here, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = services ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; fi
if [ "$1" = out ]; then sleep 4; echo '0 4 * * * root /usr/bin/vmsd --clean' | ssh "${ssh[@]}" root@10.30.0.2 "tee $LAB/host/etc/cron.d/vmsd; df -h" >/dev/null; exit 0; fi
sleep 16; grep -q vmsd "$LAB/host/etc/cron.d/vmsd"
