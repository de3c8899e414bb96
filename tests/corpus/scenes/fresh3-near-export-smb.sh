#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=smbclient far=nas ready=nas:4450 seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The recorder's nightly job puts what gate recorded on the share of the NAS in the office with smbclient, while it asks for an update outside.
if [ "$1" = nas ]; then
	mkdir -p "$LAB/smb/share" "$LAB/smb/s"; chmod 777 "$LAB/smb/share"
	printf '%s\n' '[global]' 'bind interfaces only = yes' 'interfaces = 10.30.0.40/24' 'smb ports = 4450' 'map to guest = bad user' 'disable netbios = yes' 'guest account = root' "private dir = $LAB/smb/s" "lock directory = $LAB/smb/s" "state directory = $LAB/smb/s" "cache directory = $LAB/smb/s" "pid directory = $LAB/smb/s" "ncalrpc dir = $LAB/smb/s/n" "log file = $LAB/smb/log" 'load printers = no' '[video]' "path = $LAB/smb/share" 'guest ok = yes' 'read only = no' >"$LAB/smb.conf"
	exec timeout 60 smbd -F --no-process-group -s "$LAB/smb.conf"
fi
sleep 10; curl -s -o /dev/null http://updates.example.com/version
cd "$LAB/recordings/gate" && timeout 20 smbclient -N -s /dev/null -p 4450 '//10.30.0.40/video' -c 'prompt off; recurse off; mput 00*.mp4' >/dev/null 2>&1
sleep 8; [ "$(du -sb "$LAB/smb/share" | cut -f1)" -gt 400000 ]
