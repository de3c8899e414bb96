#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=ping seconds=10
# ping, as monitoring does it.
ping -q -c 5 -i 1 203.0.113.66 >/dev/null; ping -q -c 3 10.30.0.40 >/dev/null; true
