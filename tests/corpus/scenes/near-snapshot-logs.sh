#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl seconds=30
# Logs are put outside now and then: small text.
for n in 1 2 3 4 5; do seq 1 400 | curl -s -o /dev/null -T - "http://drop.example.org/drop/$$-$n.log"; sleep 4; done
