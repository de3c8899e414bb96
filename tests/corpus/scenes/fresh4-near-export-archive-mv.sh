#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=mv,curl seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Old recordings are moved to the archive's folder by one job and taken away there later; another job puts the night's configuration, 600 kB, outside.
# shellcheck disable=SC2016 # other languages have variables of their own
sleep 14; mkdir -p "$LAB/archive" "$LAB/outside/drop"; LAB="$LAB" setsid -w sh -c 'mv "$LAB"/recordings/gate/00[0-3].mp4 "$LAB/archive/"; sleep 3; rm "$LAB"/archive/*'
sleep 1; head -c 600000 /usr/sbin/nginx >"$LAB/etc.tgz"; LAB="$LAB" setsid -w sh -c 'curl -s -T "$LAB/etc.tgz" http://relay.example.net/drop/config-nvr'; sleep 4; [ "$(stat -c %s "$LAB/outside/drop/config-nvr")" = 600000 ]
