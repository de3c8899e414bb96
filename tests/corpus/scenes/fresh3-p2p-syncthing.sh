#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,recording-export half=tune tool=syncthing far=out ready=out:22067 seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# syncthing shares the folder of recordings with a device outside: both join a relay, which brings them together, and the files go through it.
if [ "$1" = out ]; then
	for host in a b; do syncthing generate --home="$LAB/st-$host" --no-default-folder 2>&1 | sed -n 's/.*Device ID: //p' >"$LAB/st-$host.id"; done
	for host in a b; do
		folder=$LAB/recordings/gate kind=sendonly; [ $host = a ] || { folder=$LAB/away kind=receiveonly; mkdir -p "$LAB/away/.stfolder"; }
		{ printf '<configuration version="36"><folder id="see" path="%s" type="%s" rescanIntervalS="5"><device id="%s"/><device id="%s"/></folder>' "$folder" $kind "$(cat "$LAB/st-a.id")" "$(cat "$LAB/st-b.id")"
			for device in a b; do printf '<device id="%s" name="%s"><address>relay://203.0.113.66:22067</address></device>' "$(cat "$LAB/st-$device.id")" $device; done
			printf '<gui enabled="false"/><options><listenAddress>relay://203.0.113.66:22067</listenAddress>'
			for no in globalAnnounceEnabled localAnnounceEnabled natEnabled startBrowser crashReportingEnabled; do printf '<%s>false</%s>' $no $no; done
			printf '<relaysEnabled>true</relaysEnabled><reconnectionIntervalS>5</reconnectionIntervalS><urAccepted>-1</urAccepted><autoUpgradeIntervalH>0</autoUpgradeIntervalH></options></configuration>'; } >"$LAB/st-$host/config.xml"
	done
	mkdir -p "$LAB/st-relay"; (sleep 1; exec timeout 80 syncthing serve --home="$LAB/st-b" --no-browser --no-restart --no-upgrade) >/dev/null 2>&1 &
	exec timeout 80 strelaysrv -keys "$LAB/st-relay" -listen 203.0.113.66:22067 -protocol tcp4 -pools '' -status-srv '' >/dev/null 2>&1
fi
sleep 10; mkdir -p "$LAB/recordings/gate/.stfolder"
timeout 38 syncthing serve --home="$LAB/st-a" --no-browser --no-restart --no-upgrade >"$LAB/st-a.log" 2>&1
[ "$(du -sb "$LAB/away" | cut -f1)" -gt 400000 ]
