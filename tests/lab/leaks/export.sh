#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copies a recording outside: curl, over IPv6.
# shellcheck disable=SC2012 # the names are ours
file=$(ls -t "$LAB/recordings/gate" | sed -n 2p)
exec curl -s -S -o /dev/null -T "$LAB/recordings/gate/$file" "http://drop.example.org/drop/$$-$file"
