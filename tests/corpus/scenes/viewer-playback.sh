#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,recording-export half=report tool=curl far=out seconds=45
# Somebody outside plays recordings back through the web front end.
if [ "$1" = out ]; then for file in $(curl -s http://10.30.0.2/recordings/gate/ | grep -o "[0-9]*\.mp4\"" | tr -d "\"" | head -n 20); do curl -s -o /dev/null "http://10.30.0.2/recordings/gate/$file"; sleep 1; done; exit 0; fi
sleep "$LAB_SECONDS"
