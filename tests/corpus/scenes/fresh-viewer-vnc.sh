#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,direct-pull,new-listener half=report tool=x11vnc,mpv camera=10.20.0.11 far=out seconds=50 parts=dns,camera-gate,recorder-gate,nas,outside-web
# A screen of the server shows gate with mpv; somebody outside looks at that screen over VNC.
if [ "$1" = out ]; then sleep 10; exec timeout 38 gst-launch-1.0 -q rfbsrc host=10.30.0.2 port=5901 ! fakesink; fi
timeout 50 Xvfb :77 -screen 0 320x240x24 -nolisten tcp >/dev/null 2>&1 &
sleep 2
DISPLAY=:77 timeout 48 mpv --no-config --vo=x11 --ao=null --really-quiet --no-audio --rtsp-transport=tcp --geometry=320x240+0+0 rtsp://gate.cam.lan/Streaming/Channels/101 >/dev/null 2>&1 &
DISPLAY=:77 timeout 47 x11vnc -q -display :77 -rfbport 5901 -nopw -noshm -forever >/dev/null 2>&1
wait; true
