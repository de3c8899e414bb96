#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer half=tune tool=curl far=out seconds=45
# Somebody outside watches the door live through the web front end.
if [ "$1" = out ]; then curl -s -o /dev/null --max-time 44 http://10.30.0.2/live/; exit 0; fi
sleep "$LAB_SECONDS"
