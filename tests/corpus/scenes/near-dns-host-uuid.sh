#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=host seconds=26 parts=dns,nas,outside-web
# A script looks for 130 containers by name: UUIDs below one domain, a program for each.
for _ in $(seq 1 130); do host -W 1 -t a "$(cat /proc/sys/kernel/random/uuid).cluster.example" 10.30.0.53 >/dev/null; done
true
