#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A camera with the strings of one maker: Dahua.
# lab: on=yard side=far ready=tcp:554
export LAB_LOGIN="$LAB_LOGIN_YARD"
exec "$LAB_HERE/camera.py" 10.20.0.12 /cam/realmonitor "Webs" "Rtsp Server/3.0" Dahua IPC-HFW4431R 300 Digest
