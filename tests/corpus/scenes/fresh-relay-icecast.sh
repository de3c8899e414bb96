#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg camera=10.20.0.11 far=out ready=out:8000 seconds=30 parts=dns,camera-gate,recorder-gate,nas,outside-web
# ffmpeg is a source of an Icecast server outside: one PUT that does not end.
if [ "$1" = out ]; then
	mkdir -p "$LAB/icecast"; chmod 777 "$LAB/icecast"
	cat >"$LAB/icecast.xml" <<END
<icecast><limits><sources>2</sources></limits><authentication><source-password>lab</source-password></authentication>
<hostname>out</hostname><listen-socket><port>8000</port><bind-address>203.0.113.66</bind-address></listen-socket>
<paths><basedir>$LAB/icecast</basedir><logdir>$LAB/icecast</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths></icecast>
END
	exec timeout 50 setpriv --reuid=65534 --regid=65534 --clear-groups icecast2 -c "$LAB/icecast.xml" >/dev/null 2>&1
fi
ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t "$LAB_SECONDS" -c copy -f mpegts -content_type video/mp2t icecast://source:lab@203.0.113.66:8000/gate.ts; true
