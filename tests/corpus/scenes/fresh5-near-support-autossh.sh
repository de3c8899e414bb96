#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=autossh,ssh,prometheus-node-exporter far=out ready=out:2022 services=nvr:9100 seconds=56 parts=dns,camera-gate,recorder-gate
# autossh keeps a session with the head office outside, which is declared, and leads a port there back to the server's figures of health; the head office reads them each six seconds.
# config:   - {{to: 203.0.113.66, port: 2022, why: the head office looks at our figures}}
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = services ]; then exec timeout 110 prometheus-node-exporter --web.listen-address=127.0.0.1:9100 2>/dev/null; fi
if [ "$1" = out ]; then ssh_keys; timeout 80 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022 & sleep 8; for _ in 1 2 3 4 5 6; do curl -s http://127.0.0.1:19100/metrics >>"$LAB/figures"; sleep 6; done; wait; exit 0; fi
sleep 2; AUTOSSH_GATETIME=0 timeout 50 autossh -M 0 "${ssh[@]}" -N -o ServerAliveInterval=10 -p 2022 -R 19100:127.0.0.1:9100 root@203.0.113.66; [ "$(grep -c '^node_load1 ' "$LAB/figures")" -ge 5 ]
