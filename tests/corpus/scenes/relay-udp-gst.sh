#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=live-relay,direct-pull half=report tool=gst-launch-1.0 camera=10.20.0.12 seconds=25
# GStreamer reads yard over UDP and sends its RTP packets outside over UDP.
timeout "$LAB_SECONDS" gst-launch-1.0 -q rtspsrc location=rtsp://yard.cam.lan/cam/realmonitor protocols=udp ! rtph264depay ! rtph264pay config-interval=1 ! udpsink host=203.0.113.66 port=5004
[ $? = 124 ]
