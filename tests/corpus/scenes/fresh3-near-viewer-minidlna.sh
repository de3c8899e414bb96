#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=minidlnad far=desk services=nvr:8200 seconds=46 parts=dns,camera-gate,recorder-gate,nas,outside-web
# The screen in the porter's lodge plays recordings from the server's media server, as televisions do.
if [ "$1" = services ]; then
	mkdir -p "$LAB/dlna"; printf '%s\n' port=8200 network_interface=off "media_dir=V,$LAB/recordings/gate" friendly_name=Recordings "db_dir=$LAB/dlna" "log_dir=$LAB/dlna" inotify=yes notify_interval=20 >"$LAB/dlna.conf"
	exec timeout 90 minidlnad -d -f "$LAB/dlna.conf" -P "$LAB/dlna.pid"
fi
if [ "$1" = desk ]; then
	sleep 6
	# shellcheck disable=SC2016 # an id of the server
	ask='<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:Browse xmlns:u="urn:schemas-upnp-org:service:ContentDirectory:1"><ObjectID>2$8</ObjectID><BrowseFlag>BrowseDirectChildren</BrowseFlag><Filter>*</Filter><StartingIndex>0</StartingIndex><RequestedCount>12</RequestedCount><SortCriteria/></u:Browse></s:Body></s:Envelope>'
	curl -s -H 'Content-Type: text/xml; charset="utf-8"' -H 'SOAPAction: "urn:schemas-upnp-org:service:ContentDirectory:1#Browse"' -d "$ask" http://10.30.0.2:8200/ctl/ContentDir | grep -o 'http://[0-9.:]*/MediaItems/[0-9]*\.mp4' | sort -u >"$LAB/list"
	for n in 1 2 3 4; do while read -r url; do timeout 6 mpv --no-config --vo=null --ao=null --really-quiet "$url" >/dev/null 2>&1 && echo "$n $url" >>"$LAB/played"; done <"$LAB/list"; done
	exit 0
fi
sleep 44; [ "$(wc -l <"$LAB/played")" -ge 6 ]
