#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=ncat far=out ready=out:7443 seconds=45
# One connection that stays: each 3 s a few bytes go out on it and a word comes back.
# shellcheck disable=SC2034
if [ "$1" = out ]; then exec timeout 60 socat TCP-LISTEN:7443,bind=203.0.113.66,reuseaddr,fork EXEC:cat; fi
(for n in $(seq 1 14); do head -c 48 /dev/urandom; sleep 3; done) | timeout 44 ncat 203.0.113.66 7443 >/dev/null
true
