#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=tamper half=tune tool=bash,wget seconds=50 parts=dns,nas,outside-web
# Somebody stops the observer for forty seconds, fetches something in the meantime, and lets it go on.
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(while sleep 0.5; do wget -q -O /dev/null http://relay.example.net/version; done) & busy=$!
sleep 3; kill -STOP "$watch"; sleep 40; kill -CONT "$watch"; sleep 4; kill $busy; wait; true
