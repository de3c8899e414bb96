#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=bulk-upload half=report tool=lftp far=out ready=out:2121 seconds=40 parts=dns,nas,outside-web before=yes
# lftp mirrors 70 MB to an FTP server outside, two files at a time; it sent little before (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
if [ "$1" = out ]; then mkdir -p "$LAB/out-ftp"; exec timeout 70 python3 -m pyftpdlib -i 203.0.113.66 -p 2121 -w -d "$LAB/out-ftp" >/dev/null 2>&1; fi
mkdir -p "$LAB/folder"; for n in $(seq 1 10); do head -c 7000000 /dev/urandom >"$LAB/folder/$n.dat"; done
lftp -e "mirror -R -P 2 $LAB/folder up; bye" -u anonymous,x ftp://203.0.113.66:2121 >/dev/null 2>&1; rm -rf "$LAB/folder"; sleep 6; true
