#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=wget,regina far=out seconds=16 parts=dns,outside-web
# A report in Rexx, a program of the server's own, counts lines of a list that wget gives it from outside by a pipe.
# shellcheck disable=SC2034 # a counter
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; seq 2000 >"$LAB/outside/drop/list"; sleep 18; exit 0; fi
printf '%s\n' '/* */' 'n = 0' 'do while lines() > 0' '  call linein' '  n = n + 1' 'end' 'say n' >"$LAB/count.rexx"; sleep 2
for n in 1 2 3; do wget -q -O - http://relay.example.net/drop/list | timeout 8 regina "$LAB/count.rexx" >>"$LAB/said"; sleep 2; done; [ "$(grep -c '^200[01]$' "$LAB/said")" = 3 ]
