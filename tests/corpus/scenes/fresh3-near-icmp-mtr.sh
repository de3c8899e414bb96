#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=mtr seconds=30 parts=dns
# A check of the line out runs mtr, with small packets and then as large as go through.
timeout 28 bash -c 'mtr -n -r -c 10 203.0.113.66; mtr -n -r -c 8 -s 1400 198.51.100.66' >"$LAB/mtr"; [ "$(grep -c '66 .* 0.0%' "$LAB/mtr")" = 2 ] || { cat "$LAB/mtr" >&2; exit 1; }
