#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl,dash far=nas ready=nas:8000 seconds=24 parts=dns,camera-gate,recorder-gate,outside-web
# An integrator sets the server up as the office's handbook says: curl gets the house's script from the NAS of the office and a shell runs it as it comes; it looks at disks and brings a file of settings.
if [ "$1" = nas ]; then
	mkdir -p "$LAB/hand"; printf '%s\n' 'set -e' "df -h >$LAB/disks" 'sleep 2' "curl -s -o $LAB/settings http://10.30.0.40:8000/settings" 'sleep 2' 'uname -r >/dev/null' >"$LAB/hand/setup.sh"; head -c 9000 /etc/services >"$LAB/hand/settings"
	exec timeout 40 python3 -m http.server -b 10.30.0.40 -d "$LAB/hand" 8000 >/dev/null 2>&1
fi
sleep 3; curl -s http://nas.office.lan:8000/setup.sh | sh; sleep 8; [ "$(stat -c %s "$LAB/settings")" = 9000 ] && [ -s "$LAB/disks" ]
