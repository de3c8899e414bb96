#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=traceroute seconds=16 parts=dns,nas,outside-web
# An administrator traces the way by echo, three times, and looks whether large packets pass.
for n in 40 40 1400; do traceroute -n -I -w 1 -m 5 203.0.113.66 $n >/dev/null 2>&1; ping -c 3 -i 0.4 -s $n 203.0.113.66 >/dev/null; sleep 1; done; true
