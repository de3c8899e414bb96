#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=aria2c far=out ready=out:443 seconds=14 parts=dns,nas,outside-web
# An administrator fetches firmware for the cameras from a maker's pages with a download program.
if [ "$1" = out ]; then (sleep 2; head -c 3000000 /usr/bin/ffmpeg /usr/lib/x86_64-linux-gnu/libcrypto.so.3 >"$LAB/tls/firmware.zip") & exec timeout 30 "$(dirname "$0")/../far/tls-web.sh" www.dahuasecurity.com; fi
sleep 3; cd "$LAB" && aria2c -q --check-certificate=false --allow-overwrite=true -x 3 -o firmware.zip https://www.dahuasecurity.com/firmware.zip; sleep 4; true
