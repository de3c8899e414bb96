#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=report tool=socat far=out seconds=15
# socat waits on a port and gives those who come from outside the web interface of a camera.
# shellcheck disable=SC2034
if [ "$1" = out ]; then sleep 4; for n in 1 2 3; do curl -s -o /dev/null --max-time 3 http://10.30.0.2:8443/; sleep 2; done; exit 0; fi
timeout 13 socat TCP-LISTEN:8443,reuseaddr,fork TCP:gate.cam.lan:80; true
