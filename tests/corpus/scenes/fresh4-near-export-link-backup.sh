#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=cp,rsync,curl seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A backup of generations: recordings are hard-linked into yesterday's folder and that goes to the NAS of the office by rsync, while curl puts a list of packages of like size outside.
sleep 14; mkdir -p "$LAB/gen.1" "$LAB/outside/drop"; cp -l "$LAB"/recordings/gate/00[0-4].mp4 "$LAB/gen.1/"; rsync -a "$LAB/gen.1/" rsync://10.30.0.40/recordings/gen.1/
sleep 1; head -c 700000 /usr/sbin/nginx >"$LAB/list"; curl -s -T "$LAB/list" http://relay.example.net/drop/packages; rm -rf "$LAB/gen.1"; sleep 4; [ "$(du -sb "$LAB/nas/gen.1" | cut -f1)" -gt 400000 ] && [ -s "$LAB/outside/drop/packages" ]
