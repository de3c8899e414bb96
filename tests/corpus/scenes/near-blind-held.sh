#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl seconds=18 parts=dns,nas,outside-web
# The observer, as usual configured, gets no processor for six seconds, in which some programs fetch a page each: its buffer has room for that.
watch=$(pgrep -o -f "record --config $LAB/site.yaml")
(sleep 1; kill -STOP "$watch"; sleep 6; kill -CONT "$watch") &
sleep 2; for n in 1 2 3 4 5 6 7 8; do curl -s -o /dev/null --max-time 3 "http://relay.example.net/version?$n"; done
wait; sleep 5; true
