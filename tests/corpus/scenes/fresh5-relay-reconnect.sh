#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay half=report tool=ffmpeg,perl camera=10.20.0.11 far=out ready=out:9152 seconds=60 parts=dns,camera-gate,recorder-gate
# Perl carries what ffmpeg gives it of gate outside and takes a new connection each three seconds, by turns to two hosts.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then timeout 80 socat -u TCP-LISTEN:9151,bind=203.0.113.66,fork,reuseaddr "OPEN:$LAB/got1,creat,append" & exec timeout 80 socat -u TCP-LISTEN:9152,bind=198.51.100.66,fork,reuseaddr "OPEN:$LAB/got2,creat,append"; fi
timeout 56 ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 50 -c copy -f mpegts pipe:1 | timeout 58 perl -MIO::Socket::INET -e 'my ($s, $until, $n) = (undef, 0, 0);
while (sysread(STDIN, my $d, 16384)) { if (time >= $until) { close $s if $s; $s = IO::Socket::INET->new($n++ % 2 ? "203.0.113.66:9151" : "198.51.100.66:9152") or die; $until = time + 3; } syswrite($s, $d); }'
sleep 1; [ "$(stat -c %s "$LAB/got1")" -gt 500000 ] && [ "$(stat -c %s "$LAB/got2")" -gt 500000 ]
