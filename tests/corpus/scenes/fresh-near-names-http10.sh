#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# corpus: expect=none half=report tool=perl,nc seconds=14 parts=dns,nas,outside-web
# Old programs: one says the address instead of the name in Host, one says the name with its port, one says no name at all.
for n in 1 2; do
	printf 'GET /version?%s HTTP/1.1\r\nHost: 203.0.113.66\r\nConnection: close\r\n\r\n' $n | nc -w 2 relay.example.net 80 >/dev/null; sleep 1
	printf 'GET /version?%s HTTP/1.1\r\nHost: relay.example.net:80\r\nConnection: close\r\n\r\n' $n | nc -w 2 relay.example.net 80 >/dev/null; sleep 1
	printf 'GET /version?%s HTTP/1.0\r\n\r\n' $n | nc -w 2 relay.example.net 80 >/dev/null; sleep 1
done; true
