#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=bulk-upload half=report tool=rsync far=out ready=out:8730 seconds=40 parts=dns,nas,outside-web before=yes
# rsync copies a folder of 80 MB to a module outside; it sent little before (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
if [ "$1" = out ]; then mkdir -p "$LAB/away"; printf 'use chroot = no\nuid = root\ngid = root\n[up]\npath = %s\nread only = no\n' "$LAB/away" >"$LAB/away.conf"; exec timeout 70 rsync --daemon --no-detach --port=8730 --address=203.0.113.66 --config="$LAB/away.conf"; fi
mkdir -p "$LAB/folder"; for n in 1 2 3 4 5 6 7 8; do head -c 10000000 /dev/urandom >"$LAB/folder/$n.db"; done
timeout 50 rsync -a --whole-file "$LAB/folder/" rsync://203.0.113.66:8730/up/; sleep 6; rm -rf "$LAB/folder"; [ "$(du -sb "$LAB/away" | cut -f1)" -gt 70000000 ]
