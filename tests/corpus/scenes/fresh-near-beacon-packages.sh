#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=aria2c seconds=40 parts=dns,nas,outside-web
# Two dozen packages are fetched one after the other from one mirror, as large as they are.
for n in $(seq 1 24); do head -c $((RANDOM * 8 + 4000)) /usr/lib/x86_64-linux-gnu/libcrypto.so.3 >"$LAB/outside/p$n.deb"; done
cd "$LAB" || exit 1
for n in $(seq 1 24); do aria2c -q --allow-overwrite=true -d "$LAB/fetched" --max-download-limit=100K "http://relay.example.net/p$n.deb"; sleep 0.$((RANDOM % 9)); done; true
