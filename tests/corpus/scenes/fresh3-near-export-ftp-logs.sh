#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=zip,ncftpput,rsync far=out ready=out:2121 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Papers for the maker's support are packed in pieces and carried to an FTP server outside, while rsync copies as much of recordings to the NAS.
if [ "$1" = out ]; then mkdir -p "$LAB/out-ftp"; exec timeout 70 python3 -m pyftpdlib -i 203.0.113.66 -p 2121 -w -d "$LAB/out-ftp" >/dev/null 2>&1; fi
mkdir -p "$LAB/papers" "$LAB/spool"; head -c 760000 /dev/urandom >"$LAB/papers/dump"; sleep 12
zip -q -0 -j -s 128k "$LAB/spool/support.zip" "$LAB/papers/dump"; (sleep 1; rsync -a "$LAB"/recordings/gate/00[0-4].mp4 rsync://nas.office.lan/recordings/) &
for piece in "$LAB"/spool/support.z*; do timeout 8 ncftpput -V -t 5 -u anonymous -p x -P 2121 203.0.113.66 / "$piece" >/dev/null 2>&1; sleep 1; done
wait; sleep 5; rm -rf "$LAB/spool"; [ "$(du -sb "$LAB/out-ftp" | cut -f1)" -gt 700000 ] && [ "$(du -sb "$LAB/nas" | cut -f1)" -gt 400000 ]
