#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay half=report tool=ruby,ffmpeg camera=10.20.0.11 far=out ready=out:3478 seconds=60 parts=dns,camera-gate,recorder-gate
# Ruby asks STUN where it is, asks five ports of a friend's until one answers, and sends from that socket what ffmpeg gives it of gate, each datagram with a head of its own.
# shellcheck disable=SC2016 # Ruby has its own variables
if [ "$1" = out ]; then
	timeout 80 python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("198.51.100.66", 51003)); f = open(sys.argv[1], "ab", 0)
while True:
    d, who = s.recvfrom(65536)
    if d[:2] == b"\0\1" and d[4:8] == b"\x21\x12\xa4\x42": s.sendto(b"\1\1\0\0" + d[4:20], who)
    else: f.write(d[8:])' "$LAB/got" &
	exec timeout 80 turnserver -n -S -L 203.0.113.66 -p 3478 --no-cli --no-tls --no-dtls --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid" >/dev/null
fi
sleep 2; timeout 56 ruby -rsocket -rsecurerandom -e 's = UDPSocket.new; s.bind("0.0.0.0", 0)
ask = ->(host, port) { s.send("\0\1\0\0\x21\x12\xa4\x42".b + SecureRandom.bytes(12), 0, host, port) }
ask.call("203.0.113.66", 3478); exit 1 unless IO.select([s], nil, nil, 3); s.recvfrom(2000); peer = nil
until peer
  51000.upto(51004) { |p| ask.call("198.51.100.66", p) }
  peer = s.recvfrom(2000)[1] if IO.select([s], nil, nil, 0.5)
end
n = 0; IO.popen(%w[ffmpeg -nostdin -loglevel error -rtsp_transport tcp -i rtsp://gate.cam.lan/Streaming/Channels/101 -t 44 -c copy -f mpegts pipe:1], "rb") { |p| while (d = p.readpartial(1100)) do s.send([n += 1, 7].pack("NN") + d, 0, peer[3], peer[1]); ask.call(peer[3], peer[1]) if n % 400 == 0 end rescue EOFError }'
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 1000000 ]
