#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,new-listener half=report tool=ffmpeg,icecast2 camera=10.20.0.11 far=out seconds=45 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Icecast on the server has the gate, where ffmpeg brings it over loopback; somebody outside listens with wget.
if [ "$1" = out ]; then sleep 7; exec timeout 36 wget -q -O /dev/null http://10.30.0.2:8000/gate.ts; fi
mkdir -p "$LAB/icecast"; chmod 777 "$LAB/icecast"
cat >"$LAB/icecast-in.xml" <<END
<icecast><limits><sources>2</sources></limits><authentication><source-password>lab</source-password></authentication>
<hostname>nvr</hostname><listen-socket><port>8000</port></listen-socket>
<paths><basedir>$LAB/icecast</basedir><logdir>$LAB/icecast</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths></icecast>
END
timeout "$LAB_SECONDS" setpriv --reuid=65534 --regid=65534 --clear-groups icecast2 -c "$LAB/icecast-in.xml" >/dev/null 2>&1 &
sleep 2
timeout 44 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -f mpegts -content_type video/mp2t icecast://source:lab@127.0.0.1:8000/gate.ts
wait; true
