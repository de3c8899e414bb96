#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=bulk-upload half=report tool=rclone far=out ready=out:2022 seconds=40 parts=dns,nas,outside-web before=yes
# rclone copies a folder of 90 MB outside by SFTP, file by file; in its last 24 hours (rows of an earlier session) it sent little.
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
if [ "$1" = out ]; then mkdir -p "$LAB/out-sftp"; exec timeout 70 rclone serve sftp --addr 203.0.113.66:2022 --user u --pass p "$LAB/out-sftp" >/dev/null 2>&1; fi
mkdir -p "$LAB/folder"; for n in $(seq 1 30); do head -c 3000000 /dev/urandom >"$LAB/folder/$n.dat"; done
rclone copy --transfers 2 "$LAB/folder" ":sftp,host=203.0.113.66,port=2022,user=u,pass=$(rclone obscure p):x" >/dev/null 2>&1; rm -rf "$LAB/folder"; sleep 6; true
