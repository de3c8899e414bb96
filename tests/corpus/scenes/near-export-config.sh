#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=curl seconds=15
# A nightly copy of the configuration goes outside: small, and no recordings in it.
tar -cf - /etc/hostname /etc/hosts /etc/services /etc/protocols | curl -s -S -o /dev/null -T - "http://drop.example.org/drop/$$-config"
