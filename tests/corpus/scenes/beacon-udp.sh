#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=beacon half=report tool=bash seconds=50
# Every three seconds one datagram outside, with an answer from nobody.
for n in $(seq 1 16); do echo "hello $n" >/dev/udp/203.0.113.66/9999; sleep 3; done
