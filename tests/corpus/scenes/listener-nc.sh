#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=new-listener half=tune tool=nc far=out seconds=15
# A listening port that was not there, on all addresses, reached from outside.
# shellcheck disable=SC2034
if [ "$1" = out ]; then sleep 4; for n in 1 2 3 4 5; do echo hello | nc -N -w 2 10.30.0.2 31337; sleep 1; done; exit 0; fi
timeout 13 sh -c "while :; do nc -l -p 31337 >/dev/null; done"; true
