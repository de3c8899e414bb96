#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=curl,dash seconds=10
# An update check: a version is fetched and compared by a script that has always been there.
v=$(curl -s http://updates.example.com/version)
[ "$v" = 5.6.3 ] && sleep 1
sh -c "echo $v >/dev/null"
