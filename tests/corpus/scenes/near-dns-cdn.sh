#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=getent seconds=16
# A page with parts on many hosts of a content network: 60 names with 16 hexadecimal digits.
for n in $(seq 1 60); do getent ahostsv4 "d$(echo "$n" | md5sum | head -c 13).cdn.example.net" >/dev/null; done
true
