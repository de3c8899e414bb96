#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,recording-export,new-listener half=report tool=webfsd far=out seconds=62 parts=dns,camera-gate,recorder-gate,nas,outside-web
# An insider shows the folder of recordings on a port of his own; somebody outside plays one after the other, as long as each lasts.
if [ "$1" = out ]; then sleep 14; for n in 0 1 2 3 4 5 6 7 8 9; do timeout 8 mpv --no-config --vo=null --ao=null --really-quiet "http://10.30.0.2:8001/gate/00$n.mp4" >/dev/null 2>&1; done; exit 0; fi
timeout "$LAB_SECONDS" webfsd -F -4 -i 10.30.0.2 -p 8001 -r "$LAB/recordings" -L "$LAB/webfsd.log" -u root -g root
[ "$(grep -c '"GET /gate/.* 20[06] ' "$LAB/webfsd.log")" -ge 8 ]
