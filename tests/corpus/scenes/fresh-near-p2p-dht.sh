#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=aria2c seconds=24 parts=dns,camera-gate,recorder-gate,nas,outside-web
# An administrator's download program asks a distributed table (BitTorrent's DHT) for peers of an image of Debian; nobody answers.
for n in 1 2; do timeout 10 aria2c -q --enable-dht=true --dht-listen-port=6881 --dht-entry-point=203.0.113.66:6881 --bt-enable-lpd=false --dht-file-path="$LAB/dht" -d "$LAB" "magnet:?xt=urn:btih:$n$(printf %039d 7)" >/dev/null 2>&1; sleep 1; done; true
