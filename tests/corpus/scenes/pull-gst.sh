#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=direct-pull half=report tool=gst-launch-1.0 camera=10.20.0.12 seconds=20
# GStreamer opens yard beside its recorder and throws the picture away.
timeout "$LAB_SECONDS" gst-launch-1.0 -q rtspsrc location=rtsp://yard.cam.lan/cam/realmonitor protocols=tcp ! fakesink
[ $? = 124 ]
