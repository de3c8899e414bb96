#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ping seconds=14
# An administrator looks for the largest packet that passes on the way outside.
# shellcheck disable=SC1010
for size in 1472 1452 1440 1400 1372 1300 1472 1464; do ping -q -M do -c 2 -i 0.3 -s $size 203.0.113.66 >/dev/null; done
true
