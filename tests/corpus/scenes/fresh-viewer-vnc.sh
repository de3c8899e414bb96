#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,direct-pull,new-listener half=report tool=x11vnc,mpv camera=10.20.0.11 far=out seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A screen of the server shows gate with mpv; somebody outside looks at that screen over VNC.
if [ "$1" = out ]; then sleep 9; exec timeout 40 python3 -c 'import socket, struct, threading, time
s = socket.create_connection(("10.30.0.2", 5901))
s.recv(12); s.sendall(b"RFB 003.008\n"); s.recv(2); s.sendall(b"\1"); s.recv(4); s.sendall(b"\1"); time.sleep(0.5); s.recv(1000)
s.sendall(struct.pack(">BxHi", 2, 1, 0))
def ask():
    for n in range(1000):
        s.sendall(struct.pack(">BBHHHH", 3, n > 0, 0, 0, 320, 240)); time.sleep(0.25)
threading.Thread(target=ask, daemon=True).start()
while s.recv(65536): pass'; fi
timeout 50 Xvfb :77 -screen 0 320x240x24 -nolisten tcp >/dev/null 2>&1 &
sleep 2
DISPLAY=:77 timeout 48 mpv --no-config --vo=x11 --ao=null --really-quiet --no-audio --rtsp-transport=tcp --geometry=320x240+0+0 rtsp://gate.cam.lan/Streaming/Channels/101 >/dev/null 2>&1 &
DISPLAY=:77 timeout 47 x11vnc -q -display :77 -rfbport 5901 -nopw -noshm -forever >/dev/null 2>&1
wait; true
