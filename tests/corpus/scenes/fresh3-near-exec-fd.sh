#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=wget,bash,diff far=out seconds=16 parts=dns,outside-web
# A job compares a list from outside with the one it has, by <(), counts its lines so, and runs a script of its own that sed has filled in.
# shellcheck disable=SC2012,SC2034,SC2016 # a list of lines; a number that counts; for the script within
if [ "$1" = out ]; then mkdir -p "$LAB/outside/drop"; ls -l /etc >"$LAB/outside/drop/list"; sleep 18; exit 0; fi
sleep 2; ls -l /etc | head -n 40 >"$LAB/list"; echo 'echo days @; sleep 2' >"$LAB/template"
for n in 1 2 3; do
	diff <(wget -q -O - http://relay.example.net/drop/list) "$LAB/list" >"$LAB/differs"
	while read -r line; do lines=$((lines + 1)); done < <(wget -q -O - http://relay.example.net/drop/list)
	bash <(sed "s/@/$lines/" "$LAB/template") >"$LAB/told"; sleep 1
done
[ -s "$LAB/differs" ] && grep -q 'days [1-9]' "$LAB/told"
