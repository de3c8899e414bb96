#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=rsync far=out ready=out:8730 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Manuals are given to a mirror outside by rsync, slowed down to what a camera has, while the recorder records.
if [ "$1" = out ]; then mkdir -p "$LAB/mirror"; printf 'use chroot = no\nuid = root\ngid = root\n[pub]\npath = %s\nread only = no\n' "$LAB/mirror" >"$LAB/mirror.conf"; exec timeout 50 rsync --daemon --no-detach --port=8730 --address=203.0.113.66 --config="$LAB/mirror.conf"; fi
timeout 30 rsync -a --bwlimit=42 /usr/share/perl/5.36/ rsync://203.0.113.66:8730/pub/; true
