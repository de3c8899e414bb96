#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=tamper half=report tool=gdb,wget seconds=50 parts=dns,nas,outside-web
# A debugger holds the observer for thirty-five seconds, and detaches.
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 3; timeout 45 gdb -p "$watch" -batch -nx -ex 'shell sleep 35' >/dev/null 2>&1; sleep 4; kill $busy; wait; true
