#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,new-listener half=report tool=stunnel camera=10.20.0.13 far=out seconds=48 parts=dns,camera-door,recorder-door,nas,outside-web
# stunnel opens a port with TLS that leads to the live picture motion has on loopback; somebody outside watches with curl.
if [ "$1" = out ]; then sleep 5; exec timeout 40 curl -s -k -o "$LAB/got" https://10.30.0.2:8443/; fi
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x -keyout "$LAB/b.key" -out "$LAB/b.pem" 2>/dev/null
printf '%s\n' 'foreground = yes' 'pid =' 'debug = 0' '[see]' 'accept = 10.30.0.2:8443' 'connect = 127.0.0.1:8081' "cert = $LAB/b.pem" "key = $LAB/b.key" >"$LAB/see.conf"
timeout 47 stunnel "$LAB/see.conf" 2>/dev/null; [ "$(stat -c %s "$LAB/got")" -gt 500000 ]
