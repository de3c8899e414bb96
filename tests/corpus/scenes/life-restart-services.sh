#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ffmpeg,chronyd,rsyslogd far=nas ready=nas:123 seconds=30 parts=dns,camera-gate,nas,outside-web
# After an upgrade services are started anew, one after the other: the clock, the log, the recorder twice, a look for updates.
# shellcheck source=tests/corpus/far/clock.sh
. "${0%/*}/../far/clock.sh"
if [ "$1" = nas ]; then clock_serve 10.30.0.40 50 3; fi
mkdir -p "$LAB/recordings/gate"
for n in 1 2; do
	clock_ask 5 10.30.0.40
	timeout 9 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -c copy -y "$LAB/recordings/gate/r$n.mp4"
	printf 'module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="%s/r.sock")\naction(type="omfile" file="%s/r.log")\n' "$LAB" "$LAB" >"$LAB/rsyslog-r.conf"
	timeout 3 rsyslogd -n -i "$LAB/rsyslog-r.pid" -f "$LAB/rsyslog-r.conf"; curl -s -o /dev/null http://updates.example.com/version
done; true
