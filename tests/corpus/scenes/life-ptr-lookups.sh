#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=tune tool=host,nc seconds=18 parts=dns,nas,outside-web
# Logs are read with names: the addresses in them are asked for, turned round, IPv4 and IPv6.
for n in $(seq 1 60); do host -W 1 "10.30.$((n % 4)).$n" 10.30.0.53 >/dev/null; host -W 1 "2001:db8::$n" 10.30.0.53 >/dev/null; done
for n in 1 2 3; do nc -z -w 1 nas.office.lan 873; sleep 1; done; true
