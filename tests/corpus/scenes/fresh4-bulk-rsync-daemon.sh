#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=bulk-upload half=report tool=rsync far=out ready=out:8730 seconds=40 parts=dns before=yes
# rsync copies a folder of 90 MB to a daemon outside; it sent little before (rows of an earlier session).
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/learnt.sh" hours; fi
if [ "$1" = out ]; then mkdir -p "$LAB/away"; printf '%s\n' 'use chroot = no' 'uid = root' 'gid = root' "[in]" "path = $LAB/away" 'read only = no' >"$LAB/r.conf"; exec timeout 70 rsync --daemon --no-detach --address=203.0.113.66 --port=8730 --config="$LAB/r.conf"; fi
mkdir -p "$LAB/set"; for n in $(seq 9); do head -c 10000000 /dev/urandom >"$LAB/set/$n"; done
timeout 30 rsync -a "$LAB/set/" rsync://203.0.113.66:8730/in/; rm -rf "$LAB/set"; sleep 5
size=$(du -sb "$LAB/away" | cut -f1); rm -rf "$LAB/away"; [ "$size" -gt 90000000 ]
