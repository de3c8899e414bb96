#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=p2p-hole-punch,live-relay,direct-pull half=report tool=python3 camera=10.20.0.12 far=out ready=out:3478 seconds=25
# GStreamer in Python: the socket that asked STUN and probed peers carries the RTP of yard outside.
if [ "$1" = out ]; then exec timeout 50 turnserver -n -L 203.0.113.66 -p 3478 -a -u lab:lab -r lab --no-cli --no-tls --no-dtls --allow-loopback-peers --log-file "$LAB/turn.log" --db "$LAB/turn.db" --pidfile "$LAB/turn.pid"; fi
timeout "$LAB_SECONDS" python3 -c 'import os, socket, time
import gi
gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst, Gio
Gst.init(None)
g = Gio.Socket.new(Gio.SocketFamily.IPV4, Gio.SocketType.DATAGRAM, Gio.SocketProtocol.UDP)
s = socket.fromfd(g.get_fd(), socket.AF_INET, socket.SOCK_DGRAM)
for n in range(4):
    s.sendto(b"\0\x01\0\0\x21\x12\xa4\x42" + os.urandom(12), ("203.0.113.66", 3478))
    for port in range(50000, 50005):
        s.sendto(b"\0\x01\0\0\x21\x12\xa4\x42" + os.urandom(12), ("203.0.113.66", port))
    time.sleep(0.4)
p = Gst.parse_launch("rtspsrc location=rtsp://yard.cam.lan/cam/realmonitor protocols=tcp ! rtph264depay ! rtph264pay config-interval=1 ! udpsink name=u host=203.0.113.66 port=50003")
p.get_by_name("u").set_property("socket", g)
p.set_state(Gst.State.PLAYING)
GLib.MainLoop().run()'
true
