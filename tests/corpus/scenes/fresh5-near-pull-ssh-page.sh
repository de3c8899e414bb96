#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=sshd far=desk services=nvr:22 seconds=36 parts=dns,camera-gate,recorder-gate
# An integrator at a desk has the server's SSH lead a port to gate's own pages, since the cameras' net is closed, and sets the camera in order there.
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = services ]; then ssh_keys; exec timeout 80 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; fi
if [ "$1" = desk ]; then
	sleep 3; timeout 28 ssh "${ssh[@]}" -N -L 18080:10.20.0.11:80 root@10.30.0.2 & sleep 2
	for _ in 1 2 3 4 5 6 7 8 9 10; do curl -s http://127.0.0.1:18080/ >>"$LAB/page"; curl -s -d "$(LAB_LOGIN='' "$LAB_HERE/soap.py" Text)" http://127.0.0.1:18080/onvif/device_service >>"$LAB/page"; sleep 2; done; wait; exit 0
fi
sleep 34; [ "$(grep -o HIKVISION "$LAB/page" | wc -l)" -ge 12 ]
