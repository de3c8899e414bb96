#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A camera with the strings of one maker: Hikvision.
# lab: on=gate side=far ready=tcp:554
export LAB_LOGIN="$LAB_LOGIN_GATE"
exec "$LAB_HERE/camera.py" 10.20.0.11 /Streaming/Channels/101 App-webs/ "Rtsp Server" \
	"HIKVISION DS-2CD2042WD" DS-2CD2042WD 300 Basic
