#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=dash,socat seconds=10
# A super-server gives each inbound connection from the office a small shell script, as inetd does.
# shellcheck disable=SC2034
timeout "$LAB_SECONDS" socat TCP-LISTEN:8099,bind=10.30.0.2,reuseaddr,fork EXEC:"/bin/sh -c date",nofork &
sleep 1
for n in 1 2 3 4 5; do socat -u TCP:10.30.0.2:8099 - >/dev/null; sleep 1; done
wait
true
