#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A camera with the strings of one maker: Axis.
# lab: on=door side=far ready=tcp:554
export LAB_LOGIN="$LAB_LOGIN_DOOR"
exec "$LAB_HERE/camera.py" 10.20.0.13 /axis-media/media.amp Apache "GStreamer RTSP server" \
	"AXIS P3245" P3245-LV 300 Basic
