#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=dig seconds=14
# A mail filter asks two block lists for 45 senders, by their addresses turned round.
for n in $(seq 1 45); do dig +short +tries=1 +time=1 "$((n * 5)).$((n * 3 % 256)).113.203.bl.example.net" "$((n * 5)).$((n * 3 % 256)).113.203.zen.example.com" >/dev/null; done
true
