#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=strace seconds=30 parts=dns,nas,outside-web
# An administrator looks at the observer: its files, its system calls for eight seconds, a debugger for two.
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 3; ls -l "/proc/$watch/fd" >/dev/null; cat "/proc/$watch/status" "/proc/$watch/maps" >/dev/null
timeout 8 strace -f -q -o /dev/null -p "$watch" 2>/dev/null; sleep 1; timeout 8 gdb -p "$watch" -batch -nx -ex 'shell sleep 2' >/dev/null 2>&1; sleep 4; kill $busy; wait; true
