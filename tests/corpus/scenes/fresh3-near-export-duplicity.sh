#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=duplicity far=out ready=out:2121 seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The nightly backup of recordings goes by duplicity to the archive at a provider, which is declared in allowed.
# config:   - {{to: 203.0.113.0/24, port: 0, why: the archive at our provider}}
if [ "$1" = out ]; then mkdir -p "$LAB/away/backup"; exec timeout 90 python3 -m pyftpdlib -i 203.0.113.66 -p 2121 -w -d "$LAB/away" >/dev/null 2>&1; fi
sleep 12; export PASSPHRASE=lab FTP_PASSWORD=x GNUPGHOME="$LAB/gpg"; mkdir -m 700 "$GNUPGHOME"
timeout 50 duplicity full --no-encryption --volsize 1 --archive-dir "$LAB/dup" --allow-source-mismatch --exclude "$LAB/recordings/gate/01*" "$LAB/recordings" ftp://anonymous@203.0.113.66:2121/backup
sleep 4; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 400000 ]
