#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=remote-viewer,new-listener half=tune tool=socat far=out seconds=45
# socat gives who comes from outside the live picture that motion shows on loopback.
if [ "$1" = out ]; then sleep 6; exec curl -s -o /dev/null --retry 5 --retry-connrefused --retry-delay 1 --max-time 36 http://10.30.0.2:8090/; fi
timeout 44 socat TCP-LISTEN:8090,reuseaddr,fork TCP:127.0.0.1:8081; true
