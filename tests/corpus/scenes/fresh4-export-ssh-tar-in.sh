#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=sshd,tar,zstd far=out services=nvr:22 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Somebody outside with a stolen key has the server pack recordings by a command of SSH, and keeps what tar and zstd say.
# shellcheck disable=SC1091,SC2154 # far/ssh.sh, far/ssh.sh has it
if [ "$1" = out ]; then
	. "$(dirname "$0")/../far/ssh.sh"; sleep 16; mkdir -p "$LAB/away"
	timeout 20 ssh "${ssh[@]}" root@10.30.0.2 "cd $LAB/recordings/gate && tar cf - 00[0-4].mp4 | zstd -q -c" >"$LAB/away/all.tar.zst"; exit 0
fi
if [ "$1" = services ]; then . "$(dirname "$0")/../far/ssh.sh"; ssh_keys; exec timeout 90 "${sshd[@]}" -o ListenAddress=10.30.0.2 -p 22; fi
sleep 30; [ "$(stat -c %s "$LAB/away/all.tar.zst")" -gt 400000 ]
